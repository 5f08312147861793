//! Scaled dot-product attention of one text, for some of its rows.

use crate::vector_math::{softmax, vectorised};

/// Rows computed together: each key and value loaded from memory serves this many queries.
const GROUP: usize = 4;
/// Columns computed together: two AVX2 registers.
const WIDTH: usize = 16;

/// Head widths must be a multiple of this.
pub(crate) const HEAD_MULTIPLE: usize = WIDTH;

/// Writes the attended rows `first_row..` of a text into `context` (`[rows, hidden]`).
///
/// `qkv` is `[tokens, 3 · hidden]`: queries, keys and values side by side, heads within each.
pub(crate) fn attend(qkv: &[f32], first_row: usize, heads: usize, context: &mut [f32], hidden: usize) {
    let mut head = Head::new(qkv.len() / (3 * hidden), hidden / heads);
    for index in 0..heads {
        vectorised(
            #[inline(always)]
            || {
                head.load(qkv, hidden, index);
                head.attend_rows(qkv, first_row, index, context, hidden);
            },
        );
    }
}

/// The keys and values of one head, laid out for reading in order.
struct Head {
    width: usize,
    tokens: usize,
    /// `tokens` rounded up to whole groups of columns.
    stride: usize,
    /// `[width, stride]`; columns past `tokens` are zero.
    keys: Vec<f32>,
    /// `[tokens, width]`.
    values: Vec<f32>,
    /// `[GROUP, stride]`.
    scores: Vec<f32>,
    /// `[width]` times one number for each row of the group.
    queries: Vec<[f32; GROUP]>,
    /// `[tokens]`, likewise: the scores after the softmax.
    weights: Vec<[f32; GROUP]>,
}

impl Head {
    fn new(tokens: usize, width: usize) -> Self {
        let stride = tokens.next_multiple_of(WIDTH);
        Self {
            width,
            tokens,
            stride,
            keys: vec![0.0; width * stride],
            values: vec![0.0; tokens * width],
            scores: vec![0.0; GROUP * stride],
            queries: vec![[0.0; GROUP]; width],
            weights: vec![[0.0; GROUP]; tokens],
        }
    }

    #[inline(always)]
    fn load(&mut self, qkv: &[f32], hidden: usize, index: usize) {
        for (token, row) in qkv.chunks_exact(3 * hidden).enumerate() {
            let offset = index * self.width;
            let key = &row[hidden + offset..][..self.width];
            for (column, &value) in key.iter().enumerate() {
                self.keys[column * self.stride + token] = value;
            }
            let value = &row[2 * hidden + offset..][..self.width];
            self.values[token * self.width..][..self.width].copy_from_slice(value);
        }
    }

    #[inline(always)]
    fn attend_rows(&mut self, qkv: &[f32], first_row: usize, index: usize, context: &mut [f32], hidden: usize) {
        let offset = index * self.width;
        for (group, rows) in context.chunks_mut(GROUP * hidden).enumerate() {
            let row = first_row + group * GROUP;
            let count = rows.len() / hidden;
            self.load_queries(&qkv[row * 3 * hidden..], 3 * hidden, offset, count);
            self.score();
            for scores in self.scores.chunks_exact_mut(self.stride) {
                softmax(&mut scores[..self.tokens]);
            }
            self.mix(rows, hidden, offset);
        }
    }

    /// The queries of a group, scaled. A last group with fewer rows keeps old ones in the rest: they are computed and dropped.
    #[inline(always)]
    fn load_queries(&mut self, rows: &[f32], row_length: usize, offset: usize, count: usize) {
        let scale = 1.0 / (self.width as f32).sqrt();
        for (index, row) in rows.chunks_exact(row_length).take(count).enumerate() {
            for (queries, value) in self.queries.iter_mut().zip(&row[offset..]) {
                queries[index] = value * scale;
            }
        }
    }

    #[inline(always)]
    fn score(&mut self) {
        for column in (0..self.stride).step_by(WIDTH) {
            let keys = self.keys[column..].chunks(self.stride);
            let sums = sum_products(self.queries.iter().zip(keys));
            for (row, sums) in sums.iter().enumerate() {
                self.scores[row * self.stride + column..][..WIDTH].copy_from_slice(sums);
            }
        }
    }

    #[inline(always)]
    fn mix(&mut self, rows: &mut [f32], hidden: usize, offset: usize) {
        for (token, weights) in self.weights.iter_mut().enumerate() {
            for (row, weight) in weights.iter_mut().enumerate() {
                *weight = self.scores[row * self.stride + token];
            }
        }
        for column in (0..self.width).step_by(WIDTH) {
            let values = self.values[column..].chunks(self.width);
            let sums = sum_products(self.weights.iter().zip(values));
            for (row, sums) in rows.chunks_exact_mut(hidden).zip(&sums) {
                row[offset + column..][..WIDTH].copy_from_slice(sums);
            }
        }
    }
}

/// The sum over all pairs of the outer product of the factors and the first [`WIDTH`] numbers of the slice.
#[inline(always)]
fn sum_products<'a>(pairs: impl Iterator<Item = (&'a [f32; GROUP], &'a [f32])>) -> [[f32; WIDTH]; GROUP] {
    let mut sums = [[0.0; WIDTH]; GROUP];
    for (factors, values) in pairs {
        let Some(values) = values.first_chunk::<WIDTH>() else { break };
        for (sums, factor) in sums.iter_mut().zip(factors) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += factor * value;
            }
        }
    }
    sums
}
