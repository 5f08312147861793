//! Syllables as numbers, and how telling each is: over the names of all guides.

use std::collections::{HashMap, HashSet};

use indexer::lexical::{fold, syllables};

/// A syllable's number.
pub(super) type Word = u32;

/// Two syllables are a word when at least this share of the names with the rarer one has both side by side.
const COMPOUND: f64 = 0.2;

/// A name or text as numbered syllables, without diacritics and as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spelled {
    pub(super) folded: Vec<Word>,
    pub(super) exact: Vec<Word>,
}

/// All syllables that have a number, and in how many guides' names each stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<String, Word>,
    /// By number: in how many guides' names.
    frequency: Vec<u32>,
    /// In how many guides' names two folded syllables stand side by side.
    pairs: HashMap<(Word, Word), u32>,
    guides: usize,
    /// How much a syllable weighs, by in how many guides' names it stands.
    weights: Vec<f64>,
}

impl Vocabulary {
    pub(super) fn number(&self, syllable: &str) -> Option<Word> {
        self.numbers.get(syllable).copied()
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.frequency.len()
    }

    fn intern(&mut self, syllable: &str) -> Word {
        if let Some(number) = self.numbers.get(syllable) {
            return *number;
        }
        let number = self.frequency.len() as Word;
        self.numbers.insert(syllable.to_owned(), number);
        self.frequency.push(0);
        number
    }

    /// Numbers the syllables of a text.
    pub(super) fn spell(&mut self, text: &str) -> Spelled {
        let exact = syllables(text);
        let folded = exact.iter().map(|syllable| self.intern(&fold(syllable))).collect();
        Spelled { folded, exact: exact.iter().map(|syllable| self.intern(syllable)).collect() }
    }

    /// The different folded syllables of a text, sorted.
    pub(super) fn folded_set(&mut self, texts: &[String]) -> Vec<Word> {
        let words: HashSet<Word> = texts.iter().flat_map(|text| syllables(&fold(text))).map(|syllable| self.intern(&syllable)).collect();
        let mut words: Vec<Word> = words.into_iter().collect();
        words.sort_unstable();
        words
    }

    /// Counts a guide's names in.
    pub(super) fn count_in(&mut self, names: &[Spelled]) {
        self.guides += 1;
        words_of(names).into_iter().for_each(|word| self.frequency[word as usize] += 1);
        pairs_of(names).into_iter().for_each(|pair| *self.pairs.entry(pair).or_default() += 1);
    }

    /// Counts a guide's names out again.
    pub(super) fn count_out(&mut self, names: &[Spelled]) {
        self.guides -= 1;
        words_of(names).into_iter().for_each(|word| self.frequency[word as usize] -= 1);
        for pair in pairs_of(names) {
            if let Some(count) = self.pairs.get_mut(&pair) {
                *count -= 1;
            }
        }
        self.pairs.retain(|_, count| *count > 0);
    }

    /// Whether two folded syllables are a word: they stand side by side in names, and often so where one of them stands.
    pub(super) fn is_compound(&self, first: &str, second: &str) -> bool {
        let Some((first, second)) = self.number(first).zip(self.number(second)) else { return false };
        let together = self.pairs.get(&(first, second)).copied().unwrap_or(0);
        let rarer = self.frequency[first as usize].min(self.frequency[second as usize]);
        together > 0 && f64::from(together) >= COMPOUND * f64::from(rarer)
    }

    /// Inverse document frequency of a folded syllable over the guides' names (Robertson and Spärck Jones, 1976). A word
    /// that no name has weighs most: it says that the question is about something else.
    pub(super) fn weight(&self, word: Option<Word>) -> f64 {
        let with = word.map_or(0, |word| self.frequency[word as usize]);
        self.weights.get(with as usize).copied().unwrap_or_default()
    }

    /// Weighs the syllables anew; to be called when names were counted in or out.
    pub(super) fn settle(&mut self) {
        let guides = self.guides as f64;
        let weight = |with: f64| (1.0 + (guides - with + 0.5) / (with + 0.5)).ln();
        self.weights = (0..=self.guides).map(|with| weight(with as f64)).collect();
    }
}

fn words_of(names: &[Spelled]) -> HashSet<Word> {
    // As written and folded may be one number: each is counted once.
    names.iter().flat_map(|name| name.folded.iter().chain(&name.exact)).copied().collect()
}

fn pairs_of(names: &[Spelled]) -> HashSet<(Word, Word)> {
    names.iter().flat_map(|name| name.folded.windows(2).map(|pair| (pair[0], pair[1]))).collect()
}
