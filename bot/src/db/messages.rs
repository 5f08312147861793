//! The messages of conversations.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::answers::{self, ShownPassage, Vote};
use super::{Transaction, dialect};
use crate::channel::Button;
use crate::language::Language;

/// So many messages are read at a time: a long conversation is shown in pages.
pub const PAGE: usize = 100;

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The citizen.
    Citizen,
    /// Sen.
    Sen,
    /// A member of staff.
    Staff,
}

impl Sender {
    fn key(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Sen => "sen",
            Self::Staff => "staff",
        }
    }
}

/// A message to write.
#[derive(Clone, Copy)]
pub struct NewMessage<'a> {
    /// Who says it.
    pub sender: Sender,
    /// The name that the citizen sees, for staff.
    pub staff_name: Option<&'a str>,
    /// Light markup for Sen, plain text for people.
    pub text: &'a str,
    /// Quick replies.
    pub buttons: &'a [Button],
    /// The answer that it carries.
    pub answer_id: Option<&'a str>,
    /// In which language Sen says it; none for people, who write as they like.
    pub language: Option<Language>,
}

/// A message as pages show it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Number within the conversation, from 1.
    pub seq: i64,
    /// Who said it.
    pub sender: Sender,
    /// The name that the citizen sees, for staff.
    pub staff_name: Option<String>,
    /// Light markup when Sen says it, plain text otherwise.
    pub text: String,
    /// Quick replies.
    pub buttons: Vec<Button>,
    /// The answer that it carries.
    pub answer_id: Option<String>,
    /// Set with `answer_id`: what it rests on.
    pub passages: Vec<ShownPassage>,
    /// The citizen's vote.
    pub vote: Option<Vote>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// In which language Sen said it; none for people.
    pub language: Option<Language>,
}

/// Writes a message under a number that was given out in this transaction.
pub(crate) async fn add(tx: &mut Transaction, conversation_id: &str, seq: i64, message: &NewMessage<'_>, now: i64) -> Result<()> {
    add_all(tx, &[(conversation_id, seq, *message)], now).await
}

