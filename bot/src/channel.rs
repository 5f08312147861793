//! What all channels share: a platform's message becomes an [`Inbound`]; a [`Button`] becomes what the platform has.

use serde::{Deserialize, Serialize};

pub mod web_chat;

/// The closed set of channels. Each knows its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The web chat that we serve ourselves.
    Web,
}

impl Channel {
    /// The name used in tables, logs and metrics.
    pub fn key(self) -> &'static str {
        match self {
            Self::Web => "web",
        }
    }

    /// Reads back [`Channel::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "web" => Some(Self::Web),
            _ => None,
        }
    }
}

/// A message from a citizen, in the same form for every channel.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// Where it came in.
    pub channel: Channel,
    /// The citizen's address on the channel; for the web the hash of the cookie's token.
    pub address: String,
    /// The platform's id of this message; a second one with the same id is a redelivery.
    pub external_id: String,
    /// What the citizen said or pressed.
    pub content: Content,
}

/// What a citizen said or pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Typed text.
    Text(String),
    /// A pressed button: what it does and the label that was on it.
    Press(Button),
}

impl Content {
    /// What the conversation shows as the citizen's words.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Press(button) => &button.label,
        }
    }
}

/// A quick reply under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What the citizen reads.
    pub label: String,
    /// What it does.
    pub action: Action,
}

impl Button {
    /// A button with this label and action.
    pub fn new(label: impl Into<String>, action: Action) -> Self {
        Self { label: label.into(), action }
    }
}

/// The closed set of what a button does. Written as a short text of at most 64 bytes (Telegram's callback data).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Action {
    /// Show this guide: a choice after asking back.
    Guide(String),
    /// Ask this fact of this guide.
    Fact(String, crate::answering::Fact),
    /// Ask for a person.
    AskStaff,
    /// Yes, send my question to staff.
    SendToStaff,
    /// No, don't.
    Decline,
    /// The ticket with this receipt code is solved.
    Solved(String),
    /// It is not: open it again.
    NotSolved(String),
    /// Ask to have everything of mine erased.
    EraseData,
    /// Yes, erase it.
    ConfirmErase,
    /// No, keep it.
    KeepData,
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        match action {
            Action::Guide(id) => format!("guide:{id}"),
            Action::Fact(id, fact) => format!("fact:{}:{id}", fact.key()),
            Action::AskStaff => "staff".into(),
            Action::SendToStaff => "send".into(),
            Action::Decline => "decline".into(),
            Action::Solved(code) => format!("solved:{code}"),
            Action::NotSolved(code) => format!("unsolved:{code}"),
            Action::EraseData => "erase".into(),
            Action::ConfirmErase => "erase-yes".into(),
            Action::KeepData => "erase-no".into(),
        }
    }
}

impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (verb, rest) = text.split_once(':').unwrap_or((&text, ""));
        let action = match verb {
            "guide" => Self::Guide(rest.into()),
            "fact" => {
                let (fact, id) = rest.split_once(':').ok_or("fact without a guide")?;
                Self::Fact(id.into(), crate::answering::Fact::from_key(fact).ok_or("unknown fact")?)
            }
            "staff" => Self::AskStaff,
            "send" => Self::SendToStaff,
            "decline" => Self::Decline,
            "solved" => Self::Solved(rest.into()),
            "unsolved" => Self::NotSolved(rest.into()),
            "erase" => Self::EraseData,
            "erase-yes" => Self::ConfirmErase,
            "erase-no" => Self::KeepData,
            _ => return Err(format!("unknown action {verb:?}")),
        };
        Ok(action)
    }
}
