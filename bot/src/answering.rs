//! How a question becomes an answer: one readable list of steps.
//!
//! Each step reads and fills the [`Context`] and may end the list with a [`Reply`], whose [`AnswerStatus`] is closed.

pub mod address;
pub mod answer;
pub mod asked_fact;
mod catalogue;
mod circumstance;
mod composer;
mod confidence;
mod context;
pub(crate) mod courtesy;
pub mod dialogue;
pub(crate) mod erasure;
mod evidence;
pub mod explained;
mod features;
pub mod glossary;
mod grounding;
pub(crate) mod guardrails;
mod guide_text;
mod lessons;
mod matching;
mod normalizer;
mod open_guide;
pub(crate) mod phrases;
mod place;
pub(crate) mod preview;
mod question_rewriter;
mod question_router;
mod ranker;
mod retriever;
mod taken_in;
pub mod topics;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use anyhow::Result;
use indexer::content::{self, PublishedGuide};
use indexer::database::Database;
use indexer::sync::Indexer;
use jiff::civil::Date;
use models::{EmbedError, EmbedderPool};

pub use answer::{Answer, AnswerStatus, Choice, Citation, Timings};
pub use asked_fact::Fact;
pub use dialogue::{DialogueState, Effect, Pending, TicketKind};

use crate::channel::{Action, Button, Content, MediaKind};
use crate::language::{Language, t, tf, vi};
use crate::learning::Courses;
use crate::places::{Places, UnitKey};
use address::Address;
use catalogue::Catalogue;
use context::Context;
use explained::Explained;
use glossary::Glossary;
use normalizer::Normalised;
use open_guide::OpenGuide;
use retriever::Candidate;
use topics::Topics;

/// The answer pipeline, in order.
const STEPS: [Step; 9] = [
    Step::Normalise,
    Step::GuardInput,
    Step::Locate,
    Step::Rewrite,
    Step::Route,
    Step::Retrieve,
    Step::Decide,
    Step::Compose,
    Step::Ground,
];

/// One step of the pipeline.
#[derive(Clone, Copy, Debug)]
enum Step {
    Normalise,
    GuardInput,
    Locate,
    Rewrite,
    Route,
    Retrieve,
    Decide,
    Compose,
    Ground,
}

impl Step {
    async fn run(self, context: &mut Context<'_>) -> Result<Flow> {
        match self {
            Self::Normalise => Ok(normalise(context)),
            Self::GuardInput => Ok(guardrails::guard_input(context)),
            Self::Locate => Ok(place::locate(context)),
            Self::Rewrite => Ok(question_rewriter::rewrite(context)),
            Self::Route => Ok(question_router::route(context)),
            Self::Retrieve => retriever::retrieve(context).await,
            Self::Decide => Ok(confidence::decide(context)),
            Self::Compose => composer::compose(context).await,
            Self::Ground => Ok(grounding::ground(context)),
        }
    }

    /// What the citizen sees while it runs.
    fn state(self) -> Option<&'static str> {
        match self {
            Self::Retrieve => Some(vi("Đang tìm trong các hướng dẫn…")),
            Self::Ground => Some(vi("Đang kiểm tra lại với nguồn…")),
            _ => None,
        }
    }

    fn timing(self, timings: &mut Timings) -> Option<&mut Option<f64>> {
        match self {
            Self::Normalise => Some(&mut timings.normalise),
            Self::Retrieve => Some(&mut timings.retrieve),
            Self::Compose => Some(&mut timings.compose),
            Self::Ground => Some(&mut timings.ground),
            Self::GuardInput | Self::Locate | Self::Rewrite | Self::Route | Self::Decide => None,
        }
    }
}

/// Whether the list goes on.
pub(crate) enum Flow {
    Continue,
    End(Reply),
}

/// What a step says to the citizen.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: AnswerStatus,
    text: String,
    buttons: Vec<Button>,
    citations: Vec<Citation>,
    choices: Vec<Choice>,
    effect: Option<Effect>,
}

impl Reply {
    /// A reply of words alone.
    fn text(status: AnswerStatus, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), buttons: Vec::new(), citations: Vec::new(), choices: Vec::new(), effect: None }
    }

    /// A reply whose words the conversation finds, together with its effect.
    fn empty(status: AnswerStatus) -> Self {
        Self::text(status, "")
    }

    fn with_buttons(mut self, buttons: Vec<Button>) -> Self {
        self.buttons = buttons;
        self
    }

    fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }
}

