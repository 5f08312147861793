//! What turned better or worse since an earlier evaluation.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::judge::Verdict;
use super::{Evaluation, Judged};

/// The differences between two evaluations. `Display` is what editors read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Questions whose verdict is worth more now.
    pub better: Vec<Change>,
    /// Questions whose verdict is worth less now, or whose answer has figures without a source now.
    pub worse: Vec<Change>,
    /// Questions that the earlier evaluation had not.
    pub new: usize,
    /// Questions that only the earlier one had.
    pub gone: usize,
}

/// A question that changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// As it was typed.
    pub question: String,
    /// The earlier verdict.
    pub before: Verdict,
    /// The verdict now.
    pub now: Verdict,
}

impl Comparison {
    /// Compares by the questions' ids.
    pub fn between(earlier: &Evaluation, now: &Evaluation) -> Comparison {
        let mut before: HashMap<&str, &Judged> = earlier.judged.iter().map(|question| (question.id.as_str(), question)).collect();
        let mut comparison = Comparison::default();
        for question in &now.judged {
            let Some(earlier) = before.remove(question.id.as_str()) else {
                comparison.new += 1;
                continue;
            };
            let change =
                || Change { id: question.id.clone(), question: question.question.clone(), before: earlier.verdict, now: question.verdict };
            match worth(question).cmp(&worth(earlier)) {
                std::cmp::Ordering::Greater => comparison.better.push(change()),
                std::cmp::Ordering::Less => comparison.worse.push(change()),
                std::cmp::Ordering::Equal => {}
            }
        }
        comparison.gone = before.len();
        comparison
    }
}

/// A figure without a source is as bad as a wrong answer.
fn worth(question: &Judged) -> u8 {
    if question.ungrounded.is_empty() { question.verdict.worth() } else { 0 }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { better, worse, new, gone } = self;
        writeln!(
            formatter,
            "So với lần trước: {} câu tốt lên, {} câu kém đi, {new} câu mới, {gone} câu không còn.",
            better.len(),
            worse.len()
        )?;
        for (title, changes) in [("Kém đi", worse), ("Tốt lên", better)] {
            if !changes.is_empty() {
                writeln!(formatter, "{title}:")?;
            }
            for change in changes {
                let Change { id, question, before, now } = change;
                writeln!(formatter, "  {id} · {question}\n      trước: {}; nay: {}", before.label(), now.label())?;
            }
        }
        Ok(())
    }
}
