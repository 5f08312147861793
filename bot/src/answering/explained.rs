//! Why a guide is found: its features, by name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::features::NAMES;
use super::{Context, Fact};

/// So many candidates are told.
const MOST: usize = 30;

/// What retrieval made of a question.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// Whether the question was read together with the conversation's topic.
    pub with_topic: bool,
    /// What is asked of the procedure.
    pub asked: Vec<Fact>,
    /// The guide that was clear before any search: chosen, or in focus of a follow-up.
    pub chosen: Option<String>,
    /// Best first.
    pub candidates: Vec<ExplainedCandidate>,
}

/// One guide.
#[derive(Debug, Serialize)]
pub struct ExplainedCandidate {
    /// The guide.
    pub id: String,
    /// Its official codes.
    pub codes: Vec<String>,
    /// Its title.
    pub title: String,
    /// Its rank's score.
    pub score: f64,
    /// How sure Sen is of it.
    pub confidence: f64,
    /// The same procedure at other levels.
    pub alike: Vec<String>,
    /// The numbers that speak for it.
    pub features: BTreeMap<&'static str, f64>,
}

impl Explained {
    pub(super) fn new(context: &Context) -> Self {
        let catalogue = context.engine.catalogue();
        let confidence = super::confidence::confidence(&context.candidates);
        let told = |candidate: &super::Candidate| {
            let entry = catalogue.get(&candidate.guide_id)?;
            Some(ExplainedCandidate {
                id: entry.id.clone(),
                codes: entry.codes.clone(),
                title: entry.title.clone(),
                score: candidate.score,
                confidence,
                alike: candidate.alike.clone(),
                features: NAMES.into_iter().zip(candidate.features).collect(),
            })
        };
        Self {
            with_topic: context.with_topic.is_some(),
            asked: context.asked.clone(),
            chosen: context.chosen.clone(),
            candidates: context.candidates.iter().take(MOST).filter_map(told).collect(),
        }
    }
}