/// The parts that answer questions.
pub struct Engine {
    db: Database,
    indexer: Arc<Indexer>,
    embedder: Arc<EmbedderPool>,
    /// The desk that receives handed-over questions.
    office: String,
    /// From this confidence on Sen answers, 0 to 1: higher means fewer wrong answers and fewer answers.
    sure_enough: f64,
    words: RwLock<Words>,
    /// Held while guides are read, so that an older state never replaces a newer one.
    reading: tokio::sync::Mutex<()>,
    courses: RwLock<Arc<Courses>>,
    places: RwLock<Arc<Places>>,
}

/// What is kept in memory of names and words; replaced when content changes.
#[derive(Clone, Default)]
struct Words {
    catalogue: Arc<Catalogue>,
    glossary: Arc<Glossary>,
    topics: Arc<Topics>,
    opened: Arc<Mutex<HashMap<String, Arc<OpenGuide>>>>,
}

impl Engine {
    /// Puts the parts together; [`Engine::reload`] fills in the words.
    pub fn new(db: Database, indexer: Arc<Indexer>, embedder: Arc<EmbedderPool>, office: String, sure_enough: f64) -> Self {
        Self {
            db,
            indexer,
            embedder,
            office,
            sure_enough,
            words: RwLock::default(),
            courses: RwLock::default(),
            places: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// Takes these courses in place of the former ones.
    pub fn set_courses(&self, courses: Courses) {
        *self.courses.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(courses);
    }

    /// The courses that are taught.
    pub fn courses(&self) -> Arc<Courses> {
        self.courses.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes these places in place of the former ones.
    pub fn set_places(&self, places: Places) {
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(places);
    }

    /// The communes and their bodies.
    pub fn places(&self) -> Arc<Places> {
        self.places.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The index that is kept in step with the content.
    pub fn indexer(&self) -> &Arc<Indexer> {
        &self.indexer
    }

    /// The embedder behind its queue.
    pub fn embedder(&self) -> &Arc<EmbedderPool> {
        &self.embedder
    }

    /// A published guide as it stands now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guide(&self, id: &str) -> Result<Option<PublishedGuide>> {
        content::published(&self.db, id).await
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.words.read().unwrap_or_else(PoisonError::into_inner).catalogue.clone()
    }

    fn topics(&self) -> Arc<Topics> {
        self.words.read().unwrap_or_else(PoisonError::into_inner).topics.clone()
    }

    fn glossary(&self) -> Arc<Glossary> {
        self.words.read().unwrap_or_else(PoisonError::into_inner).glossary.clone()
    }

    /// Answers what a citizen typed or pressed in that language, and moves the dialogue on. `progress` hears what Sen is
    /// doing, in Vietnamese.
    ///
    /// # Errors
    /// [`EmbedError::Overloaded`] inside when too much is being asked at once: the caller keeps the question and tries
    /// again. Other errors are failures of the database or the index.
    pub async fn answer(
        &self,
        state: &mut DialogueState,
        content: &Content,
        language: Language,
        today: Date,
        progress: &(dyn Fn(&'static str) + Sync),
    ) -> Result<(Answer, Option<Effect>)> {
        let started = Instant::now();
        let said = if let Content::Media(media) = content { &media.caption } else { content.shown() };
        let mut context = Context::new(self, state, language, today, said);
        let mut reply = match content {
            Content::Press(button) => self.pressed(&mut context, &button.action, progress).await?,
            Content::Text(_) => run(&mut context, &STEPS, progress).await?,
            Content::Location(point) => place::propose(&mut context, *point),
            Content::Media(media) if media.caption.is_empty() => guardrails::unread(media.kind, language),
            Content::Media(media) => beside_media(run(&mut context, &STEPS, progress).await?, media.kind, language),
        };
        place::name_desk(&mut context, &mut reply);
        lessons::offer(&context, &mut reply);
        guardrails::advise(&context, &mut reply);
        context.timings.total = milliseconds(started);
        let answer = Answer {
            status: reply.status,
            text: context.state.addressed(reply.text, language),
            citations: reply.citations,
            choices: reply.choices,
            confidence: context.confidence,
            timings_ms: context.timings,
            buttons: reply.buttons,
        };
        Ok((answer, reply.effect))
    }

    /// The guides that a question may be about, best first, with the numbers that speak for each: for fitting the ranker
    /// and the confidence, and for looking why a guide was found. `None` where the question is not searched at all.
    ///
    /// # Errors
    /// As [`Engine::answer`].
    pub async fn explain(&self, state: &mut DialogueState, text: &str, today: Date) -> Result<Option<Explained>> {
        let mut context = Context::new(self, state, Language::Vietnamese, today, text);
        let before_decision = STEPS.iter().take_while(|step| !matches!(step, Step::Decide));
        for step in before_decision {
            if let Flow::End(_) = step.run(&mut context).await? {
                return Ok(None);
            }
        }
        Ok(Some(Explained::new(&context)))
    }

    /// The unit of a place is told: what was asked back on goes on.
    async fn placed(&self, context: &mut Context<'_>, key: UnitKey, progress: &(dyn Fn(&'static str) + Sync)) -> Result<Reply> {
        let question = match context.state.pending.take() {
            Some(Pending::Place { question, .. }) => question,
            _ => String::new(),
        };
        match place::settle(context, &self.places(), key, &question) {
            Flow::End(reply) => Ok(reply),
            Flow::Continue => run(context, &STEPS[3..], progress).await,
        }
    }

    /// A pressed button says exactly what is meant: nothing has to be retrieved.
    async fn pressed(&self, context: &mut Context<'_>, action: &Action, progress: &(dyn Fn(&'static str) + Sync)) -> Result<Reply> {
        let pending = context.state.pending.clone();
        if let Action::Place(key) = action {
            return self.placed(context, *key, progress).await;
        }
        if let Some(reply) = question_router::press(context, action) {
            return Ok(reply);
        }
        match (action, pending) {
            (Action::Guide(id), Some(Pending::Choice { question, .. })) => context.choose(id.clone(), &question),
            (Action::Guide(id), _) => context.chosen = Some(id.clone()),
            (Action::Fact(id, fact), _) => {
                context.chosen = Some(id.clone());
                context.asked = vec![*fact];
            }
            _ => {}
        }
        run(context, &STEPS[5..], progress).await
    }
}

/// What is typed, in the forms that the later steps read.
fn read_question(context: &Context, text: &str) -> Normalised {
    normalizer::normalise(text, &context.engine.glossary())
}

/// The answer to the words that came with a picture or a file says that only the words were read.
fn beside_media(mut reply: Reply, kind: MediaKind, language: Language) -> Reply {
    if !reply.text.is_empty() {
        let unread = vi("_Sen chưa đọc được {kind}, chỉ đọc phần chữ. Cán bộ chỉ xem được khi anh/chị gửi câu hỏi cho họ._");
        reply.text = format!("{}\n{}", tf(language, unread, &[("kind", &t(language, kind.label()))]), reply.text);
    }
    reply
}

/// True when an answer failed because too much is asked at once.
pub fn is_overload(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<EmbedError>(), Some(EmbedError::Overloaded))
}

async fn run(context: &mut Context<'_>, steps: &[Step], progress: &(dyn Fn(&'static str) + Sync)) -> Result<Reply> {
    for step in steps {
        if let Some(state) = step.state() {
            progress(state);
        }
        let started = Instant::now();
        let flow = step.run(context).await?;
        let embed = context.timings.embed.filter(|_| matches!(step, Step::Retrieve)).unwrap_or(0.0);
        if let Some(slot) = step.timing(&mut context.timings) {
            *slot = Some(milliseconds(started) - embed);
        }
        if let Flow::End(reply) = flow {
            return Ok(reply);
        }
    }
    Ok(context.reply.take().unwrap_or_else(|| question_router::not_found(context)))
}

fn normalise(context: &mut Context<'_>) -> Flow {
    context.question = normalizer::normalise(&context.raw, &context.engine.glossary());
    context.state.address = Address::of(&context.question).or(context.state.address);
    // Where diacritics are set here and there, those that are set are no sign either.
    let careless = context.engine.catalogue().restorer().is_careless(&context.question.standard);
    context.asked = asked_fact::asked(if careless { &context.question.folded } else { &context.question.standard });
    Flow::Continue
}

/// Milliseconds since `started`.
fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1_000.0
}
