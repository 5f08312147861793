//! The order of candidates: a weighted sum of their features.

use super::features::{COUNT, Features};

/// Weights fitted on our own questions (`knowledge-base/eval`); how is told in ARCHITECTURE.md, "Retrieval".
const WEIGHTS: Features =
    [4.0, 4.0, 1.0, 0.5, 2.0, 0.5, 1.0, 0.3, 3.0, 1.0, 1.0, 0.5, -1.0, -0.4, 0.5, 0.5, -1.5, 0.4, 0.3, 0.1, -0.1, 0.2];

/// The score of a candidate: only its order and distance to others mean something.
pub(crate) fn score(features: &Features) -> f64 {
    (0..COUNT).map(|at| WEIGHTS[at] * features[at]).sum()
}
