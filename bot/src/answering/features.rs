//! What speaks for a guide, as numbers: the ranker and the confidence weigh them.

use super::catalogue::{Catalogue, Entry};
use super::circumstance::Circumstance;
use super::matching::{QuestionWords, compare};
use indexer::guide::Level;

/// Names of the features, in order; fitted weights are written by them.
pub(crate) const NAMES: [&str; 22] = [
    "dense",
    "dense_behind",
    "sparse_names",
    "sparse_text",
    "in_names",
    "in_text",
    "of_name",
    "of_title",
    "one_name",
    "pairs",
    "exact",
    "official",
    "mismatch",
    "untold",
    "told",
    "right_age",
    "wrong_age",
    "is_guide",
    "has_names",
    "commune",
    "central",
    "for_people",
];

// Places of the features that the confidence reads.
pub(crate) const DENSE: usize = 0;
pub(crate) const IN_NAMES: usize = 4;
pub(crate) const IN_TEXT: usize = 5;
pub(crate) const OF_NAME: usize = 6;
pub(crate) const ONE_NAME: usize = 8;
pub(crate) const PAIRS: usize = 9;

/// How many there are.
pub(crate) const COUNT: usize = NAMES.len();

/// One number a name in [`NAMES`].
pub(crate) type Features = [f64; COUNT];

/// What the searches say of a guide: the best scores among its passages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    /// Cosine of the best name.
    pub(crate) dense: f64,
    /// Terms of the best name.
    pub(crate) names: f64,
    /// Terms of the best other passage.
    pub(crate) text: f64,
}

/// What of the question the features read.
pub(crate) struct Asked<'a> {
    pub(crate) words: &'a QuestionWords,
    pub(crate) told: &'a [Circumstance],
    pub(crate) age: Option<u32>,
}

/// Computes the features of a guide. `best` holds the best of each search.
pub(crate) fn features(catalogue: &Catalogue, entry: &Entry, asked: &Asked, found: Found, best: Found) -> Features {
    let words = compare(catalogue, entry, asked.words);
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    let ratio = |score: f64, best: f64| if best > 0.0 { score / best } else { 0.0 };
    let missing = asked.told.iter().filter(|told| !entry.circumstances.contains(told)).count() as f64;
    let untold = entry.in_title.iter().filter(|of_title| !asked.told.contains(of_title)).count() as f64;
    let told = asked.told.iter().filter(|told| entry.circumstances.contains(told)).count() as f64;
    let age_fits = |age: u32| entry.ages.holds(age);
    [
        found.dense,
        found.dense - best.dense,
        ratio(found.names, best.names),
        ratio(found.text, best.text),
        words.in_names,
        words.in_text,
        words.of_name,
        words.of_title,
        words.one_name,
        words.pairs,
        words.exact,
        words.official,
        missing,
        untold,
        told,
        flag(asked.age.is_some_and(|age| entry.ages.is_stated() && age_fits(age))),
        flag(asked.age.is_some_and(|age| !age_fits(age))),
        flag(!entry.is_record()),
        flag(entry.names.len() > 1),
        flag(entry.level == Level::Commune),
        flag(entry.level == Level::Central),
        flag(entry.is_for_people),
    ]
}
