//! Letters that are spaced out ("b ỏ q u a", "b.o q.u.a") or words that are run together, made words again.

use std::collections::HashSet;
use std::sync::LazyLock;

use indexer::lexical::fold;

/// So many lone letters in a row are no words of their own.
const FEWEST: usize = 4;
/// No Vietnamese syllable is as long as that.
const RUN_TOGETHER: usize = 13;

static WORDS: LazyLock<HashSet<String>> = LazyLock::new(super::super::misuse::vocabulary);

/// The text with its letters joined to words.
pub(super) fn joined(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut letters = Vec::new();
    for word in text.split_whitespace().map(without_dots) {
        if word.chars().count() == 1 && word.chars().all(char::is_alphabetic) {
            letters.push(word);
            continue;
        }
        flush(&mut letters, &mut words);
        words.push(if word.chars().count() >= RUN_TOGETHER { segmented(&word) } else { word });
    }
    flush(&mut letters, &mut words);
    words.join(" ")
}

fn flush(letters: &mut Vec<String>, words: &mut Vec<String>) {
    let run = std::mem::take(letters);
    if run.len() < FEWEST {
        words.extend(run);
    } else {
        words.push(segmented(&run.concat()));
    }
}

/// "b.ỏ" and "h-u-o-n-g" without their signs.
fn without_dots(word: &str) -> String {
    let parts: Vec<&str> = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| part.chars().count() == 1) { parts.concat() } else { word.to_owned() }
}

/// Cuts a run into words that guards look for, so that as much of it as possible is such words, in as few as possible.
fn segmented(run: &str) -> String {
    let letters: Vec<char> = run.chars().collect();
    let folded: Vec<String> = letters.iter().map(|letter| fold(&letter.to_string())).collect();
    // From the back: the best score from each place on, and where the piece that begins there ends.
    let mut best = vec![(0_i32, letters.len()); letters.len() + 1];
    for start in (0..letters.len()).rev() {
        let pieces = (start + 1..=letters.len()).map(|end| {
            let known = WORDS.contains(&folded[start..end].concat());
            let covered = if known { 4 * (end - start) as i32 } else { 0 };
            (best[end].0 + covered - 1 - if known { 0 } else { (end - start) as i32 }, end)
        });
        best[start] = pieces.max().unwrap_or_default();
    }
    let mut words: Vec<String> = Vec::new();
    let mut start = 0;
    while start < letters.len() {
        words.push(letters[start..best[start].1].iter().collect());
        start = best[start].1;
    }
    words.join(" ")
}
