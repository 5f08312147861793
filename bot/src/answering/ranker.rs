//! The order of candidates: a weighted sum of their features.

use super::features::{COUNT, Features};

/// Weights fitted on our own questions (`knowledge-base/eval`); how is told in ARCHITECTURE.md, "Retrieval".
const WEIGHTS: Features = [
    43.34, 44.44, 1.35, 3.35, 4.95, 1.65, 5.08, -1.43, 3.88, 0.49, 2.89, -2.94, -1.17, -0.01, 0.51, 3.19, -0.23, 0.84, -5.06, 0.19, -1.93,
    1.54,
];

/// The score of a candidate: the logarithm of how likely it is meant, up to a constant of the question.
pub(crate) fn score(features: &Features) -> f64 {
    (0..COUNT).map(|at| WEIGHTS[at] * features[at]).sum()
}

/// How likely each of the candidates is meant if one of them is (softmax over their scores).
pub(crate) fn shares(scores: &[f64]) -> Vec<f64> {
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    let likely: Vec<f64> = scores.iter().map(|score| (score - best).exp()).collect();
    let sum: f64 = likely.iter().sum();
    likely.into_iter().map(|likely| likely / sum).collect()
}
