//! Everything that citizens send, stored before it is acknowledged and handled in order: `run_next()` -> [`Outcome`].

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use anyhow::Result;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use tokio::sync::Mutex;

use crate::app::App;
use crate::channel::Content;
use crate::db::conversations::{self, Conversation};
use crate::db::{Transaction, dialect};
use crate::queue::{self, CLAIM_MS};
use crate::telemetry::Queue;
use crate::{conversation, telemetry};

mod accept;
mod group_commit;
mod row;

pub use accept::{Accepted, accept};
pub(crate) use accept::{accept_in, announce, count_waiting, is_changed, replace_waiting};
pub use group_commit::Arrivals;

/// Attempts before a message is set aside for a person to look at: about ten minutes.
const MOST_ATTEMPTS: i64 = 8;
/// How long a message waits when too much is asked at once, in milliseconds.
const BUSY_PAUSE_MS: i64 = 1_000;

/// How many messages are claimed at a time: few enough that none stands in line for long while another process is idle.
const IN_LINE: i64 = 32;

/// What became of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing waits.
    Idle,
    /// Something waits, but not before this time has passed.
    Wait(Duration),
    /// One was done.
    Done,
    /// One failed and will be tried again later, or was set aside.
    Postponed,
}

/// Somebody else was quicker: another process with the message, or staff with its conversation. Nothing has failed; it is looked
/// at again at once.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Overtaken(pub(crate) &'static str);

/// Messages that this process has claimed together, one of each conversation, and that its workers share out.
#[derive(Default)]
pub struct Line(Mutex<InLine>);

#[derive(Default)]
struct InLine {
    waiting: VecDeque<Waiting>,
    /// How many a worker takes: what one takes is written together.
    share: usize,
}

/// A message that waits to be handled.
pub(crate) struct Waiting {
    pub(crate) id: String,
    /// As it was when the message was claimed.
    pub(crate) conversation: Conversation,
    pub(crate) seq: i64,
    pub(crate) content: Content,
    claim: String,
    claimed_at: i64,
    /// When it came in, in milliseconds.
    pub(crate) received_at: i64,
    attempts: i64,
}

/// Handles the next messages: per conversation in order, different conversations in parallel.
///
/// # Errors
/// When the database fails; a failure to answer is an [`Outcome::Postponed`] instead.
pub async fn run_next(app: &App) -> Result<Outcome> {
    let group = claim(app).await?;
    if group.is_empty() {
        return Ok(Outcome::Idle);
    }
    let mut outcome = Outcome::Done;
    for (waiting, handled) in group.iter().zip(conversation::handle(app, &group).await) {
        if let Err(error) = handled {
            postpone(app, waiting, &error).await?;
            outcome = Outcome::Postponed;
        }
    }
    Ok(outcome)
}

/// A worker's share of the line; an empty one is filled first. The claim ends by itself: the messages of a process that died
/// are taken up by another.
async fn claim(app: &App) -> Result<Vec<Waiting>> {
    let mut line = app.line.0.lock().await;
    let now = app.clock.now_ms();
    // What has stood here too long will soon be another's.
    line.waiting.retain(|waiting| now < waiting.claimed_at + CLAIM_MS / 2);
    if line.waiting.is_empty() {
        line.waiting.extend(claim_due(app, now).await?);
        line.share = line.waiting.len().div_ceil(app.config.workers);
        (1..line.waiting.len()).step_by(line.share.max(1)).for_each(|_| app.wake.inbox.notify_one());
    }
    let share = line.share.min(line.waiting.len());
    Ok(line.waiting.drain(..share).collect())
}

/// Claims the messages that have been due longest, are the first of their conversations and that nobody has.
async fn claim_due(app: &App, now: i64) -> Result<Vec<Waiting>> {
    let due = format!("i.state = 'waiting' AND i.run_at <= $1 AND i.claimed_until <= $1 AND {}", queue::is_first("inbox", "i"));
    // Most looks find nothing. A look does not take the database's only writer.
    let look = format!("SELECT 1 FROM inbox i WHERE {due} LIMIT 1");
    if sqlx::query(&look).bind(now).fetch_optional(&app.db.reader).await?.is_none() {
        return Ok(Vec::new());
    }
    let claim = queue::new_claim(app);
    let sql = format!(
        "UPDATE inbox SET claimed_by = $2, claimed_until = $3
         WHERE id IN (SELECT i.id FROM inbox i WHERE {due} ORDER BY i.run_at LIMIT $4 {})
         RETURNING id, conversation_id, seq, content, attempts, run_at, received_at",
        dialect::skip_locked(&app.db)
    );
    let sql = dialect::without_waiting_for_the_disk(&app.db, &sql);
    let query = sqlx::query(&sql).bind(now).bind(&claim).bind(now + CLAIM_MS).bind(IN_LINE);
    let mut rows = query.fetch_all(&app.db.writer).await?;
    if rows.is_empty() {
        // Another process was quicker.
        return Ok(Vec::new());
    }
    rows.sort_by_key(|row| row.try_get::<i64, _>("run_at").unwrap_or_default());
    let ids = rows.iter().map(|row| row.try_get("conversation_id")).collect::<Result<Vec<String>, _>>()?;
    // One message of each: only the first of a conversation is taken.
    let conversations = conversations::by_ids(&app.db, &ids).await?;
    let mut conversations: HashMap<String, Conversation> = conversations.into_iter().map(|found| (found.id.clone(), found)).collect();
    let mut claimed = Vec::new();
    for (row, conversation) in rows.iter().zip(ids).filter_map(|(row, id)| Some((row, conversations.remove(&id)?))) {
        match read(row, conversation, &claim, now) {
            Ok(waiting) => claimed.push(waiting),
            Err(error) => set_unreadable_aside(app, row, &claim, &error).await?,
        }
    }
    Ok(claimed)
}

