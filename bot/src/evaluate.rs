//! How good the answers are: each question of a set judged as a citizen would judge it.
//!
//! # Layout
//! - [`figures`]: one spelling for amounts and names, the facts and figures of a text.
//! - [`judge`]: one answer, one verdict.
//! - [`summary`]: shares, groups, times, confidence.
//! - [`report`]: what editors read.
//! - [`compare`]: which questions turned better or worse since an earlier run.
//! - [`thresholds`]: what must be reached.

pub mod compare;
pub mod figures;
pub mod judge;
pub mod report;
pub mod summary;
pub mod thresholds;

use indexer::evaluate::questions::Question;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ask;
use judge::Verdict;

/// An evaluation, as it is kept for a later comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// One entry a question, in the order of the sets.
    pub judged: Vec<Judged>,
}

/// A question with what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The question's id.
    pub id: String,
    /// As it was typed.
    pub question: String,
    /// How it was typed.
    pub style: String,
    /// What was asked.
    pub intent: String,
    /// Whether only asking back is good.
    pub ambiguous: bool,
    /// What a good answer cites.
    pub relevant: Vec<String>,
    /// The judgement.
    pub verdict: Verdict,
    /// The answer's status; empty without an answer.
    pub status: String,
    /// Ids of the guides it cites, the first ones.
    pub cited: Vec<String>,
    /// Whether the first citation is a relevant one.
    pub first_is_relevant: bool,
    /// Calibrated confidence, 0 to 1.
    pub confidence: Option<f64>,
    /// Figures of the answer that none of its citations holds.
    pub ungrounded: Vec<String>,
    /// How long the answer took.
    pub milliseconds: Option<f64>,
}

impl Judged {
    /// Judges an answer as `bot ask --json` prints it; [`Value::Null`] where there is none.
    pub fn new(question: &Question, answer: &Value) -> Judged {
        let status = answer["status"].as_str().unwrap_or_default().to_owned();
        let answered = judge::states_facts(&status);
        let relevant = |ids: Vec<String>| ids.iter().any(|id| question.relevant.contains(id));
        let cited = answer["citations"].as_array().into_iter().flatten().filter_map(|citation| citation["id"].as_str());
        Judged {
            id: question.id.clone(),
            question: question.question.clone(),
            style: question.style.clone(),
            intent: question.intent.clone(),
            ambiguous: question.is_ambiguous(),
            relevant: question.relevant.clone(),
            verdict: judge::judge(question, answer),
            cited: cited.take(3).map(str::to_owned).collect(),
            first_is_relevant: relevant(judge::ids(&answer["citations"], 1)),
            confidence: answer["confidence"].as_f64(),
            ungrounded: if answered { figures::ungrounded(answer) } else { Vec::new() },
            milliseconds: answer["timings_ms"]["total"].as_f64(),
            status,
        }
    }

    /// Whether facts were stated.
    pub fn is_answered(&self) -> bool {
        judge::states_facts(&self.status)
    }
}

/// What Sen is asked: the question without its labels.
pub fn unlabelled(question: &Question) -> ask::Question {
    let turn = |turn: &indexer::evaluate::questions::Turn| ask::Turn { role: turn.role.clone(), text: turn.text.clone() };
    ask::Question {
        id: Some(question.id.clone()),
        question: question.question.clone(),
        history: question.history.iter().map(turn).collect(),
        ..ask::Question::default()
    }
}
