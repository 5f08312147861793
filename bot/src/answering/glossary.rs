//! `glossary.toml`: abbreviations, everyday, old and Nghệ Tĩnh words and the official words they stand for.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use indexer::lexical::{fold, has_diacritics, normalise};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    expand: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    terms: Vec<String>,
    official: String,
    kind: Kind,
    #[serde(default)]
    exact: bool,
}

/// Where a word comes from decides what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Abbreviation,
    Everyday,
    Old,
    Dialect,
    Teencode,
    English,
}

impl Kind {
    /// A dialect, teencode or English word is only another spelling: it gives way. Other words stay beside the official ones.
    fn replaces(self) -> bool {
        matches!(self, Self::Dialect | Self::Teencode | Self::English)
    }
}

/// What a written phrase stands for.
#[derive(Clone, Debug)]
struct Meaning {
    official: String,
    replaces: bool,
}

/// All entries, ready to match.
#[derive(Debug, Default)]
pub struct Glossary {
    /// English phrases; they are looked up in English questions only.
    english: HashMap<String, Meaning>,
    /// By the phrase as written, lower case.
    exact: HashMap<String, Meaning>,
    /// By the phrase without diacritics; only entries that stay unmistakable without them.
    folded: HashMap<String, Meaning>,
    /// The first word of every phrase, as written and folded.
    first_words: HashSet<String>,
    longest: usize,
}

/// A question after the glossary has read it.
#[derive(Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The question in standard words.
    pub standard: String,
    /// The official words that its everyday words stand for.
    pub official: Vec<String>,
    /// For each word of `standard`, the place of the official words that it stands for.
    pub stands_for: Vec<Option<usize>>,
}

impl Glossary {
    /// Reads the file; a folder without one has an empty glossary.
    ///
    /// # Errors
    /// When the file is there and broken.
    pub fn load(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).with_context(|| format!("bảng từ {} có lỗi", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("không đọc được bảng từ {}", path.display())),
        }
    }

    /// Reads the text of a glossary file.
    ///
    /// # Errors
    /// When it isn't TOML of the expected form.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut glossary = Self::default();
        for entry in file.expand {
            for term in &entry.terms {
                glossary.add(&normalise(term), &entry);
            }
        }
        Ok(glossary)
    }

    fn add(&mut self, term: &str, entry: &Entry) {
        let meaning = Meaning { official: normalise(&entry.official), replaces: entry.kind.replaces() };
        self.longest = self.longest.max(term.split(' ').count());
        let first = term.split(' ').next().unwrap_or_default();
        self.first_words.extend([first.to_owned(), fold(first)]);
        if entry.kind == Kind::English {
            self.english.entry(term.to_owned()).or_insert(meaning);
            return;
        }
        if !entry.exact {
            self.folded.entry(fold(term)).or_insert_with(|| meaning.clone());
        }
        self.exact.entry(term.to_owned()).or_insert(meaning);
    }

    /// Reads `normalised` (lower case, single blanks) from left to right, the longest phrase first.
    pub fn expand(&self, normalised: &str) -> Expanded {
        let words: Vec<&str> = normalised.split(' ').collect();
        let (mut standard, mut official, mut stands_for) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        while at < words.len() {
            let Some((length, meaning)) = self.longest_match(&words[at..]) else {
                standard.push(words[at].to_owned());
                stands_for.push(None);
                at += 1;
                continue;
            };
            if meaning.replaces {
                let words = meaning.official.split(' ').map(str::to_owned);
                stands_for.extend(words.clone().map(|_| None));
                standard.extend(words);
            } else {
                standard.extend(words[at..at + length].iter().map(|word| (*word).to_owned()));
                stands_for.extend((0..length).map(|_| Some(official.len())));
                official.push(meaning.official.clone());
            }
            at += length;
        }
        Expanded { standard: standard.join(" "), official, stands_for }
    }

    /// An English question in Vietnamese words, as far as they are known; the other words are left out, numbers stay.
    pub fn translate(&self, normalised: &str) -> String {
        let words: Vec<&str> = normalised.split(' ').collect();
        let (mut translated, mut at) = (Vec::new(), 0);
        while at < words.len() {
            let longest = self.longest.min(words.len() - at);
            let found = (1..=longest).rev().find_map(|length| Some((length, self.english.get(&words[at..at + length].join(" "))?)));
            match found {
                Some((_, meaning)) => translated.push(meaning.official.as_str()),
                None if words[at].bytes().all(|byte| byte.is_ascii_digit()) => translated.push(words[at]),
                None => {}
            }
            at += found.map_or(1, |(length, _)| length);
        }
        translated.join(" ")
    }

    fn longest_match(&self, words: &[&str]) -> Option<(usize, &Meaning)> {
        words.first().filter(|word| self.first_words.contains(**word))?;
        (1..=self.longest.min(words.len())).rev().find_map(|length| {
            let phrase = words[..length].join(" ");
            let meaning = self.exact.get(&phrase).or_else(|| self.without_diacritics(&phrase))?;
            Some((length, meaning))
        })
    }

    /// A phrase typed with diacritics means what it says; only one typed without any is matched by its folded form.
    fn without_diacritics(&self, phrase: &str) -> Option<&Meaning> {
        if has_diacritics(phrase) { None } else { self.folded.get(phrase) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glossary() -> Glossary {
        let text = r#"
            [[expand]]
            terms = ["cccd", "căn cước công dân"]
            official = "thẻ căn cước"
            kind = "abbreviation"
            [[expand]]
            terms = ["mô"]
            official = "đâu"
            kind = "dialect"
            [[expand]]
            terms = ["chi"]
            official = "gì"
            kind = "dialect"
            exact = true
        "#;
        Glossary::parse(text).unwrap()
    }

    #[test]
    fn adds_the_official_word_and_keeps_the_typed_one() {
        let expanded = glossary().expand("làm cccd ở mô");
        let stands_for = vec![None, Some(0), None, None];
        assert_eq!(expanded, Expanded { standard: "làm cccd ở đâu".into(), official: vec!["thẻ căn cước".into()], stands_for });
    }

    #[test]
    fn a_typed_diacritic_counts() {
        assert_eq!(glossary().expand("chị ơi").standard, "chị ơi");
        assert_eq!(glossary().expand("lam can cuoc cong dan").official, ["thẻ căn cước"]);
    }
}
