//! The words of all published guides, in memory: which words of a question name which guide.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use indexer::chunker::chunk;
use indexer::content::PublishedGuide;
use indexer::lexical::{fold, normalise};

use super::circumstance::{AgeRange, Circumstance};

/// A folded syllable's number.
type Word = u32;

/// What answering knows of a guide without opening it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The guide's id.
    pub(crate) id: String,
    /// The revision that it was read from; answers are composed from the same.
    pub(crate) revision: i64,
    /// Its title.
    pub(crate) title: String,
    /// Official codes, the primary one first.
    pub(crate) codes: Vec<String>,
    /// Guides that its editor calls neighbours.
    pub(crate) related: Vec<String>,
    /// Ages that its title or audience names.
    pub(crate) ages: AgeRange,
    /// Circumstances that its names or audience mention.
    pub(crate) circumstances: Vec<Circumstance>,
    /// Every name, split into syllables.
    names: Vec<Vec<Word>>,
    /// Every syllable of its text, sorted.
    text: Vec<Word>,
}

/// All guides and how telling each of their words is. A clone shares the entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    entries: HashMap<String, Arc<Entry>>,
    words: HashMap<String, Word>,
    /// In how many guides' names a word occurs.
    frequency: HashMap<Word, usize>,
    /// In how many guides' names two words stand side by side.
    pairs: HashMap<(Word, Word), usize>,
}

/// A question's words as the catalogue numbers them.
pub(crate) struct QuestionWords {
    /// The telling ones, with their weights.
    content: Vec<(Option<Word>, f64)>,
    /// The sum of those weights.
    total: f64,
    /// All of them that any guide has, sorted.
    all: Vec<Word>,
}

/// How well a question and a guide fit, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct WordMatch {
    /// Share of the question's telling words that the guide's names have.
    pub(crate) in_names: f64,
    /// Share of them that the guide has anywhere.
    pub(crate) in_text: f64,
    /// Share of the best name's words that the question has.
    pub(crate) of_name: f64,
}

impl WordMatch {
    /// Question against name, in both directions: the harmonic mean.
    pub(crate) fn together(self) -> f64 {
        let sum = self.in_names + self.of_name;
        if sum > 0.0 { 2.0 * self.in_names * self.of_name / sum } else { 0.0 }
    }
}

impl Catalogue {
    /// Reads the names and texts of these guides.
    pub(crate) fn new(guides: &[PublishedGuide]) -> Self {
        let mut catalogue = Self::default();
        for published in guides {
            catalogue.put(published);
        }
        catalogue
    }

    /// Takes a guide in, in the place of what was known of it.
    pub(crate) fn put(&mut self, published: &PublishedGuide) {
        self.remove(&published.guide.id);
        let guide = &published.guide;
        let named: Vec<&String> = std::iter::once(&guide.title).chain(&guide.other_names).collect();
        let names: Vec<Vec<Word>> = named.iter().map(|name| self.intern(name)).collect();
        let text: HashSet<Word> = chunk(guide).iter().flat_map(|chunk| self.intern(&chunk.text)).collect();
        words_of(&names).into_iter().for_each(|word| *self.frequency.entry(word).or_default() += 1);
        pairs_of(&names).into_iter().for_each(|pair| *self.pairs.entry(pair).or_default() += 1);
        let whom = guide.audience.as_deref().unwrap_or_default();
        let mut text: Vec<Word> = text.into_iter().collect();
        text.sort_unstable();
        let entry = Entry {
            id: guide.id.clone(),
            revision: published.revision,
            title: guide.title.clone(),
            codes: guide.codes.clone(),
            related: guide.related.clone(),
            ages: AgeRange::named_in(&guide.title).or(Some(AgeRange::named_in(whom))),
            circumstances: Circumstance::mentioned(named.into_iter().map(String::as_str).chain([whom])),
            names,
            text,
        };
        self.entries.insert(entry.id.clone(), Arc::new(entry));
    }

    /// Forgets a guide.
    pub(crate) fn remove(&mut self, id: &str) {
        let Some(entry) = self.entries.remove(id) else { return };
        words_of(&entry.names).into_iter().for_each(|word| count_down(&mut self.frequency, word));
        pairs_of(&entry.names).into_iter().for_each(|pair| count_down(&mut self.pairs, pair));
    }

