//! How well the words of a question and the names of a guide fit each other.

use indexer::lexical::fold;

use super::catalogue::{Catalogue, Entry};
use super::words::{Spelled, Word};

/// A telling word of the question.
#[derive(Clone, Debug, Default)]
struct Telling {
    folded: Option<Word>,
    /// As typed, where it was typed with diacritics.
    exact: Option<Word>,
    has_diacritics: bool,
    weight: f64,
    /// The official phrase that it stands for, by its place in `QuestionWords::official`.
    official: Option<usize>,
}

/// A question's words as the catalogue numbers them.
#[derive(Debug, Default)]
pub(crate) struct QuestionWords {
    telling: Vec<Telling>,
    /// Each official phrase: its telling words and their weights.
    official: Vec<Vec<(Option<Word>, f64)>>,
    /// All words of the question and of its official phrases that any guide has, sorted.
    all: Vec<Word>,
    /// Telling words that stand side by side.
    pairs: Vec<(Word, Word)>,
    total: f64,
}

/// A telling word and the official phrase it is part of, if any.
pub(crate) struct Content {
    /// As typed, in lower case.
    pub(crate) word: String,
    /// The place of the official phrase.
    pub(crate) official: Option<usize>,
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
    /// Share of the title's words that the question has.
    pub(crate) of_title: f64,
    /// The best single name: the harmonic mean of both directions.
    pub(crate) one_name: f64,
    /// Share of the question's neighbouring words that stand side by side in a name.
    pub(crate) pairs: f64,
    /// Of the words that a name has and that were typed with diacritics, the share that is written alike.
    pub(crate) exact: f64,
    /// An official phrase of the question stands whole in a name.
    pub(crate) official: f64,
}

impl QuestionWords {
    /// Numbers a question's telling words, its official phrases (telling words each, folded) and all its words (folded).
    pub(crate) fn new(catalogue: &Catalogue, content: &[Content], official: &[Vec<String>], all: &[String]) -> Self {
        let words = &catalogue.words;
        let telling: Vec<Telling> = content
            .iter()
            .map(|content| {
                let folded = words.number(&fold(&content.word));
                let has_diacritics = !content.word.is_ascii();
                let exact = has_diacritics.then(|| words.number(&content.word)).flatten();
                Telling { folded, exact, has_diacritics, weight: words.weight(folded), official: content.official }
            })
            .collect();
        let weighed = |word: &String| {
            let word = words.number(word);
            (word, words.weight(word))
        };
        let mut all: Vec<Word> = all.iter().filter_map(|word| words.number(word)).collect();
        all.sort_unstable();
        let numbers: Vec<Option<Word>> = telling.iter().map(|word| word.folded).collect();
        let official: Vec<Vec<(Option<Word>, f64)>> = official.iter().map(|phrase| phrase.iter().map(weighed).collect()).collect();
        let of_official = official.iter().flat_map(|phrase| phrase.windows(2).filter_map(|pair| pair[0].0.zip(pair[1].0)));
        let pairs = numbers.windows(2).filter_map(|pair| pair[0].zip(pair[1])).chain(of_official).collect();
        let total = telling.iter().map(|word| word.weight).sum();
        Self { telling, official, all, pairs, total }
    }

    /// The share of the telling words, by weight, that something has: a word itself, or the official phrase that it is
    /// part of, as far as that is there.
    fn share(&self, has: &dyn Fn(Word) -> bool) -> f64 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let official: Vec<f64> = self.official.iter().map(|phrase| share_of(phrase, has)).collect();
        let credit = |word: &Telling| {
            let own = if word.folded.is_some_and(has) { 1.0 } else { 0.0 };
            word.official.map_or(own, |at| f64::max(own, official[at]))
        };
        self.telling.iter().map(|word| word.weight * credit(word)).sum::<f64>() / self.total
    }
}

fn share_of(phrase: &[(Option<Word>, f64)], has: &dyn Fn(Word) -> bool) -> f64 {
    let total: f64 = phrase.iter().map(|(_, weight)| weight).sum();
    let there: f64 = phrase.iter().filter(|(word, _)| word.is_some_and(has)).map(|(_, weight)| weight).sum();
    if total > 0.0 { there / total } else { 0.0 }
}

/// How well a question and a guide fit.
pub(crate) fn compare(catalogue: &Catalogue, entry: &Entry, question: &QuestionWords) -> WordMatch {
    let names: Vec<&Spelled> = catalogue.names(entry).collect();
    let any_name = |word: Word| names.iter().any(|name| name.folded.contains(&word));
    let of_names: Vec<f64> = names.iter().map(|name| of_name(catalogue, name, question)).collect();
    let one_name = names.iter().zip(&of_names).map(|(name, of_name)| {
        let in_name = question.share(&|word| name.folded.contains(&word));
        harmonic(in_name, *of_name)
    });
    WordMatch {
        in_names: question.share(&any_name),
        in_text: question.share(&|word| entry.text.binary_search(&word).is_ok()),
        one_name: one_name.fold(0.0, f64::max),
        of_name: of_names.iter().copied().fold(0.0, f64::max),
        of_title: of_names.first().copied().unwrap_or(0.0),
        pairs: pairs(&names, question),
        exact: exact(&names, question),
        official: question.official.iter().map(|phrase| share_of(phrase, &any_name)).fold(0.0, f64::max),
    }
}

fn harmonic(left: f64, right: f64) -> f64 {
    if left + right > 0.0 { 2.0 * left * right / (left + right) } else { 0.0 }
}

fn of_name(catalogue: &Catalogue, name: &Spelled, question: &QuestionWords) -> f64 {
    let (mut shared, mut total) = (0.0, 0.0);
    for word in &name.folded {
        let weight = catalogue.words.weight(Some(*word));
        total += weight;
        shared += if question.all.binary_search(word).is_ok() { weight } else { 0.0 };
    }
    if total > 0.0 { shared / total } else { 0.0 }
}

fn pairs(names: &[&Spelled], question: &QuestionWords) -> f64 {
    if question.pairs.is_empty() {
        return 0.0;
    }
    let stands = |pair: &&(Word, Word)| names.iter().any(|name| name.folded.windows(2).any(|two| (two[0], two[1]) == **pair));
    question.pairs.iter().filter(stands).count() as f64 / question.pairs.len() as f64
}

fn exact(names: &[&Spelled], question: &QuestionWords) -> f64 {
    let (mut alike, mut total) = (0.0, 0.0);
    for word in question.telling.iter().filter(|word| word.has_diacritics) {
        let is_there = |number: Option<Word>, of: fn(&Spelled) -> &Vec<Word>| {
            number.is_some_and(|number| names.iter().any(|name| of(name).contains(&number)))
        };
        if is_there(word.folded, |name| &name.folded) {
            total += word.weight;
            alike += if is_there(word.exact, |name| &name.exact) { word.weight } else { 0.0 };
        }
    }
    if total > 0.0 { alike / total } else { 1.0 }
}
