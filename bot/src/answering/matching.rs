//! How well the words of a question and the names of a guide fit each other.

use indexer::lexical::fold;

use super::catalogue::{Catalogue, Entry};
use super::words::{Spelled, Word};

/// A set of the question's words, by their places in [`QuestionWords::known`]. A question has hardly ever more than these
/// many different words that guides know; the others count as unknown.
type Places = u128;
const MOST_PLACES: usize = 128;
/// Of a word that the question does not have.
const NOWHERE: u8 = u8::MAX;

/// A telling word of the question.
#[derive(Clone, Debug, Default)]
struct Telling {
    /// Where it stands, without diacritics, among the known words.
    folded: Places,
    /// As typed, where it was typed with diacritics.
    exact: Places,
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
    official: Vec<Vec<(Places, f64)>>,
    /// All words of the question, and of its official phrases, that any guide has.
    known: Vec<Word>,
    /// By a word's number: its place among the known, or [`NOWHERE`]. Names are read by the thousand: a look is no search.
    places: Vec<u8>,
    /// Those that stand there folded: what a name's words are looked for in.
    all: Places,
    /// Telling words that stand side by side, and their places.
    pairs: Vec<Pair>,
    total: f64,
}

/// Two words that stand side by side.
#[derive(Clone, Copy, Debug)]
struct Pair {
    words: [Word; 2],
    /// Of those that have a place; a name without them has no such pair.
    places: Places,
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
        let telling: Vec<(Option<Word>, Option<Word>)> = content.iter().map(|content| numbers(catalogue, &content.word)).collect();
        let official: Vec<Vec<Option<Word>>> =
            official.iter().map(|phrase| phrase.iter().map(|word| words.number(word)).collect()).collect();
        let all: Vec<Word> = all.iter().filter_map(|word| words.number(word)).collect();
        let mut known: Vec<Word> = telling.iter().flat_map(|(folded, exact)| [*folded, *exact]).flatten().collect();
        known.extend(official.iter().flatten().flatten().chain(&all));
        known.sort_unstable();
        known.dedup();
        known.truncate(MOST_PLACES);
        let mut places = vec![NOWHERE; words.len()];
        known.iter().zip(0..).for_each(|(word, at)| places[*word as usize] = at);
        let place = |word: Option<Word>| word.map_or(0, |word| alone(places[word as usize]));
        let of_official = official.iter().flat_map(|phrase| phrase.windows(2).filter_map(|pair| pair[0].zip(pair[1])));
        let pairs = telling.windows(2).filter_map(|pair| pair[0].0.zip(pair[1].0)).chain(of_official);
        let pairs = pairs
            .take(MOST_PLACES)
            .map(|(first, second)| Pair { words: [first, second], places: place(Some(first)) | place(Some(second)) });
        let pairs = pairs.collect();
        let telling: Vec<Telling> = telling
            .into_iter()
            .zip(content)
            .map(|((folded, exact), content)| Telling {
                folded: place(folded),
                exact: place(exact),
                has_diacritics: !content.word.is_ascii(),
                weight: words.weight(folded),
                official: content.official,
            })
            .collect();
        Self {
            official: official.iter().map(|phrase| phrase.iter().map(|word| (place(*word), words.weight(*word))).collect()).collect(),
            all: all.iter().fold(0, |all, word| all | place(Some(*word))),
            total: telling.iter().map(|word| word.weight).sum(),
            telling,
            known,
            places,
            pairs,
        }
    }

    /// The set of this word's place; empty when the question does not have it.
    fn place(&self, word: Word) -> Places {
        alone(self.places[word as usize])
    }

    /// Which of the question's words these are.
    fn among(&self, words: &[Word]) -> Places {
        words.iter().fold(0, |places, word| places | self.place(*word))
    }

    /// The share of the telling words, by weight, that something has: a word itself, or the official phrase that it is
    /// part of, as far as that is there.
    fn share(&self, has: Places) -> f64 {
        if self.total <= 0.0 || has == 0 {
            return 0.0;
        }
        let credit = |word: &Telling| {
            let own = if word.folded & has != 0 { 1.0 } else { 0.0 };
            word.official.map_or(own, |at| f64::max(own, share_of(&self.official[at], has)))
        };
        self.telling.iter().map(|word| word.weight * credit(word)).sum::<f64>() / self.total
    }
}

