//! One score from two searches: by meaning (dense) and by words (lexical).
//!
//! Each list is scaled so that its lowest score is 0 and its highest 1; a document that a list lacks has 0 there. The sum
//! weighs the dense side by what the question gave it to work with. A question typed without diacritics tells a dense
//! model little, while the lexical side does not notice; rank fusion, which trusts both lists alike, would let the bad one
//! drag the good one down. The weights were chosen on XQuAD.vi (`indexer evaluate --squad`), where both halves of its
//! paragraphs have their best figures around the same values; z-scores instead of this scaling gave the same within 0.2
//! points.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::vector_index::Hit;

/// How the question's words reached the dense search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Typed with diacritics.
    Accented,
    /// Typed without, and searched with diacritics that a program put back.
    Restored,
    /// Typed without, and searched like that.
    Unaccented,
}

impl Wording {
    /// What the dense side weighs beside 1 for the lexical one.
    pub const fn dense_weight(self) -> f64 {
        match self {
            Wording::Accented => 1.0,
            Wording::Restored => 0.8,
            Wording::Unaccented => 0.3,
        }
    }
}

/// The fused score of every document in either list, from 0 to 1 + [`Wording::dense_weight`]. Higher is better; scores of
/// different questions can't be compared.
pub fn fuse<K: Clone + Eq + Hash>(dense: &HashMap<K, f64>, lexical: &HashMap<K, f64>, wording: Wording) -> HashMap<K, f64> {
    let (dense, lexical) = (scaled(dense), scaled(lexical));
    let documents: HashSet<&K> = dense.keys().chain(lexical.keys()).collect();
    let score = |id: &K| wording.dense_weight() * dense.get(id).unwrap_or(&0.0) + lexical.get(id).unwrap_or(&0.0);
    documents.into_iter().map(|id| (id.clone(), score(id))).collect()
}

/// The best score among each guide's passages.
pub fn best_by_guide(hits: &[Hit]) -> HashMap<String, f64> {
    let mut best: HashMap<String, f64> = HashMap::new();
    for hit in hits {
        let score = best.entry(hit.guide_id.to_string()).or_insert(f64::MIN);
        *score = score.max(f64::from(hit.score));
    }
    best
}

/// Scores between the list's lowest (0) and highest (1); where all are alike, 1.
fn scaled<K: Clone + Eq + Hash>(list: &HashMap<K, f64>) -> HashMap<K, f64> {
    let low = list.values().copied().fold(f64::MAX, f64::min);
    let high = list.values().copied().fold(f64::MIN, f64::max);
    let scale = |score: f64| if high > low { (score - low) / (high - low) } else { 1.0 };
    list.iter().map(|(id, score)| (id.clone(), scale(*score))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(scores: &[(&'static str, f64)]) -> HashMap<&'static str, f64> {
        scores.iter().copied().collect()
    }

    #[test]
    fn both_lists_count_whatever_their_units() {
        let fused = fuse(&list(&[("a", 0.80), ("b", 0.85), ("c", 0.90)]), &list(&[("a", 3.0), ("b", 30.0)]), Wording::Accented);
        assert!((fused["b"] - 1.5).abs() < 1e-6 && (fused["c"] - 1.0).abs() < 1e-6);
        assert!(fused["a"].abs() < 1e-6, "the lowest of both");
    }

    #[test]
    fn without_diacritics_the_lexical_list_decides() {
        let (dense, lexical) = (list(&[("a", 0.9), ("b", 0.1)]), list(&[("a", 1.0), ("b", 2.0), ("c", 1.9)]));
        let winner = |wording| fuse(&dense, &lexical, wording).into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
        assert_eq!(winner(Wording::Unaccented), "b");
        assert!(fuse(&dense, &lexical, Wording::Accented)["a"] >= 1.0);
    }

    #[test]
    fn an_empty_list_and_equal_scores_are_no_harm() {
        assert!(fuse(&list(&[]), &list(&[]), Wording::Accented).is_empty());
        assert_eq!(fuse(&list(&[]), &list(&[("a", 2.0), ("b", 2.0)]), Wording::Restored), list(&[("a", 1.0), ("b", 1.0)]));
    }
}
