//! What answering knows of all published guides without opening them: their names, words, and which one speaks for which
//! official procedure.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;
use indexer::chunker::chunk;
use indexer::content::{self, PublishedGuide};
use indexer::database::Database;
use indexer::guide::Level;
use indexer::lexical::restorer::Restorer;
use indexer::lexical::{fold, syllables};
use jiff::civil::Date;

use super::circumstance::{AgeRange, Circumstance};
use super::words::{Spelled, Vocabulary, Word};

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
    /// When its sources were read.
    pub(crate) checked_on: Date,
    /// The level that receives the papers.
    pub(crate) level: Level,
    /// Whether people, not only bodies, are meant.
    pub(crate) is_for_people: bool,
    /// Ages that its title or audience names.
    pub(crate) ages: AgeRange,
    /// Circumstances that its names or audience mention.
    pub(crate) circumstances: Vec<Circumstance>,
    /// Circumstances that its title alone mentions.
    pub(crate) in_title: Vec<Circumstance>,
    /// Procedures that differ in their level only have the same.
    pub(crate) kind: String,
    /// Every name; the title comes first.
    pub(super) names: Vec<Spelled>,
    /// Every syllable of its text, folded, sorted.
    pub(super) text: Vec<Word>,
}

impl Entry {
    /// Whether it is an official procedure as it was imported; a guide in plain words has a name for its id.
    pub(crate) fn is_record(&self) -> bool {
        self.id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    }
}

/// All guides and how telling each of their words is. A clone shares the entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    entries: HashMap<String, Arc<Entry>>,
    /// The guide in plain words that speaks for an official procedure, by the procedure's id.
    speakers: HashMap<String, String>,
    /// The procedures that a guide speaks for.
    spoken_for: HashMap<String, Vec<String>>,
    pub(super) words: Vocabulary,
    restorer: Arc<Restorer>,
}

