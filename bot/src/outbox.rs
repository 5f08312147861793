//! Everything that has still to leave, written in the transaction of its cause: `run_next()` -> [`Outcome`].

mod deliver_reply;
mod notify_staff;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::app::App;
use crate::db::Transaction;
use crate::inbox::Outcome;

/// Attempts before a job is set aside for a person to look at.
const MOST_ATTEMPTS: i64 = 10;

/// The closed set of jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Bring this message to the citizen.
    DeliverReply {
        /// Its number in the conversation.
        seq: i64,
    },
    /// Tell staff that the list of tickets has changed.
    NotifyStaff,
}

impl Job {
    fn key(&self) -> &'static str {
        match self {
            Self::DeliverReply { .. } => "deliver_reply",
            Self::NotifyStaff => "notify_staff",
        }
    }
}

/// Adds a job to the transaction of its cause.
pub(crate) async fn enqueue(tx: &mut Transaction, app: &App, conversation_id: Option<&str>, job: &Job) -> Result<()> {
    sqlx::query(
        "INSERT INTO outbox (id, job, conversation_id, payload, state, attempts, run_at, created_at) VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $5)",
    )
    .bind(app.random.id())
    .bind(job.key())
    .bind(conversation_id)
    .bind(serde_json::to_string(job)?)
    .bind(app.clock.now_ms())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Does the next job that is due. One worker runs the outbox, so jobs leave in order.
///
/// # Errors
/// When the database fails; a job's own failure is an [`Outcome::Postponed`].
pub async fn run_next(app: &App) -> Result<Outcome> {
    let row = sqlx::query(
        "SELECT id, conversation_id, payload, attempts FROM outbox WHERE state = 'waiting' AND run_at <= $1 ORDER BY created_at, id LIMIT 1",
    )
    .bind(app.clock.now_ms())
    .fetch_optional(&app.db.reader)
    .await?;
    let Some(row) = row else { return Ok(Outcome::Idle) };
    let id: String = row.try_get("id")?;
    let attempts: i64 = row.try_get("attempts")?;
    let conversation_id: Option<String> = row.try_get("conversation_id")?;
    let job: Job = serde_json::from_str(&row.try_get::<String, _>("payload")?)?;
    let done = match &job {
        Job::DeliverReply { seq } => deliver_reply::run(app, conversation_id.as_deref().unwrap_or_default(), *seq).await,
        Job::NotifyStaff => notify_staff::run(app),
    };
    match done {
        Ok(()) => finish(app, &id).await.map(|()| Outcome::Done),
        Err(error) => {
            tracing::error!(outbox = %id, attempt = attempts + 1, error = format!("{error:#}"), "a job failed");
            postpone(app, &id, attempts).await.map(|()| Outcome::Postponed)
        }
    }
}

async fn finish(app: &App, id: &str) -> Result<()> {
    sqlx::query("UPDATE outbox SET state = 'done', done_at = $2 WHERE id = $1")
        .bind(id)
        .bind(app.clock.now_ms())
        .execute(&app.db.writer)
        .await?;
    Ok(())
}

async fn postpone(app: &App, id: &str, attempts: i64) -> Result<()> {
    sqlx::query("UPDATE outbox SET state = $2, attempts = attempts + 1, run_at = $3 WHERE id = $1")
        .bind(id)
        .bind(if attempts + 1 >= MOST_ATTEMPTS { "dead" } else { "waiting" })
        .bind(app.clock.now_ms() + (1_000 << attempts.min(8)))
        .execute(&app.db.writer)
        .await?;
    Ok(())
}