/// The set of one place.
fn alone(place: u8) -> Places {
    if place == NOWHERE { 0 } else { 1 << place }
}

/// A word without diacritics and, where it has some, as typed.
fn numbers(catalogue: &Catalogue, word: &str) -> (Option<Word>, Option<Word>) {
    let exact = if word.is_ascii() { None } else { catalogue.words.number(word) };
    (catalogue.words.number(&fold(word)), exact)
}

fn share_of(phrase: &[(Places, f64)], has: Places) -> f64 {
    let total: f64 = phrase.iter().map(|(_, weight)| weight).sum();
    let there: f64 = phrase.iter().filter(|(word, _)| word & has != 0).map(|(_, weight)| weight).sum();
    if total > 0.0 { there / total } else { 0.0 }
}

/// What the names of a guide have of the question.
#[derive(Default)]
struct InNames {
    folded: Places,
    exact: Places,
    one_name: f64,
    of_name: f64,
    of_title: f64,
    pairs: Places,
}

/// How well a question and a guide fit.
pub(crate) fn compare(catalogue: &Catalogue, entry: &Entry, question: &QuestionWords) -> WordMatch {
    let mut found = InNames::default();
    for (rank, name) in catalogue.names(entry).enumerate() {
        let of_name = read(catalogue, name, question, &mut found);
        if rank == 0 {
            found.of_title = of_name;
        }
    }
    let has_text = |word: &Word| entry.text.binary_search(word).is_ok();
    let in_text = question.known.iter().enumerate().filter(|(_, word)| has_text(word)).fold(0, |places, (at, _)| places | 1 << at);
    WordMatch {
        in_names: question.share(found.folded),
        in_text: question.share(in_text),
        one_name: found.one_name,
        of_name: found.of_name,
        of_title: found.of_title,
        pairs: if question.pairs.is_empty() { 0.0 } else { f64::from(found.pairs.count_ones()) / question.pairs.len() as f64 },
        exact: exact(&found, question),
        official: question.official.iter().map(|phrase| share_of(phrase, found.folded)).fold(0.0, f64::max),
    }
}

/// Adds what one name has to what all have; the share of its own words that the question has.
fn read(catalogue: &Catalogue, name: &Spelled, question: &QuestionWords, found: &mut InNames) -> f64 {
    let here = question.among(&name.folded);
    if here == 0 {
        return 0.0;
    }
    found.folded |= here;
    found.exact |= question.among(&name.exact);
    for (at, pair) in question.pairs.iter().enumerate() {
        let may_be_here = pair.places & !here == 0 && found.pairs & 1 << at == 0;
        if may_be_here && name.folded.windows(2).any(|two| two == pair.words) {
            found.pairs |= 1 << at;
        }
    }
    let of_name = of_name(catalogue, name, question);
    found.of_name = found.of_name.max(of_name);
    // The share is 1 at most; mostly another name is better even so.
    if harmonic(1.0, of_name) > found.one_name {
        found.one_name = found.one_name.max(harmonic(question.share(here), of_name));
    }
    of_name
}

fn harmonic(left: f64, right: f64) -> f64 {
    if left + right > 0.0 { 2.0 * left * right / (left + right) } else { 0.0 }
}

fn of_name(catalogue: &Catalogue, name: &Spelled, question: &QuestionWords) -> f64 {
    let (mut shared, mut total) = (0.0, 0.0);
    for word in &name.folded {
        let weight = catalogue.words.weight(Some(*word));
        total += weight;
        shared += if question.place(*word) & question.all != 0 { weight } else { 0.0 };
    }
    if total > 0.0 { shared / total } else { 0.0 }
}

fn exact(found: &InNames, question: &QuestionWords) -> f64 {
    let typed = question.telling.iter().filter(|word| word.has_diacritics && word.folded & found.folded != 0);
    let (mut alike, mut total) = (0.0, 0.0);
    for word in typed {
        total += word.weight;
        alike += if word.exact & found.exact != 0 { word.weight } else { 0.0 };
    }
    if total > 0.0 { alike / total } else { 1.0 }
}
