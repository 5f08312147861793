//! What all channels share: a platform's message becomes an [`Inbound`]; a [`Button`] becomes what the platform has.

use serde::{Deserialize, Serialize};

use crate::language::{Language, vi};
use crate::learning::LessonKey;
use crate::places::UnitKey;

pub mod telegram;
pub mod web_chat;

/// The closed set of channels. Each knows its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The web chat that we serve ourselves.
    Web,
    /// A Telegram bot.
    Telegram,
}

impl Channel {
    /// The name used in tables, logs and metrics.
    pub fn key(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Telegram => "telegram",
        }
    }

    /// Reads back [`Channel::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Web, Self::Telegram].into_iter().find(|channel| channel.key() == key)
    }
}

/// A message from a citizen, in the same form for every channel.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// Where it came in.
    pub channel: Channel,
    /// The citizen's address on the channel: for the web the hash of the cookie's token, for Telegram the chat, in a group
    /// "chat:user".
    pub address: String,
    /// The platform's id of this message; a second one with the same id is a redelivery.
    pub external_id: String,
    /// What the citizen said or pressed.
    pub content: Content,
    /// The language of the page that it was written on; none where the conversation's own stays.
    pub language: Option<Language>,
}

/// What a citizen said or pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Typed text.
    Text(String),
    /// A pressed button or a command: what it does and the label that was on it.
    Press(Button),
    /// A picture, a voice message, a file: kept for staff.
    Media(Media),
    /// A shared position.
    Location(Point),
}

/// A position in thousandths of a degree, about a hundred metres: enough to tell the communes around, and not the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    lat: i32,
    lon: i32,
}

impl Point {
    /// Rounds a position (degrees). None where it is none on earth.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        let is_on_earth = lat.abs() <= 90.0 && lon.abs() <= 180.0;
        is_on_earth.then(|| Self { lat: (lat * 1_000.0).round() as i32, lon: (lon * 1_000.0).round() as i32 })
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat) / 1_000.0
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon) / 1_000.0
    }
}

/// What a citizen sent beside words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// The words that came with it; may be empty.
    pub caption: String,
    /// How the conversation shows it: "[Ảnh] caption".
    pub shown: String,
    /// Where the platform keeps the file; none for a sticker.
    pub file: Option<PlatformFile>,
}

/// The closed set of what is kept for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Photo,
    /// A voice message or a sound.
    Voice,
    /// A film.
    Video,
    /// Any other file.
    Document,
    /// A sticker, a contact, anything else.
    Other,
}

impl MediaKind {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Document => "document",
            Self::Other => "other",
        }
    }

    /// What citizens and staff call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Photo => vi("ảnh"),
            Self::Voice => vi("tin nhắn thoại"),
            Self::Video => vi("video"),
            Self::Document => vi("tệp"),
            Self::Other => vi("nội dung"),
        }
    }
}

/// A file that a platform keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformFile {
    /// The platform's id of it.
    pub id: String,
    /// Its name, where the sender gave one.
    pub name: Option<String>,
    /// Its media type, where the platform says one.
    pub media_type: Option<String>,
    /// Its size, where the platform says it.
    pub bytes: Option<i64>,
}

