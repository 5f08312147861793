//! What an answer is made of: the closed status, the text, what it cites and what one can press next.

use serde::{Deserialize, Serialize};

use crate::channel::Button;

/// How a question ended. Stored with every answer: escalation, reports and wording are matches on this enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// The guide states what was asked.
    Answered,
    /// The right guide, but it does not state all that was asked.
    Partial,
    /// Asked back with two to four choices.
    Clarification,
    /// No guide holds it; staff are offered.
    NotFound,
    /// Not a matter of public services.
    OutOfScope,
    /// Declined: abuse, an attempt to misuse Sen, or input nobody can read.
    Refused,
    /// An emergency: the number to call, at once.
    Emergency,
    /// A petition or a complaint: passed on with a receipt code, never answered.
    Petition,
    /// A greeting or thanks.
    Greeting,
    /// About a person: asked for staff, or the state of a ticket.
    Handoff,
    /// A lesson.
    Lesson,
    /// What a commune is today, or where the citizen lives.
    Place,
    /// Something broke; the question is kept.
    Error,
}

impl AnswerStatus {
    /// The name in tables, JSON and metrics.
    pub fn key(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Partial => "partial",
            Self::Clarification => "clarification",
            Self::NotFound => "not_found",
            Self::OutOfScope => "out_of_scope",
            Self::Refused => "refused",
            Self::Emergency => "emergency",
            Self::Petition => "petition",
            Self::Greeting => "greeting",
            Self::Handoff => "handoff",
            Self::Lesson => "lesson",
            Self::Place => "place",
            Self::Error => "error",
        }
    }

    /// True when the text states facts of a guide.
    pub fn states_facts(self) -> bool {
        matches!(self, Self::Answered | Self::Partial)
    }
}

/// The passage that carries cited facts, as it stood when it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// The guide's id.
    pub id: String,
    /// Official codes that the guide names, the primary one first.
    pub codes: Vec<String>,
    /// The guide's title.
    pub title: String,
    /// The section's Vietnamese label.
    pub section: String,
    /// The official page.
    pub url: Option<String>,
    /// The day on which the source was checked, ISO.
    pub checked_on: Option<String>,
    /// The passage: one chunk's text.
    pub quote: String,
    /// The published revision that it comes from.
    pub revision: i64,
}

/// One of the guides to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The guide's id.
    pub id: String,
    /// Its official codes.
    pub codes: Vec<String>,
    /// Its title, as shown.
    pub title: String,
}

/// Milliseconds that the steps took; a step that did not run is absent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timings {
    /// Normalising the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalise: Option<f64>,
    /// Embedding the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed: Option<f64>,
    /// Searching and ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieve: Option<f64>,
    /// Composing the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compose: Option<f64>,
    /// Checking that every figure is in a cited passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<f64>,
    /// Everything together.
    pub total: f64,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// How the question ended.
    pub status: AnswerStatus,
    /// What the citizen reads. Light markup: `**bold**`, lines that begin with `- `, a line that begins with `_` is quiet,
    /// one that begins with `> ` is quoted from a guide.
    pub text: String,
    /// What it rests on, in order of weight.
    pub citations: Vec<Citation>,
    /// The guides to choose from, with [`AnswerStatus::Clarification`].
    pub choices: Vec<Choice>,
    /// Calibrated confidence, 0 to 1; none where nothing was retrieved.
    pub confidence: Option<f64>,
    /// Where the time went.
    pub timings_ms: Timings,
    /// Quick replies under it.
    #[serde(skip)]
    pub buttons: Vec<Button>,
}

/// The text without its light markup, for the terminal and for programs.
pub fn plain(text: &str) -> String {
    let bare = |line: &str| {
        let line = line.strip_prefix("> ").unwrap_or(line);
        line.strip_prefix('_').and_then(|rest| rest.strip_suffix('_')).unwrap_or(line).replace("**", "")
    };
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}
