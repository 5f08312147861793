//! What answering remembers of a conversation. Small, serialisable, kept with the conversation.

use serde::{Deserialize, Serialize};

use super::address::Address;
use crate::language::Language;
use crate::learning::{Shown, Step};
use crate::places::UnitKey;

/// The state of a dialogue (the field's term: dialogue state tracking).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DialogueState {
    /// The guide that is being talked about.
    pub focus: Option<String>,
    /// What the conversation is about: the last questions that were searched, in the citizen's words, the newest first.
    pub topic: Option<String>,
    /// The last real question, in the citizen's words.
    pub last_question: Option<String>,
    /// What Sen is waiting for.
    pub pending: Option<Pending>,
    /// The commune of today that was named last in this conversation.
    pub place: Option<UnitKey>,
    /// The one where the citizen lives, kept because they wished it.
    pub home: Option<UnitKey>,
    /// What of the lessons is before the citizen, who may ask questions in between.
    pub learning: Option<Shown>,
    /// What the citizen calls themselves.
    pub address: Option<Address>,
}

impl DialogueState {
    /// Sen's words, in which the citizen is called as they call themselves.
    pub(crate) fn addressed(&self, text: String, language: Language) -> String {
        match self.address {
            Some(address) if language == Language::Vietnamese => address.in_words(&text),
            _ => text,
        }
    }
}

/// What Sen asked and waits for. Anything else that the citizen says is a new question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// One of these guides, by number or name, for this question.
    Choice {
        /// The question that was asked back on.
        question: String,
        /// Ids of the guides, in the order shown.
        guides: Vec<String>,
    },
    /// Yes or no: send this to staff?
    HandoffConsent {
        /// What would be sent.
        question: String,
        /// A question or a petition.
        kind: TicketKind,
    },
    /// The question for staff itself.
    StaffQuestion,
    /// A commune: one of these by number, or any by name, for this question.
    Place {
        /// What else was asked; may be empty.
        question: String,
        /// The units, in the order shown.
        choices: Vec<UnitKey>,
    },
    /// Yes or no: erase everything of the citizen's?
    Erasure,
}

/// What kind of ticket a handoff opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// A question that the guides don't hold.
    Question,
    /// A petition, a complaint, a denunciation.
    Petition,
}

impl TicketKind {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Petition => "petition",
        }
    }

    /// Reads back [`TicketKind::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Question, Self::Petition].into_iter().find(|kind| kind.key() == key)
    }
}

/// What the conversation has to do beyond saying the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a ticket with this question.
    OpenTicket {
        /// What the citizen wants to know.
        question: String,
        /// A question or a petition.
        kind: TicketKind,
    },
    /// Tell the state of the ticket with this receipt code.
    TellTicket(String),
    /// The citizen says that the ticket is solved.
    ConfirmSolved(String),
    /// The citizen says that it is not.
    Reopen(String),
    /// Erase everything of the citizen's.
    EraseData,
    /// Speak this language from now on.
    Speak(Language),
    /// Do a learner's step.
    Learn(Step),
}
