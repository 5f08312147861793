//! All readings of a message that guards look at: as it stands, and behind what is used to disguise words.

use super::disguise;
use super::reading::Reading;
use crate::answering::glossary::Glossary;

/// A message as guards read it.
pub(super) struct View {
    /// Look-alike letters replaced.
    pub(super) plain: Reading,
    /// The same letters, spelled otherwise: leetspeak, spaced out or run together.
    spelled: Vec<Reading>,
    /// Other letters: what base64, hexadecimal digits, rot13 or reversal hide.
    decoded: Vec<Reading>,
}

impl View {
    /// Reads a message without hidden characters.
    pub(super) fn new(clean: &str, glossary: &Glossary) -> Self {
        let plain = disguise::latin(clean);
        let read = |texts: Vec<String>| texts.iter().map(|text| Reading::new(text, glossary)).collect();
        Self { plain: Reading::new(&plain, glossary), spelled: read(disguise::respelled(&plain)), decoded: read(disguise::decoded(&plain)) }
    }

    /// The message in all spellings of its letters.
    pub(super) fn spelled(&self) -> impl Iterator<Item = &Reading> {
        std::iter::once(&self.plain).chain(&self.spelled)
    }

    /// The message in all readings.
    pub(super) fn all(&self) -> impl Iterator<Item = &Reading> {
        self.spelled().chain(&self.decoded)
    }
}
