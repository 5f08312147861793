//! The interface in Vietnamese and English. Vietnamese is the source text and stands in the code, wrapped in [`t`], [`tf`] or
//! [`vi`], in pages in the filter `t`; `locales/en.toml` holds the English of each. Facts of guides are never translated.

mod choice;
pub(crate) mod filters;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

pub(crate) use choice::routes;

/// The closed set of languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// The language of guides, staff and most citizens.
    #[default]
    #[serde(rename = "vi")]
    Vietnamese,
    /// For those who don't read Vietnamese.
    #[serde(rename = "en")]
    English,
}

/// What `locales/en.toml` says, by the Vietnamese words.
static ENGLISH: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../locales/en.toml")).unwrap_or_else(|error| {
        tracing::error!(%error, "the English words can't be read");
        HashMap::new()
    })
});

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Vietnamese, Self::English];

    /// The name in tables, cookies and `lang` attributes (BCP 47).
    pub fn key(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// Reads back [`Language::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.key() == key)
    }

    /// What its speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Vietnamese => "Tiếng Việt",
            Self::English => "English",
        }
    }

    /// "24/11/2026", "24 Nov 2026"
    pub fn date(self, date: Date) -> String {
        date.strftime(if self == Self::English { "%-d %b %Y" } else { "%d/%m/%Y" }).to_string()
    }

    /// "14:05, 24/11/2026", "14:05, 24 Nov 2026"
    pub fn time_and_date(self, at: DateTime) -> String {
        format!("{}, {}", at.strftime("%H:%M"), self.date(at.date()))
    }

    /// A line of a guide inside a reply. In English it is marked as a quotation (`> `), since it stays Vietnamese.
    pub(crate) fn quoted(self, line: &str) -> String {
        if self == Self::English { format!("> {line}") } else { line.to_owned() }
    }
}

/// Marks words that are translated where they are shown: by a page's filter `t`, or by [`t`] elsewhere.
pub const fn vi(words: &'static str) -> &'static str {
    words
}

/// These Vietnamese words in that language; words that nobody has translated (an office's own name) stay as they are.
pub fn t(language: Language, words: &str) -> &str {
    match language {
        Language::Vietnamese => words,
        Language::English => ENGLISH.get(words).map_or(words, String::as_str),
    }
}

/// [`t`], with each `{name}` replaced by its value.
pub fn tf(language: Language, words: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = String::new();
    let mut rest = t(language, words);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| Some((values.iter().find(|(known, _)| *known == name)?.1, after)));
        let Some((value, after)) = named else {
            text.push('{');
            rest = after;
            continue;
        };
        text.push_str(&value.to_string());
        rest = after;
    }
    text + rest
}