/// [`add`] for several: each with its conversation and its number there.
pub(crate) async fn add_all(tx: &mut Transaction, messages: &[(&str, i64, NewMessage<'_>)], now: i64) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO messages (conversation_id, seq, sender, staff_name, text, buttons, answer_id, created_at, language) VALUES {}",
        dialect::rows(messages.len(), 9)
    );
    let mut query = sqlx::query(&sql);
    for (conversation_id, seq, message) in messages {
        query = query
            .bind(*conversation_id)
            .bind(*seq)
            .bind(message.sender.key())
            .bind(message.staff_name)
            .bind(message.text)
            .bind(serde_json::to_string(message.buttons)?)
            .bind(message.answer_id)
            .bind(now)
            .bind(message.language.map(Language::key));
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

const SHOWN: &str = "SELECT m.seq, m.sender, m.staff_name, m.text, m.buttons, m.answer_id, m.created_at, m.language, f.vote
    FROM messages m LEFT JOIN feedback f ON f.answer_id = m.answer_id WHERE m.conversation_id = $1";

/// The first [`PAGE`] messages after `seq` in order, with what they rest on and the citizen's votes.
///
/// # Errors
/// When the database fails.
pub async fn after(db: &Database, conversation_id: &str, seq: i64) -> Result<Vec<Message>> {
    let sql = format!("{SHOWN} AND m.seq > $2 ORDER BY m.seq LIMIT {PAGE}");
    let rows = sqlx::query(&sql).bind(conversation_id).bind(seq).fetch_all(&db.reader).await?;
    with_passages(db, rows.iter().map(read).collect::<Result<_>>()?).await
}

/// The last [`PAGE`] messages before `seq` in order, like [`after`].
///
/// # Errors
/// When the database fails.
pub async fn before(db: &Database, conversation_id: &str, seq: i64) -> Result<Vec<Message>> {
    let sql = format!("{SHOWN} AND m.seq < $2 ORDER BY m.seq DESC LIMIT {PAGE}");
    let rows = sqlx::query(&sql).bind(conversation_id).bind(seq).fetch_all(&db.reader).await?;
    with_passages(db, rows.iter().rev().map(read).collect::<Result<_>>()?).await
}

/// One message, like [`after`].
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Database, conversation_id: &str, seq: i64) -> Result<Option<Message>> {
    let sql = format!("{SHOWN} AND m.seq = $2");
    let row = sqlx::query(&sql).bind(conversation_id).bind(seq).fetch_optional(&db.reader).await?;
    let message = row.as_ref().map(read).transpose()?;
    Ok(with_passages(db, message.into_iter().collect()).await?.pop())
}

async fn with_passages(db: &Database, mut messages: Vec<Message>) -> Result<Vec<Message>> {
    let answers: Vec<&str> = messages.iter().filter_map(|message| message.answer_id.as_deref()).collect();
    let mut passages: HashMap<String, Vec<ShownPassage>> = answers::passages(db, &answers).await?;
    for message in &mut messages {
        message.passages = message.answer_id.as_ref().and_then(|id| passages.remove(id)).unwrap_or_default();
    }
    Ok(messages)
}

/// Whether somebody other than the citizen has written after `seq`.
pub(crate) async fn is_replied_after(db: &Database, conversation_id: &str, seq: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM messages WHERE conversation_id = $1 AND seq > $2 AND sender <> 'citizen' LIMIT 1";
    Ok(sqlx::query(sql).bind(conversation_id).bind(seq).fetch_optional(&db.reader).await?.is_some())
}

/// The buttons under the last [`PAGE`] messages that have some, the newest first.
pub(crate) async fn newest_buttons(db: &Database, conversation_id: &str) -> Result<Vec<Button>> {
    let sql = format!("SELECT buttons FROM messages WHERE conversation_id = $1 AND buttons <> '[]' ORDER BY seq DESC LIMIT {PAGE}");
    let buttons: Vec<String> = sqlx::query_scalar(&sql).bind(conversation_id).fetch_all(&db.reader).await?;
    Ok(buttons.iter().flat_map(|buttons| read_buttons(buttons)).collect())
}

/// The button `index` under message `seq` of a conversation, if it was shown there.
pub(crate) async fn button(tx: &mut Transaction, id: &str, seq: i64, index: usize) -> Result<Option<Button>> {
    let sql = "SELECT buttons FROM messages WHERE conversation_id = $1 AND seq = $2";
    let buttons: Option<String> = sqlx::query_scalar(sql).bind(id).bind(seq).fetch_optional(&mut **tx).await?;
    Ok(buttons.and_then(|buttons| read_buttons(&buttons).into_iter().nth(index)))
}

/// What Sen said last.
pub(crate) async fn last_of_sen(tx: &mut Transaction, id: &str) -> Result<Option<String>> {
    let sql = "SELECT text FROM messages WHERE conversation_id = $1 AND sender = 'sen' ORDER BY seq DESC LIMIT 1";
    Ok(sqlx::query_scalar(sql).bind(id).fetch_optional(&mut **tx).await?)
}

fn read(row: &AnyRow) -> Result<Message> {
    let sender: String = row.try_get("sender")?;
    let vote: Option<String> = row.try_get("vote")?;
    Ok(Message {
        seq: row.try_get("seq")?,
        sender: [Sender::Citizen, Sender::Sen, Sender::Staff].into_iter().find(|s| s.key() == sender).context("unknown sender")?,
        staff_name: row.try_get("staff_name")?,
        text: row.try_get("text")?,
        buttons: read_buttons(&row.try_get::<String, _>("buttons")?),
        answer_id: row.try_get("answer_id")?,
        passages: Vec::new(),
        vote: vote.map(|vote| if vote == "up" { Vote::Up } else { Vote::Down }),
        created_at: row.try_get("created_at")?,
        language: row.try_get::<Option<String>, _>("language")?.as_deref().and_then(Language::from_key),
    })
}

/// Buttons of another version of Sen that this one doesn't know are not shown.
fn read_buttons(json: &str) -> Vec<Button> {
    serde_json::from_str(json).unwrap_or_default()
}