/// A message that another version of Sen has stored and this one can't read waits for a person; the others go on.
async fn set_unreadable_aside(app: &App, row: &AnyRow, claim: &str, error: &anyhow::Error) -> Result<()> {
    let id: String = row.try_get("id")?;
    tracing::error!(inbox = %id, error = format!("{error:#}"), "a stored message can't be read");
    telemetry::set_aside(Queue::Inbox);
    sqlx::query("UPDATE inbox SET state = 'dead', last_error = $3, claimed_by = NULL, claimed_until = 0 WHERE id = $1 AND claimed_by = $2")
        .bind(&id)
        .bind(claim)
        .bind(format!("{error:#}"))
        .execute(&app.db.writer)
        .await?;
    Ok(())
}

fn read(row: &AnyRow, conversation: Conversation, claim: &str, now: i64) -> Result<Waiting> {
    Ok(Waiting {
        id: row.try_get("id")?,
        conversation,
        seq: row.try_get("seq")?,
        content: serde_json::from_str(&row.try_get::<String, _>("content")?)?,
        claim: claim.to_owned(),
        claimed_at: now,
        received_at: row.try_get("received_at")?,
        attempts: row.try_get("attempts")?,
    })
}

/// Ends messages in the transaction of their answers. An error when a claim has run out meanwhile and somebody else has it:
/// the transaction must then be given up, so that each is answered once. A claim goes with its message's end, so it alone says
/// that the message waits; asking for the state too, PostgreSQL would read the whole queue (migration 1010).
pub(crate) async fn finish(tx: &mut Transaction, group: &[&Waiting]) -> Result<()> {
    let sql = format!(
        "UPDATE inbox SET state = 'done', claimed_by = NULL, claimed_until = 0 FROM (VALUES {}) AS claimed
         WHERE id = claimed.column1 AND claimed_by = claimed.column2",
        dialect::rows(group.len(), 2)
    );
    let query = group.iter().fold(sqlx::query(&sql), |query, waiting| query.bind(&waiting.id).bind(&waiting.claim));
    let done = query.execute(&mut **tx).await?.rows_affected();
    anyhow::ensure!(done == group.len() as u64, Overtaken("the claim of a message has run out"));
    Ok(())
}

/// Tries again later; after the last attempt the message is set aside and the citizen is told, in one transaction.
async fn postpone(app: &App, waiting: &Waiting, error: &anyhow::Error) -> Result<()> {
    let now = app.clock.now_ms();
    if error.is::<Overtaken>() {
        tracing::info!(inbox = %waiting.id, reason = %error, "a message is looked at again");
        return look_again(app, waiting, now, error).await;
    }
    if crate::answering::is_overload(error) {
        conversation::tell_busy(app, waiting);
        return look_again(app, waiting, now + BUSY_PAUSE_MS, error).await;
    }
    let attempt = waiting.attempts + 1;
    tracing::error!(inbox = %waiting.id, attempt, error = format!("{error:#}"), "a message could not be answered");
    let mut tx = app.db.begin().await?;
    let state = if attempt >= MOST_ATTEMPTS { "dead" } else { "waiting" };
    if state == "dead" {
        telemetry::set_aside(Queue::Inbox);
        conversation::tell_failure(&mut tx, app, waiting).await?;
    }
    let run_at = now + queue::backoff_ms(app, attempt);
    set_aside(&mut tx, waiting, state, attempt, run_at, &format!("{error:#}")).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(())
}

/// Later, without an attempt that counts.
async fn look_again(app: &App, waiting: &Waiting, run_at: i64, reason: &anyhow::Error) -> Result<()> {
    let mut tx = app.db.begin().await?;
    set_aside(&mut tx, waiting, "waiting", waiting.attempts, run_at, &reason.to_string()).await?;
    Ok(tx.commit().await?)
}

async fn set_aside(tx: &mut Transaction, waiting: &Waiting, state: &str, attempts: i64, run_at: i64, error: &str) -> Result<()> {
    sqlx::query(
        "UPDATE inbox SET state = $2, attempts = $3, run_at = $4, last_error = $5, claimed_by = NULL, claimed_until = 0
         WHERE id = $1 AND claimed_by = $6",
    )
    .bind(&waiting.id)
    .bind(state)
    .bind(attempts)
    .bind(run_at)
    .bind(error)
    .bind(&waiting.claim)
    .execute(&mut **tx)
    .await?;
    if state == "waiting" { queue::hold_back(&mut **tx, "inbox", &waiting.conversation.id, run_at).await } else { Ok(()) }
}

#[cfg(test)]
mod tests;
