//! One question without a conversation that is kept: `bot ask`, `bot chat`, and the same through a running `serve`.

use anyhow::{Context as _, Result};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answering::answer::plain;
use crate::answering::{Answer, DialogueState, Engine};
use crate::channel::Content;
use crate::clock::Clock;
use crate::conversation::words_without_conversation;
use crate::language::Language;

/// A question with what was said before.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Question {
    /// Copied into the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// In the citizen's words.
    pub question: String,
    /// Earlier turns of the citizen; they are replayed first.
    #[serde(default)]
    pub history: Vec<Turn>,
    /// What an earlier question left; instead of a history.
    #[serde(default)]
    pub state: DialogueState,
}

/// An earlier turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// Only the citizen's turns are replayed.
    pub role: String,
    /// What was said.
    pub text: String,
}

/// The answer as programs read it, and what it leaves for the next question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The JSON object of `bot ask --json`.
    pub answer: Value,
    /// For a next question.
    pub state: DialogueState,
    /// Labels of the quick replies.
    pub buttons: Vec<String>,
}

/// Replays the history, then answers.
///
/// # Errors
/// When the database, the model or the index fails.
pub async fn ask(engine: &Engine, clock: &Clock, question: &Question) -> Result<Asked> {
    let mut state = question.state.clone();
    let today = clock.today();
    for turn in question.history.iter().filter(|turn| turn.role == "citizen") {
        answer(engine, &mut state, &turn.text, today).await?;
    }
    let mut answer = answer(engine, &mut state, &question.question, today).await?;
    answer.text = plain(&answer.text);
    let mut value = serde_json::to_value(&answer).context("an answer that is no JSON")?;
    if let (Some(id), Some(object)) = (&question.id, value.as_object_mut()) {
        object.insert("id".into(), json!(id));
    }
    let buttons = answer.buttons.iter().map(|button| button.label.clone()).collect();
    Ok(Asked { answer: value, state, buttons })
}

/// Replays the history, then tells which guides the question may be about.
///
/// # Errors
/// As [`ask`].
pub async fn explain(engine: &Engine, clock: &Clock, question: &Question) -> Result<Value> {
    let mut state = question.state.clone();
    let today = clock.today();
    for turn in question.history.iter().filter(|turn| turn.role == "citizen") {
        answer(engine, &mut state, &turn.text, today).await?;
    }
    let explained = engine.explain(&mut state, &question.question, today).await?;
    Ok(json!({ "id": question.id, "question": question.question, "explained": explained }))
}

async fn answer(engine: &Engine, state: &mut DialogueState, text: &str, today: Date) -> Result<Answer> {
    let (mut answer, effect) = engine.answer(state, &Content::Text(text.to_owned()), Language::Vietnamese, today, &|_| {}).await?;
    if let Some(effect) = effect {
        words_without_conversation(&engine.courses(), state, &mut answer, effect);
    }
    Ok(answer)
}
