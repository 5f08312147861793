//! Everything that citizens send, stored before it is acknowledged and handled in order: `run_next()` -> [`Outcome`].

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;

use crate::app::App;
use crate::channel::{Content, Inbound};
use crate::conversation;
use crate::db::Transaction;
use crate::db::conversations::{self, NewMessage, Sender};
use crate::hub::Live;

/// The longest text that is kept, in characters; the rest of a longer one is cut, and the citizen is told.
const MOST_CHARS_KEPT: usize = 4_000;
/// Attempts before a message is set aside for a person to look at.
const MOST_ATTEMPTS: i64 = 8;

/// How long a message waits when too much is asked at once, in milliseconds.
const BUSY_PAUSE_MS: i64 = 1_000;

/// Where a stored message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// Its number there.
    pub seq: i64,
}

/// What became of the next message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing waits.
    Idle,
    /// One message was answered.
    Done,
    /// One message failed and will be tried again later, or was set aside.
    Postponed,
}

/// A message that waits to be handled.
pub(crate) struct Waiting {
    pub(crate) id: String,
    pub(crate) conversation_id: String,
    pub(crate) seq: i64,
    pub(crate) content: Content,
    attempts: i64,
}

/// Stores a message; when this returns, no crash can lose it. A redelivery gives the first one's place.
///
/// # Errors
/// When the database fails; then nothing was stored.
pub async fn accept(app: &App, inbound: Inbound) -> Result<Accepted> {
    let content = shortened(inbound.content);
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if let Some(accepted) = find(&app.db, inbound.channel.key(), &inbound.external_id).await? {
        return Ok(accepted);
    }
    let conversation_id = conversations::find_or_begin(&mut tx, inbound.channel, &inbound.address, &app.random.id(), now).await?;
    let message = NewMessage { sender: Sender::Citizen, staff_name: None, text: content.shown(), buttons: &[], answer_id: None };
    let seq = conversations::add_message(&mut tx, &conversation_id, &message, now).await?;
    sqlx::query(
        "INSERT INTO inbox (id, channel, external_id, conversation_id, seq, content, state, attempts, run_at, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7)",
    )
    .bind(app.random.id())
    .bind(inbound.channel.key())
    .bind(&inbound.external_id)
    .bind(&conversation_id)
    .bind(seq)
    .bind(serde_json::to_string(&content)?)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    app.hub.publish(&conversation_id, Live::Message(seq));
    app.wake.notify_waiters();
    Ok(Accepted { conversation_id, seq })
}

async fn find(db: &Database, channel: &str, external_id: &str) -> Result<Option<Accepted>> {
    let row = sqlx::query("SELECT conversation_id, seq FROM inbox WHERE channel = $1 AND external_id = $2")
        .bind(channel)
        .bind(external_id)
        .fetch_optional(&db.reader)
        .await?;
    row.map(|row| Ok(Accepted { conversation_id: row.try_get("conversation_id")?, seq: row.try_get("seq")? })).transpose()
}

fn shortened(content: Content) -> Content {
    match content {
        // PostgreSQL's TEXT holds no NUL.
        Content::Text(text) => Content::Text(text.chars().filter(|c| *c != '\0').take(MOST_CHARS_KEPT).collect()),
        press @ Content::Press(_) => press,
    }
}

/// Handles the next message: per conversation in order, different conversations in parallel.
///
/// # Errors
/// When the database fails; a failure to answer is an [`Outcome::Postponed`] instead.
pub async fn run_next(app: &App) -> Result<Outcome> {
    let Some(waiting) = claim(app).await? else { return Ok(Outcome::Idle) };
    let outcome = match conversation::handle(app, &waiting).await {
        Ok(()) => Ok(Outcome::Done),
        Err(error) => postpone(app, &waiting, &error).await.map(|()| Outcome::Postponed),
    };
    app.in_hand.release(&waiting.conversation_id);
    outcome
}

/// The oldest message that is due, first in its conversation, whose conversation nobody has in hand.
async fn claim(app: &App) -> Result<Option<Waiting>> {
    let rows = sqlx::query(
        "SELECT i.id, i.conversation_id, i.seq, i.content, i.attempts FROM inbox i
         WHERE i.state = 'waiting' AND i.run_at <= $1 AND NOT EXISTS
           (SELECT 1 FROM inbox earlier WHERE earlier.conversation_id = i.conversation_id AND earlier.state = 'waiting' AND earlier.seq < i.seq)
         ORDER BY i.received_at LIMIT 32",
    )
    .bind(app.clock.now_ms())
    .fetch_all(&app.db.reader)
    .await?;
    for row in rows {
        let conversation_id: String = row.try_get("conversation_id")?;
        if !app.in_hand.take(&conversation_id) {
            continue;
        }
        let id: String = row.try_get("id")?;
        // Between the query and the claim another worker may have finished it.
        if !is_waiting(&app.db, &id).await? {
            app.in_hand.release(&conversation_id);
            continue;
        }
        let content = serde_json::from_str(&row.try_get::<String, _>("content")?)?;
        return Ok(Some(Waiting { id, conversation_id, seq: row.try_get("seq")?, content, attempts: row.try_get("attempts")? }));
    }
    Ok(None)
}

async fn is_waiting(db: &Database, id: &str) -> Result<bool> {
    let state: String = sqlx::query_scalar("SELECT state FROM inbox WHERE id = $1").bind(id).fetch_one(&db.reader).await?;
    Ok(state == "waiting")
}

/// Tries again later; after the last attempt the message is set aside and the citizen is told, in one transaction.
async fn postpone(app: &App, waiting: &Waiting, error: &anyhow::Error) -> Result<()> {
    let now = app.clock.now_ms();
    if crate::answering::is_overload(error) {
        conversation::tell_busy(app, waiting);
        let mut tx = app.db.begin().await?;
        set_aside(&mut tx, waiting, "waiting", waiting.attempts, now + BUSY_PAUSE_MS).await?;
        return Ok(tx.commit().await?);
    }
    let attempt = waiting.attempts + 1;
    tracing::error!(inbox = %waiting.id, attempt, error = format!("{error:#}"), "a message could not be answered");
    let mut tx = app.db.begin().await?;
    let state = if attempt >= MOST_ATTEMPTS { "dead" } else { "waiting" };
    if state == "dead" {
        conversation::tell_failure(&mut tx, app, waiting).await?;
    }
    set_aside(&mut tx, waiting, state, attempt, now + (1_000 << attempt.min(6))).await?;
    tx.commit().await?;
    app.wake.notify_waiters();
    Ok(())
}

async fn set_aside(tx: &mut Transaction, waiting: &Waiting, state: &str, attempts: i64, run_at: i64) -> Result<()> {
    sqlx::query("UPDATE inbox SET state = $2, attempts = $3, run_at = $4 WHERE id = $1")
        .bind(&waiting.id)
        .bind(state)
        .bind(attempts)
        .bind(run_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
