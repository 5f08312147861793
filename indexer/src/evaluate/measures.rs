//! Measures of ranked lists.

use serde::{Deserialize, Serialize};

/// How deep lists are looked at.
pub const DEPTH: usize = 10;

/// Sums over questions; divided by their number they are the usual measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// How many questions.
    pub questions: usize,
    /// Questions with a relevant document first.
    pub first: usize,
    /// Questions with one among the first five.
    pub in_five: usize,
    /// Questions with one among the first ten.
    pub in_ten: usize,
    /// Sum of the reciprocal ranks of the first relevant document, 0 beyond rank ten.
    pub reciprocal_ranks: f64,
    /// Sum of the normalised discounted gains of the first ten (Järvelin and Kekäläinen 2002), every relevant document
    /// gaining 1.
    pub gains: f64,
}

impl Measures {
    /// Counts one question: whether each document of its list, best first, is relevant, and how many relevant ones there
    /// are in all.
    pub fn add(&mut self, list: &[bool], relevant: usize) {
        let found: Vec<usize> = (0..list.len().min(DEPTH)).filter(|rank| list[*rank]).collect();
        let best = found.first().copied().unwrap_or(usize::MAX);
        self.questions += 1;
        self.first += usize::from(best < 1);
        self.in_five += usize::from(best < 5);
        self.in_ten += usize::from(best < DEPTH);
        self.reciprocal_ranks += if best < DEPTH { 1.0 / (best + 1) as f64 } else { 0.0 };
        let ideal: f64 = (0..relevant.min(DEPTH)).map(discount).sum();
        self.gains += if relevant > 0 { found.into_iter().map(discount).sum::<f64>() / ideal } else { 0.0 };
    }

    /// Adds what other questions reached.
    pub fn merge(&mut self, other: &Measures) {
        self.questions += other.questions;
        self.first += other.first;
        self.in_five += other.in_five;
        self.in_ten += other.in_ten;
        self.reciprocal_ranks += other.reciprocal_ranks;
        self.gains += other.gains;
    }

    /// Recall@1, recall@5, recall@10, MRR@10, nDCG@10, each 0 to 1. Recall is the share of questions with a relevant document
    /// that far up: where several are relevant, any of them will do.
    pub fn shares(&self) -> [f64; 5] {
        let counts = [self.first, self.in_five, self.in_ten].map(|count| count as f64);
        let sums = [counts[0], counts[1], counts[2], self.reciprocal_ranks, self.gains];
        sums.map(|sum| sum / self.questions.max(1) as f64)
    }
}

fn discount(rank: usize) -> f64 {
    1.0 / (rank as f64 + 2.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(lists: &[(&[bool], usize)]) -> [f64; 5] {
        let mut measures = Measures::default();
        lists.iter().for_each(|(list, relevant)| measures.add(list, *relevant));
        measures.shares().map(|share| (share * 1e4).round() / 1e4)
    }

    #[test]
    fn each_measure_is_the_textbook_one() {
        assert_eq!(shares(&[(&[true, false], 1)]), [1.0; 5]);
        assert_eq!(shares(&[(&[false, true], 1)]), [0.0, 1.0, 1.0, 0.5, 0.6309]);
        assert_eq!(shares(&[(&[false, false, false, false, false, true], 1)]), [0.0, 0.0, 1.0, 0.1667, 0.3562]);
        assert_eq!(shares(&[(&[true, false, true], 2)])[4], 0.9197);
        assert_eq!(shares(&[(&[true], 1), (&[], 1)]), [0.5; 5]);
    }

    #[test]
    fn beyond_the_tenth_nothing_counts() {
        let mut list = [false; 12];
        list[10] = true;
        assert_eq!(shares(&[(&list, 1)]), [0.0; 5]);
        assert_eq!(Measures::default().shares(), [0.0; 5]);
    }
}
