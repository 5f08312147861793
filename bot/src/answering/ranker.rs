//! The order of candidates: a weighted sum of their features.

use super::features::{COUNT, Features};

/// Weights fitted on our own questions (`knowledge-base/eval`); how is told in ARCHITECTURE.md, "Retrieval".
const WEIGHTS: Features = [
    48.82, 48.71, 1.73, 2.57, 6.66, 1.96, 5.25, -1.07, 3.43, -0.25, 4.41, -2.31, -0.91, 0.30, 0.55, 2.79, -0.44, 0.32, 0.40, -0.44, -0.69,
    1.18,
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
