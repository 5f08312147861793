//! The order of candidates: a weighted sum of their features.

use super::features::{COUNT, Features};

/// Weights fitted on our own questions (`knowledge-base/eval`); how is told in ARCHITECTURE.md, "Retrieval".
const WEIGHTS: Features = [
    48.10, 49.90, 1.68, 2.91, 6.81, 1.22, 5.42, -0.94, 2.80, 0.23, 4.01, -2.48, -1.00, 0.41, 0.62, 3.15, -0.29, 0.17, 1.64, -0.33, -0.83,
    1.35,
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
