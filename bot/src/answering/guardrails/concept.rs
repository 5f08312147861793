//! What a message is about, told by classes of words that stand close together: {make, buy, …} and {birth certificate, seal, …}.
//!
//! The classes lie in `words/*.toml`, one file a subject. Phrases are separated by commas and written with diacritics; a typed
//! diacritic counts, a missing one costs nothing. `~` stands for up to four words, `#` for a number of at least three digits,
//! and a phrase that begins with `=` is meant only as it is written.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::reading::{Reading, Word};

/// So many words `~` may stand for.
const MOST_BETWEEN: usize = 4;
/// So many other words may lie between the phrases of a rule that says nothing else.
const NEAR: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<K> {
    words: BTreeMap<String, String>,
    rules: Vec<Written<K>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<K> {
    kind: K,
    /// A phrase of each of these classes.
    all: Vec<String>,
    /// How many other words may lie between them.
    #[serde(default = "near")]
    gap: usize,
    /// And no phrase of these classes anywhere.
    #[serde(default)]
    unless: Vec<String>,
}

const fn near() -> usize {
    NEAR
}

/// The rules of a subject, in order.
pub(super) struct Subject<K> {
    rules: Vec<Rule<K>>,
}

struct Rule<K> {
    kind: K,
    all: Vec<Class>,
    gap: usize,
    unless: Vec<Class>,
}

/// Phrases that mean the same.
#[derive(Clone)]
pub(super) struct Class(Vec<Phrase>);

#[derive(Clone)]
struct Phrase {
    tokens: Vec<Token>,
    exact: bool,
}

#[derive(Clone)]
enum Token {
    Word(Word),
    Gap,
    Number,
}

impl<K: Copy + DeserializeOwned> Subject<K> {
    /// Reads the words that are compiled in.
    ///
    /// # Panics
    /// When they are not well formed, which a test of each subject would show.
    pub(super) fn embedded(words: &str) -> Self {
        Self::parse(words).expect("the words that are compiled in are well formed")
    }

    fn parse(words: &str) -> Result<Self> {
        let file: File<K> = toml::from_str(words)?;
        let classes: BTreeMap<&str, Class> = file.words.iter().map(|(name, phrases)| (name.as_str(), Class::new(phrases))).collect();
        let class = |name: &String| classes.get(name.as_str()).cloned().with_context(|| format!("no class {name}"));
        let named = |names: &[String]| names.iter().map(class).collect::<Result<Vec<_>>>();
        let rule = |rule: &Written<K>| Ok(Rule { kind: rule.kind, all: named(&rule.all)?, gap: rule.gap, unless: named(&rule.unless)? });
        Ok(Self { rules: file.rules.iter().map(rule).collect::<Result<_>>()? })
    }

    /// The kind of the first rule that holds.
    pub(super) fn find(&self, reading: &Reading) -> Option<K> {
        self.rules.iter().find(|rule| rule.holds(reading)).map(|rule| rule.kind)
    }

    /// Every word that a rule looks for, folded.
    pub(super) fn vocabulary(&self) -> HashSet<String> {
        let phrases = self.rules.iter().flat_map(|rule| &rule.all).flat_map(|class| &class.0);
        let word = |token: &Token| if let Token::Word(word) = token { Some(word.folded.clone()) } else { None };
        phrases.flat_map(|phrase| phrase.tokens.iter().filter_map(word)).collect()
    }
}

impl<K> Rule<K> {
    fn holds(&self, reading: &Reading) -> bool {
        let mut found = Vec::with_capacity(self.all.len());
        for class in &self.all {
            let spans = class.spans(reading);
            if spans.is_empty() {
                return false;
            }
            found.push(spans);
        }
        close(&found, &[], self.gap) && !self.unless.iter().any(|class| class.occurs(reading))
    }
}

/// Whether one span of each list can be chosen with at most `gap` other words between them.
fn close(lists: &[Vec<Range<usize>>], chosen: &[&Range<usize>], gap: usize) -> bool {
    let Some((spans, rest)) = lists.split_first() else { return others(chosen) <= gap };
    spans.iter().any(|span| close(rest, &[chosen, &[span]].concat(), gap))
}

/// The words between these spans that belong to none of them.
fn others(spans: &[&Range<usize>]) -> usize {
    let (start, end) = spans.iter().fold((usize::MAX, 0), |(start, end), span| (start.min(span.start), end.max(span.end)));
    (start..end).filter(|at| !spans.iter().any(|span| span.contains(at))).count()
}

impl Class {
    /// Reads phrases separated by commas.
    pub(super) fn new(phrases: &str) -> Self {
        Self(phrases.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()).map(Phrase::new).collect())
    }

    /// Whether one of the phrases occurs.
    pub(super) fn occurs(&self, reading: &Reading) -> bool {
        !self.spans(reading).is_empty()
    }

    /// Where the phrases occur.
    pub(super) fn spans(&self, reading: &Reading) -> Vec<Range<usize>> {
        let starts = 0..reading.words.len();
        starts.flat_map(|start| self.0.iter().filter_map(move |phrase| Some(start..phrase.end(reading, start)?))).collect()
    }
}