impl Catalogue {
    /// Reads the names and texts of all guides that are published.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn of_published(db: &Database) -> Result<Self> {
        let mut catalogue = Self::default();
        let mut restorer = Restorer::default();
        content::each_published(db, |published| catalogue.add(&published, Some(&mut restorer))).await?;
        restorer.settle();
        catalogue.restorer = Arc::new(restorer);
        catalogue.settle();
        Ok(catalogue)
    }

    /// Takes a guide in, in the place of what was known of it.
    pub(crate) fn put(&mut self, published: &PublishedGuide) {
        self.forget(&published.guide.id);
        self.add(published, None);
        self.settle();
    }

    /// Forgets a guide.
    pub(crate) fn remove(&mut self, id: &str) {
        self.forget(id);
        self.settle();
    }

    fn add(&mut self, published: &PublishedGuide, restorer: Option<&mut Restorer>) {
        let guide = &published.guide;
        let named: Vec<&str> = std::iter::once(&guide.title).chain(&guide.other_names).map(String::as_str).collect();
        let names: Vec<Spelled> = named.iter().map(|name| self.words.spell(name)).collect();
        let text: Vec<String> = chunk(guide).into_iter().map(|chunk| chunk.text).collect();
        if let Some(restorer) = restorer {
            text.iter().for_each(|text| restorer.learn(text));
        }
        self.words.count_in(&names);
        let whom = guide.audience.as_deref().unwrap_or_default();
        let entry = Entry {
            id: guide.id.clone(),
            revision: published.revision,
            title: guide.title.clone(),
            codes: guide.codes.clone(),
            checked_on: guide.checked_on,
            level: guide.level,
            is_for_people: whom.is_empty() || ["công dân", "cá nhân", "hộ", "người"].iter().any(|word| whom.to_lowercase().contains(word)),
            ages: AgeRange::named_in(&guide.title).or(Some(AgeRange::named_in(whom))),
            circumstances: Circumstance::mentioned(named.iter().copied().chain([whom])),
            in_title: Circumstance::mentioned(std::iter::once(guide.title.as_str())),
            kind: kind(&guide.title),
            names,
            text: self.words.folded_set(&text),
        };
        self.entries.insert(entry.id.clone(), Arc::new(entry));
    }

    fn forget(&mut self, id: &str) {
        if let Some(entry) = self.entries.remove(id) {
            self.words.count_out(&entry.names);
        }
    }

    /// Brings what depends on all guides together up to date.
    fn settle(&mut self) {
        self.words.settle();
        self.appoint_speakers();
    }

    /// Of several guides that name an official code, the one whose title is nearest to the procedure's own.
    fn appoint_speakers(&mut self) {
        let mut speakers: HashMap<String, (f64, &Entry)> = HashMap::new();
        for guide in self.entries.values().filter(|entry| !entry.is_record()) {
            for record in guide.codes.iter().filter_map(|code| self.entries.get(code)) {
                let likeness = likeness(&guide.names[0].folded, &record.names[0].folded);
                let speaker = speakers.entry(record.id.clone()).or_insert((likeness, guide));
                if likeness > speaker.0 || (likeness == speaker.0 && guide.id < speaker.1.id) {
                    *speaker = (likeness, guide);
                }
            }
        }
        let speakers: HashMap<String, String> = speakers.into_iter().map(|(record, (_, guide))| (record, guide.id.clone())).collect();
        self.spoken_for = HashMap::new();
        for (record, guide) in &speakers {
            self.spoken_for.entry(guide.clone()).or_default().push(record.clone());
        }
        self.speakers = speakers;
    }

    /// The guide that answers where this one is found: itself, or the one in plain words over an official procedure.
    pub(crate) fn speaker<'a>(&'a self, id: &'a str) -> &'a str {
        self.speakers.get(id).map_or(id, String::as_str)
    }

    /// A guide's names, with those of the official procedures that it speaks for.
    pub(super) fn names<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = &'a Spelled> {
        let records = self.spoken_for.get(&entry.id).into_iter().flatten().filter_map(|id| self.entries.get(id));
        entry.names.iter().chain(records.flat_map(|record| &record.names))
    }

    /// Whether a folded syllable stands in one of the guide's names.
    pub(crate) fn is_in_names(&self, id: &str, syllable: &str) -> bool {
        let found = self.entries.get(id).zip(self.words.number(syllable));
        found.is_some_and(|(entry, word)| self.names(entry).any(|name| name.folded.contains(&word)))
    }

    /// The guides that `served` (ids and revisions) has otherwise than the catalogue, in no order.
    pub(crate) fn outdated(&self, served: &HashMap<String, i64>) -> Vec<String> {
        let known = self.entries.values().map(|entry| (&entry.id, entry.revision));
        let other = known.filter(|(id, revision)| served.get(*id) != Some(revision)).map(|(id, _)| id.clone());
        let new = served.keys().filter(|id| !self.entries.contains_key(*id)).cloned();
        other.chain(new).collect()
    }

    /// The guide with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id).map(Arc::as_ref)
    }

    /// How the language of the guides is written.
    pub(crate) fn restorer(&self) -> &Restorer {
        &self.restorer
    }

    /// Whether two folded syllables are a word in names: then neither is filler.
    pub(crate) fn is_compound(&self, first: &str, second: &str) -> bool {
        self.words.is_compound(first, second)
    }
}

/// A title without what only tells the level: "(cấp xã)", "thực hiện tại cấp tỉnh", "ở trung ương".
fn kind(title: &str) -> String {
    let outside: String = title.split(['(', ')']).step_by(2).collect();
    let folded = syllables(&fold(&outside)).join(" ");
    let levels = [
        "thuc hien tai cap",
        "tai cap",
        "cap tinh",
        "cap xa",
        "cap huyen",
        "cap trung uong",
        "o trung uong",
        "cap bo",
        "tinh",
        "trung uong",
        "xa",
        "huyen",
    ];
    let mut kind = folded.as_str();
    while let Some(shorter) = levels.iter().find_map(|level| kind.strip_suffix(level).map(str::trim_end)) {
        kind = shorter;
    }
    kind.to_owned()
}

/// How alike two titles are: the share of the words of both that both have (Jaccard, 1901).
fn likeness(left: &[Word], right: &[Word]) -> f64 {
    let both = left.iter().filter(|word| right.contains(word)).count() as f64;
    both / (left.len() as f64 + right.len() as f64 - both).max(1.0)
}
