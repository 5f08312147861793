//! One way of reading a message: its words, each as typed and without diacritics.

use std::sync::LazyLock;

use indexer::lexical::{fold, has_diacritics};
use unicode_normalization::UnicodeNormalization as _;

use super::concept::Classes;
use crate::answering::glossary::Glossary;
use crate::answering::normalizer;

/// Ordinary words that look like others once their diacritics are gone: "gia đình" is nothing "giả".
static ORDINARY: LazyLock<Classes> = LazyLock::new(|| Classes::new([include_str!("words/ordinary.txt")]));

/// The words of a message in one of its readings.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    /// Whether it is written with diacritics, so that a word without them has none.
    pub(super) accented: bool,
}

/// A word as it was typed, and folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) typed: String,
    pub(super) folded: String,
    /// Letters and their marks in order, where it has marks; the bar of đ is one too.
    marks: Vec<char>,
}

impl Reading {
    /// Reads `text`; dialect and teencode give way to standard words.
    pub(super) fn new(text: &str, glossary: &Glossary) -> Self {
        let standard = normalizer::normalise(text, glossary).standard;
        let words: Vec<Word> = standard.split(' ').map(Word::new).collect();
        let with_marks = words.iter().filter(|word| has_diacritics(&word.typed)).count();
        let mut reading = Self { accented: 2 * with_marks >= words.len(), words };
        for at in ORDINARY.spans(&reading).into_iter().flatten().flatten() {
            reading.words[at] = Word::new("·");
        }
        reading
    }
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        let marks = if word.is_ascii() { Vec::new() } else { word.replace('đ', "d\u{335}").nfd().collect() };
        Self { typed: word.to_owned(), folded: fold(word), marks }
    }

    /// Whether this can be a hurried spelling of `meant`: the same letters, and no diacritic that `meant` lacks.
    pub(super) fn may_mean(&self, meant: &Self) -> bool {
        if self.folded != meant.folded {
            return false;
        }
        if self.typed == meant.typed || self.typed.is_ascii() {
            return true;
        }
        let mut meant = meant.marks.iter();
        self.marks.iter().all(|letter| meant.any(|other| other == letter))
    }

    /// A number of at least three digits.
    pub(super) fn is_number(&self) -> bool {
        self.typed.starts_with(|c: char| c.is_ascii_digit()) && self.typed.chars().filter(char::is_ascii_digit).count() >= 3
    }
}