impl Content {
    /// What the conversation shows as the citizen's words.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Press(button) => &button.label,
            Self::Media(media) => &media.shown,
            // Where exactly is nobody's matter.
            Self::Location(_) => vi("[Vị trí]"),
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
    /// See the courses.
    Learn,
    /// Go on learning where it was left.
    Resume,
    /// See the lessons of this course.
    Course(String),
    /// Open this lesson where it was left.
    Lesson(LessonKey),
    /// See this screen of the lesson.
    Screen(LessonKey, usize),
    /// Answer the lesson's quiz with this option.
    Choose(LessonKey, usize),
    /// Rest and learn later.
    Pause,
    /// Ask this fact of this guide.
    Fact(String, crate::answering::Fact),
    /// This commune, of today or of before, is meant.
    Place(UnitKey),
    /// Remember that I live in this one.
    RememberPlace(UnitKey),
    /// Forget where I live.
    ForgetPlace,
    /// Ask for a person.
    AskStaff,
    /// Yes, send my question to staff.
    SendToStaff,
    /// No, don't.
    Decline,
    /// Say hello and what Sen is.
    Start,
    /// Say what one can ask and press.
    Help,
    /// Say which languages there are.
    Language,
    /// Speak this one from now on.
    Speak(Language),
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
            Action::Learn => "learn".into(),
            Action::Resume => "resume".into(),
            Action::Course(id) => format!("course:{id}"),
            Action::Lesson(key) => format!("lesson:{key}"),
            Action::Screen(key, screen) => format!("screen:{screen}:{key}"),
            Action::Choose(key, option) => format!("choose:{option}:{key}"),
            Action::Pause => "pause".into(),
            Action::Fact(id, fact) => format!("fact:{}:{id}", fact.key()),
            Action::Place(key) => format!("place:{key}"),
            Action::RememberPlace(key) => format!("home:{key}"),
            Action::ForgetPlace => "home-no".into(),
            Action::AskStaff => "staff".into(),
            Action::SendToStaff => "send".into(),
            Action::Decline => "decline".into(),
            Action::Start => "start".into(),
            Action::Help => "help".into(),
            Action::Language => "language".into(),
            Action::Speak(language) => format!("speak:{}", language.key()),
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
            "learn" => Self::Learn,
            "resume" => Self::Resume,
            "course" => Self::Course(rest.into()),
            "lesson" => Self::Lesson(rest.parse()?),
            "screen" => numbered(rest).map(|(screen, key)| Self::Screen(key, screen))?,
            "choose" => numbered(rest).map(|(option, key)| Self::Choose(key, option))?,
            "pause" => Self::Pause,
            "fact" => {
                let (fact, id) = rest.split_once(':').ok_or("fact without a guide")?;
                Self::Fact(id.into(), crate::answering::Fact::from_key(fact).ok_or("unknown fact")?)
            }
            "place" => Self::Place(rest.parse()?),
            "home" => Self::RememberPlace(rest.parse()?),
            "home-no" => Self::ForgetPlace,
            "staff" => Self::AskStaff,
            "send" => Self::SendToStaff,
            "decline" => Self::Decline,
            "start" => Self::Start,
            "help" => Self::Help,
            "language" => Self::Language,
            "speak" => Self::Speak(Language::from_key(rest).ok_or("unknown language")?),
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

/// A number and a lesson, as in "3:vneid/2".
fn numbered(text: &str) -> Result<(usize, LessonKey), String> {
    let (number, key) = text.split_once(':').ok_or("no number")?;
    Ok((number.parse().map_err(|_| "a number that is none")?, key.parse()?))
}

#[cfg(test)]
mod tests {
    use anyhow::Result;

    use super::*;

    #[test]
    fn places_are_named_by_code_and_first_day_within_telegrams_limit() -> Result<(), String> {
        let [today, before]: [UnitKey; 2] = ["16681@2025-07-01".parse()?, "16681@".parse()?];
        assert_ne!(today, before, "a code is used again");
        for action in [Action::Place(before), Action::RememberPlace(today), Action::ForgetPlace] {
            let written = String::from(action.clone());
            assert!(written.len() <= 64);
            assert_eq!(Action::try_from(written), Ok(action));
        }
        assert!(Action::try_from("place:vinh".to_owned()).is_err());
        Ok(())
    }

    #[test]
    fn a_position_is_kept_to_about_a_hundred_metres() {
        let point = Point::new(18.672_949, 105.694_921).map(|point| (point.lat(), point.lon()));
        assert_eq!(point, Some((18.673, 105.695)));
        assert_eq!(Point::new(91.0, 0.0), None);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
    }
}
