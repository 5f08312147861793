//! A question set: JSON Lines, one question a line.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::squad::read_text;

/// The intent of questions that Sen must keep out of.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// A question with what a good answer has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Unique over all sets that are evaluated together.
    pub id: String,
    /// As a citizen types it.
    pub question: String,
    /// What was said before.
    #[serde(default)]
    pub history: Vec<Turn>,
    /// How it is typed: "accented", "unaccented", "teencode", …
    #[serde(default)]
    pub style: String,
    /// What is asked: "fee", "documents", …, "general", [`OUT_OF_SCOPE`].
    #[serde(default)]
    pub intent: String,
    /// Ids or official codes of the guides that answer it; several when one has to ask which is meant.
    #[serde(default)]
    pub relevant: Vec<String>,
    /// What the answer must say: of each group at least one of the spellings.
    #[serde(default)]
    pub facts: Vec<Vec<String>>,
    /// For people: what to ask back, why it is out of scope.
    #[serde(default)]
    pub note: String,
}

/// An earlier turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Only turns of the "citizen" are replayed.
    pub role: String,
    /// What was said.
    pub text: String,
}

impl Question {
    /// Whether Sen must not answer it.
    pub fn is_out_of_scope(&self) -> bool {
        self.intent == OUT_OF_SCOPE
    }

    /// Whether it can only be answered by asking back.
    pub fn is_ambiguous(&self) -> bool {
        self.intent == "general" && !self.note.is_empty()
    }
}

/// Reads a set; empty lines are passed over. A name that ends in `.gz` is unpacked.
///
/// # Errors
/// When the file can't be read, or with the number of the first line that is no question.
pub fn read(path: &Path) -> Result<Vec<Question>> {
    let text = read_text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parse = |(at, line)| serde_json::from_str(line).with_context(|| format!("{}, dòng {}: không phải câu hỏi", path.display(), at + 1));
    lines.map(parse).collect()
}