    /// The guides that `served` (ids and revisions) has otherwise than the catalogue, in no order.
    pub(crate) fn outdated(&self, served: &HashMap<String, i64>) -> Vec<String> {
        let known = self.entries.values().map(|entry| (&entry.id, entry.revision));
        let other = known.filter(|(id, revision)| served.get(*id) != Some(revision)).map(|(id, _)| id.clone());
        let new = served.keys().filter(|id| !self.entries.contains_key(*id)).cloned();
        other.chain(new).collect()
    }

    fn intern(&mut self, text: &str) -> Vec<Word> {
        let folded = fold(&normalise(text));
        let syllables = folded.split(|c: char| !c.is_alphanumeric()).filter(|syllable| !syllable.is_empty());
        syllables
            .map(|syllable| {
                let next = self.words.len() as Word;
                *self.words.entry(syllable.to_owned()).or_insert(next)
            })
            .collect()
    }

    /// The guide with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id).map(Arc::as_ref)
    }

    /// Whether two folded syllables stand side by side in some name: then they are a word, not filler.
    pub(crate) fn has_pair(&self, first: &str, second: &str) -> bool {
        let pair = self.words.get(first).zip(self.words.get(second));
        pair.is_some_and(|(first, second)| self.pairs.contains_key(&(*first, *second)))
    }

    /// Whether any guide's names have this folded syllable.
    pub(crate) fn names_have(&self, syllable: &str) -> bool {
        self.words.get(syllable).is_some_and(|word| self.frequency.contains_key(word))
    }

    /// Inverse document frequency of a folded syllable over the guides' names (Robertson and Spärck Jones, 1976). A word
    /// that no name has weighs most: it says that the question is about something else.
    fn weight(&self, word: Option<Word>) -> f64 {
        let guides = self.entries.len() as f64;
        let with = word.and_then(|word| self.frequency.get(&word)).copied().unwrap_or(0) as f64;
        (1.0 + (guides - with + 0.5) / (with + 0.5)).ln()
    }

    /// A question's telling words (`content`) and all its words (`all`), both folded, made ready to be compared.
    pub(crate) fn question(&self, content: &[String], all: &[String]) -> QuestionWords {
        let number = |word: &String| self.words.get(word).copied();
        let content: Vec<(Option<Word>, f64)> = content.iter().map(number).map(|word| (word, self.weight(word))).collect();
        let total = content.iter().map(|(_, weight)| weight).sum();
        let mut all: Vec<Word> = all.iter().filter_map(number).collect();
        all.sort_unstable();
        QuestionWords { content, total, all }
    }

    /// How well a question and a guide fit.
    pub(crate) fn compare(&self, entry: &Entry, question: &QuestionWords) -> WordMatch {
        WordMatch {
            in_names: question.share(|word| entry.names.iter().any(|name| name.contains(&word))),
            in_text: question.share(|word| entry.text.binary_search(&word).is_ok()),
            of_name: entry.names.iter().map(|name| self.share_of_name(name, &question.all)).fold(0.0, f64::max),
        }
    }

    fn share_of_name(&self, name: &[Word], all: &[Word]) -> f64 {
        let (mut shared, mut total) = (0.0, 0.0);
        for word in name {
            let weight = self.weight(Some(*word));
            total += weight;
            shared += if all.binary_search(word).is_ok() { weight } else { 0.0 };
        }
        if total > 0.0 { shared / total } else { 0.0 }
    }
}

impl QuestionWords {
    /// The share of the telling words, by weight, that something has.
    fn share(&self, has: impl Fn(Word) -> bool) -> f64 {
        let shared: f64 = self.content.iter().filter(|(word, _)| word.is_some_and(&has)).map(|(_, weight)| weight).sum();
        if self.total > 0.0 { shared / self.total } else { 0.0 }
    }
}

fn words_of(names: &[Vec<Word>]) -> HashSet<Word> {
    names.iter().flatten().copied().collect()
}

fn pairs_of(names: &[Vec<Word>]) -> HashSet<(Word, Word)> {
    names.iter().flat_map(|name| name.windows(2).map(|pair| (pair[0], pair[1]))).collect()
}

/// One guide fewer has it; what no guide has is not known at all.
fn count_down<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Slot::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}