impl Phrase {
    fn new(phrase: &str) -> Self {
        let token = |token: &str| match token {
            "~" => Token::Gap,
            "#" => Token::Number,
            word => Token::Word(Word::new(word)),
        };
        let exact = phrase.starts_with('=');
        Self { tokens: phrase.trim_start_matches('=').split_whitespace().map(token).collect(), exact }
    }

    /// The end of the phrase if it begins at `start`.
    fn end(&self, reading: &Reading, start: usize) -> Option<usize> {
        self.end_of(&self.tokens, reading, start)
    }

    fn end_of(&self, tokens: &[Token], reading: &Reading, at: usize) -> Option<usize> {
        let Some((token, rest)) = tokens.split_first() else { return Some(at) };
        if matches!(token, Token::Gap) {
            return (at..=at + MOST_BETWEEN).find_map(|at| self.end_of(rest, reading, at));
        }
        let word = reading.words.get(at)?;
        let fits = match token {
            Token::Word(meant) if self.exact => word.typed == meant.typed,
            // In a text with diacritics a lone syllable without them is another word: "ban" of "ủy ban" is not "bán".
            Token::Word(meant) => word.may_mean(meant) && !(self.tokens.len() == 1 && reading.accented && word.typed != meant.typed),
            Token::Number => word.is_number(),
            Token::Gap => true,
        };
        if fits { self.end_of(rest, reading, at + 1) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answering::glossary::Glossary;

    fn occurs(phrases: &str, text: &str) -> bool {
        Class::new(phrases).occurs(&Reading::new(text, &Glossary::default()))
    }

    #[test]
    fn typed_diacritics_count_and_missing_ones_cost_nothing() {
        assert!(occurs("đút lót", "dut lot") && occurs("đút lót", "đut lót") && occurs("đút lót", "Đút lót!"));
        assert!(!occurs("đút lót", "đứt lót"));
        assert!(!occurs("bán", "nộp ở ủy ban phường") && occurs("bán", "o dau ban"));
        assert!(!occurs("=lồn", "con lon") && occurs("=lồn", "lồn"));
    }

    #[test]
    fn gaps_and_numbers() {
        assert!(occurs("làm ~ giả", "làm cái bằng lái giả") && !occurs("làm ~ giả", "làm một hai ba bốn năm giả"));
        assert!(occurs("hồ sơ #", "hồ sơ 12345") && !occurs("hồ sơ #", "hồ sơ 12"));
    }

    #[test]
    fn a_rule_wants_its_classes_close_together() -> Result<()> {
        let text =
            "[words]\na = \"mua\"\nb = \"bằng lái\"\nc = \"cũ\"\n[[rules]]\nkind = true\nall = [\"a\", \"b\"]\ngap = 1\nunless = [\"c\"]";
        let subject: Subject<bool> = Subject::parse(text)?;
        let find = |text| subject.find(&Reading::new(text, &Glossary::default()));
        assert_eq!(find("mua cái bằng lái"), Some(true));
        assert_eq!(find("mua xe cần bằng lái"), None);
        assert_eq!(find("mua bằng lái cũ"), None);
        Ok(())
    }
}
