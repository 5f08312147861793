//! `topics.toml`: what people ask that may mean several procedures, and how to ask back in words that they can tell.

use std::path::Path;

use anyhow::{Context as _, Result};
use indexer::lexical::{fold, normalise};
use serde::Deserialize;

use super::catalogue::Catalogue;
use super::circumstance::{self, Circumstance};
use super::normalizer::Normalised;
use super::question_rewriter::content_words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    topic: Vec<Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    terms: Vec<String>,
    ask: String,
    choices: Vec<TopicChoice>,
}

/// A procedure that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicChoice {
    /// Id of a guide or code of an official procedure.
    pub(crate) guide: String,
    /// In words that tell it from the others.
    pub(crate) label: String,
}

/// Something that people ask and that may mean several procedures.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    terms: Vec<Term>,
    /// The question to ask back.
    pub(crate) ask: String,
    /// Two to four.
    pub(crate) choices: Vec<TopicChoice>,
}

/// One phrase for it.
#[derive(Clone, Debug)]
struct Term {
    /// Its words, folded.
    words: Vec<String>,
    /// Circumstances that it mentions itself.
    circumstances: Vec<Circumstance>,
}

/// Words that a question may add to a phrase without saying more.
const GENERAL: [&str; 8] = ["dang", "ky", "thu", "tuc", "giay", "to", "moi", "xin"];

/// All topics.
#[derive(Clone, Debug, Default)]
pub struct Topics(Vec<Topic>);

impl Topics {
    /// Reads the file; a folder without one has no topics.
    ///
    /// # Errors
    /// When the file is there and broken.
    pub fn load(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).with_context(|| format!("bảng chủ đề {} có lỗi", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("không đọc được bảng chủ đề {}", path.display())),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let term = |term: &String| Term {
            words: fold(&normalise(term)).split(' ').map(str::to_owned).collect(),
            circumstances: Circumstance::mentioned(std::iter::once(term.as_str())),
        };
        let topic =
            |written: Written| Topic { terms: written.terms.iter().map(term).collect(), ask: written.ask, choices: written.choices };
        Ok(Self(file.topic.into_iter().map(topic).collect()))
    }

    /// The topic that a question names without saying anything that tells its procedures apart; its choices are those
    /// that are published.
    pub(crate) fn of(&self, question: &Normalised, catalogue: &Catalogue) -> Option<Topic> {
        if circumstance::age(&question.folded).is_some() {
            return None;
        }
        let told = circumstance::told(question);
        let said: Vec<&str> = question.folded.split(' ').collect();
        let content: Vec<String> = content_words(question, catalogue).iter().map(|content| fold(&content.word)).collect();
        let names = |term: &Term| is_all(&term.words, &said, &content) && told.iter().all(|told| term.circumstances.contains(told));
        let mut topic = self.0.iter().find(|topic| topic.terms.iter().any(names))?.clone();
        topic.choices = topic.choices.into_iter().filter_map(|choice| spoken_for(choice, catalogue)).collect();
        Some(topic)
    }
}

/// The choice with the guide that speaks for it; none where neither is published.
fn spoken_for(choice: TopicChoice, catalogue: &Catalogue) -> Option<TopicChoice> {
    let guide = catalogue.speaker(&choice.guide).to_owned();
    catalogue.get(&guide)?;
    Some(TopicChoice { guide, ..choice })
}

/// The phrase stands in the question, small words between its own allowed, and is all that the question says.
fn is_all(term: &[String], said: &[&str], content: &[String]) -> bool {
    let mut rest = said.iter();
    term.iter().all(|word| rest.any(|said| *said == word))
        && content.iter().all(|word| term.contains(word) || GENERAL.contains(&word.as_str()))
}
