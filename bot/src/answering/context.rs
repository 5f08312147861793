//! What the steps of the pipeline share about one question.

use indexer::guide::Level;
use jiff::civil::Date;

use super::answer::Timings;
use super::asked_fact::{self, Fact};
use super::dialogue::DialogueState;
use super::normalizer::Normalised;
use super::place::Located;
use super::retriever::Candidate;
use super::{Engine, Reply, guardrails, normalizer};
use crate::language::Language;
use crate::places::UnitKey;

/// What the steps share about one question.
pub(crate) struct Context<'a> {
    pub(super) engine: &'a Engine,
    pub(super) state: &'a mut DialogueState,
    /// In which language Sen replies.
    pub(super) language: Language,
    pub(super) today: Date,
    pub(super) raw: String,
    pub(super) raw_chars: usize,
    pub(super) question: Normalised,
    /// What is asked of the procedure, in order.
    pub(super) asked: Vec<Fact>,
    /// The guide that is already clear: chosen, or in focus of a follow-up.
    pub(super) chosen: Option<String>,
    /// The question with the conversation's topic, where it may be a follow-up.
    pub(super) with_topic: Option<Normalised>,
    /// What is said where the question is of no procedure: its words speak of something else, unless a guide fits surely.
    pub(super) set_aside: Option<Reply>,
    /// The question only asks or tells how; it names no procedure.
    pub(super) names_nothing: bool,
    pub(super) candidates: Vec<Candidate>,
    pub(super) confidence: Option<f64>,
    pub(super) reply: Option<Reply>,
    /// The place that the message names.
    pub(super) place: Option<Located>,
    /// Units of the name that the message has, where it doesn't tell which is meant.
    pub(super) unclear: Vec<(String, UnitKey)>,
    /// The message goes on about what was talked of before.
    pub(super) goes_on: bool,
    /// What of the guide that is told its desk depends on.
    pub(super) told: Option<Told>,
    pub(super) timings: Timings,
}

/// Who takes the papers of a procedure, as its guide says.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(super) level: Level,
    pub(super) receiving_body: String,
}

impl<'a> Context<'a> {
    pub(super) fn new(engine: &'a Engine, state: &'a mut DialogueState, language: Language, today: Date, raw: &str) -> Self {
        // The rest of a text that is too long is never read.
        let kept: String = raw.chars().take(guardrails::MAX_CHARS + 1).collect();
        Self {
            engine,
            state,
            language,
            today,
            raw_chars: raw.chars().count(),
            raw: kept,
            question: Normalised::default(),
            asked: Vec::new(),
            chosen: None,
            with_topic: None,
            set_aside: None,
            names_nothing: false,
            candidates: Vec::new(),
            confidence: None,
            reply: None,
            place: None,
            unclear: Vec::new(),
            goes_on: false,
            told: None,
            timings: Timings::default(),
        }
    }

    /// What is left of the message once its place is taken out.
    pub(super) fn set_question(&mut self, question: Normalised) {
        self.asked = asked_fact::asked(&question.standard);
        self.question = question;
    }

    /// The citizen has told which guide is meant; what was asked stays the question.
    pub(super) fn choose(&mut self, guide: String, question: &str) {
        self.question = normalizer::normalise(question, &self.engine.glossary());
        self.asked = asked_fact::asked(&self.question.standard);
        self.chosen = Some(guide);
    }
}
