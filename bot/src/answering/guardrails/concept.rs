//! What a message is about, told by classes of words that stand close together: {make, buy, …} and {birth certificate, seal, …}.
//!
//! The classes lie in `words/*.toml`, one file a subject. Phrases are separated by commas and written with diacritics; a typed
//! diacritic counts, a missing one costs nothing. `~` stands for up to four words, `#` for a number of at least three digits,
//! and a phrase that begins with `=` is meant only as it is written.

use std::collections::{BTreeMap, HashMap, HashSet};
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

/// The rules of a subject, in order, and the classes that they speak of.
pub(super) struct Subject<K> {
    rules: Vec<Rule<K>>,
    classes: Classes,
}

/// A rule; its classes are places in [`Classes`].
struct Rule<K> {
    kind: K,
    all: Vec<usize>,
    gap: usize,
    unless: Vec<usize>,
}

/// Classes of phrases that mean the same. A phrase is looked for by its first word: many cost no more than few.
pub(super) struct Classes {
    count: usize,
    by_first: HashMap<String, Vec<Phrase>>,
    /// Those that begin with a number.
    with_number: Vec<Phrase>,
}

struct Phrase {
    class: usize,
    tokens: Vec<Token>,
    exact: bool,
}

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
        let place = |name: &String| file.words.keys().position(|class| class == name).with_context(|| format!("no class {name}"));
        let places = |names: &[String]| names.iter().map(place).collect::<Result<Vec<_>>>();
        let rule = |rule: &Written<K>| Ok(Rule { kind: rule.kind, all: places(&rule.all)?, gap: rule.gap, unless: places(&rule.unless)? });
        let rules = file.rules.iter().map(rule).collect::<Result<_>>()?;
        Ok(Self { rules, classes: Classes::new(file.words.values().map(String::as_str)) })
    }

    /// The kind of the first rule that holds.
    pub(super) fn find(&self, reading: &Reading) -> Option<K> {
        let spans = self.classes.spans(reading);
        self.rules.iter().find(|rule| rule.holds(&spans)).map(|rule| rule.kind)
    }

    /// Every word that a rule looks for, folded.
    pub(super) fn vocabulary(&self) -> HashSet<String> {
        let is_sought = |phrase: &&Phrase| self.rules.iter().any(|rule| rule.all.contains(&phrase.class));
        let word = |token: &Token| if let Token::Word(word) = token { Some(word.folded.clone()) } else { None };
        self.classes.phrases().filter(is_sought).flat_map(|phrase| phrase.tokens.iter().filter_map(word)).collect()
    }
}

impl<K> Rule<K> {
    fn holds(&self, spans: &[Vec<Range<usize>>]) -> bool {
        let found: Vec<&[Range<usize>]> = self.all.iter().map(|class| spans[*class].as_slice()).collect();
        found.iter().all(|spans| !spans.is_empty())
            && close(&found, &[], self.gap)
            && self.unless.iter().all(|class| spans[*class].is_empty())
    }
}

/// Whether one span of each list can be chosen with at most `gap` other words between them.
fn close(lists: &[&[Range<usize>]], chosen: &[&Range<usize>], gap: usize) -> bool {
    let Some((spans, rest)) = lists.split_first() else { return others(chosen) <= gap };
    spans.iter().any(|span| close(rest, &[chosen, &[span]].concat(), gap))
}

/// The words between these spans that belong to none of them.
fn others(spans: &[&Range<usize>]) -> usize {
    let (start, end) = spans.iter().fold((usize::MAX, 0), |(start, end), span| (start.min(span.start), end.max(span.end)));
    (start..end).filter(|at| !spans.iter().any(|span| span.contains(at))).count()
}

impl Classes {
    /// Reads classes of phrases separated by commas.
    pub(super) fn new<'a>(written: impl IntoIterator<Item = &'a str>) -> Self {
        let mut classes = Self { count: 0, by_first: HashMap::new(), with_number: Vec::new() };
        for phrases in written {
            let class = classes.count;
            classes.count += 1;
            let phrases = phrases.split(',').map(str::trim).filter(|phrase| !phrase.is_empty());
            phrases.for_each(|phrase| classes.add(Phrase::new(phrase, class)));
        }
        classes
    }

    fn add(&mut self, phrase: Phrase) {
        match phrase.tokens.first() {
            Some(Token::Word(word)) => self.by_first.entry(word.folded.clone()).or_default().push(phrase),
            _ => self.with_number.push(phrase),
        }
    }

    fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.by_first.values().flatten().chain(&self.with_number)
    }

    /// Where the phrases of each class occur.
    pub(super) fn spans(&self, reading: &Reading) -> Vec<Vec<Range<usize>>> {
        let mut spans = vec![Vec::new(); self.count];
        for (start, word) in reading.words.iter().enumerate() {
            let phrases = self.by_first.get(&word.folded).into_iter().flatten().chain(&self.with_number);
            for (class, end) in phrases.filter_map(|phrase| Some((phrase.class, phrase.end(reading, start)?))) {
                spans[class].push(start..end);
            }
        }
        spans
    }
}

impl Phrase {
    fn new(phrase: &str, class: usize) -> Self {
        let token = |token: &str| match token {
            "~" => Token::Gap,
            "#" => Token::Number,
            word => Token::Word(Word::new(word)),
        };
        let exact = phrase.starts_with('=');
        Self { class, tokens: phrase.trim_start_matches('=').split_whitespace().map(token).collect(), exact }
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
        !Classes::new([phrases]).spans(&Reading::new(text, &Glossary::default()))[0].is_empty()
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
