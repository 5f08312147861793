//! Everything that has still to leave, written in the transaction of its cause: `run_next()` -> [`Outcome`].

mod deliver_reply;
mod fetch_attachment;
mod index_guide;
mod pages;

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::app::App;
use crate::channel::Channel;
use crate::db::conversations::{self, Conversation};
use crate::db::{Transaction, dialect};
use crate::inbox::Outcome;
use crate::queue::{self, CLAIM_MS};
use crate::telemetry::{self, Queue};

/// Attempts before a job that keeps failing by itself is set aside for a person to look at.
const MOST_ATTEMPTS: i64 = 10;
/// A platform that can't be reached costs no attempt, but after a day a reply is no use any more, in milliseconds.
const LONGEST_WAIT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many due jobs are looked at to find one that nobody has and whose chat may get a message now.
const LOOKED_AT: i64 = 64;

/// The closed set of jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Bring this message to the citizen.
    DeliverReply {
        /// Its number in the conversation.
        seq: i64,
    },
    /// Bring a picture or file from the platform into the data folder.
    FetchAttachment {
        /// The attachment's id.
        id: String,
    },
    /// Tell staff that the list of tickets has changed.
    NotifyStaff,
    /// Bring a guide that was published or withdrawn into the index.
    IndexGuide {
        /// The guide's id.
        id: String,
    },
}

/// Who takes a job. Each lane has one worker: where a kill comes between a platform's acceptance and our record of it, one
/// reply at most is sent again. Lanes don't wait for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Open pages of our own.
    Pages,
    /// Messages to Telegram; only in the process that holds its lease, since its limits are counted in memory.
    Telegram,
    /// Files from a platform.
    Files,
    /// Guides into the index.
    Index,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 4] = [Self::Pages, Self::Telegram, Self::Files, Self::Index];

    fn key(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Telegram => "telegram",
            Self::Files => "files",
            Self::Index => "index",
        }
    }

    /// The lane that brings replies to this channel's citizens.
    pub(crate) fn of(channel: Channel) -> Self {
        match channel {
            Channel::Web => Self::Pages,
            Channel::Telegram => Self::Telegram,
        }
    }

    fn is_ours(self, app: &App) -> bool {
        matches!(self, Self::Pages | Self::Index) || app.telegram_is_ours()
    }
}

impl Job {
    /// None for a reply: its conversation's channel says who takes it.
    fn lane(&self) -> Option<Lane> {
        match self {
            Self::FetchAttachment { .. } => Some(Lane::Files),
            Self::NotifyStaff => Some(Lane::Pages),
            Self::IndexGuide { .. } => Some(Lane::Index),
            Self::DeliverReply { .. } => None,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::DeliverReply { .. } => "deliver_reply",
            Self::FetchAttachment { .. } => "fetch_attachment",
            Self::NotifyStaff => "notify_staff",
            Self::IndexGuide { .. } => "index_guide",
        }
    }

    /// Deliveries of one conversation leave in the order of their messages; other jobs have no order.
    fn seq(&self) -> Option<i64> {
        match self {
            Self::DeliverReply { seq } => Some(*seq),
            Self::FetchAttachment { .. } | Self::NotifyStaff | Self::IndexGuide { .. } => None,
        }
    }
}

/// How a job ended.
pub(crate) enum Delivery {
    /// The platform has it.
    Done,
    /// It will never be possible: the citizen has blocked us, or the message is no use to the platform.
    Undeliverable(String),
    /// The job itself fails: try again, but not for ever.
    Failed(String),
    /// The platform can't be reached or asks for patience: try again after so many milliseconds, or after a growing pause.
    Later(String, Option<i64>),
}

/// A job in hand.
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) conversation: Option<Conversation>,
    /// Parts of the message that the platform has accepted before.
    pub(crate) parts_done: usize,
    job: Job,
    claim: String,
    attempts: i64,
    created_at: i64,
}

/// Adds a job to the transaction of its cause.
pub(crate) async fn enqueue(tx: &mut Transaction, app: &App, conversation_id: &str, job: Job) -> Result<()> {
    enqueue_all(tx, app, &[(Some(conversation_id), job)]).await
}

/// Adds a job that belongs to no conversation.
pub(crate) async fn enqueue_alone(tx: &mut Transaction, app: &App, job: Job) -> Result<()> {
    enqueue_all(tx, app, &[(None, job)]).await
}

/// Adds jobs, each with the conversation that it belongs to. A reply goes into the lane of its conversation's channel.
pub(crate) async fn enqueue_all(tx: &mut Transaction, app: &App, jobs: &[(Option<&str>, Job)]) -> Result<()> {
    let rows: Vec<String> = (0..jobs.len()).map(row).collect();
    let sql = format!(
        "INSERT INTO outbox (id, job, conversation_id, lane, seq, payload, run_at, created_at, state, attempts) VALUES {}",
        rows.join(", ")
    );
    let mut query = sqlx::query(&sql);
    for (conversation_id, job) in jobs {
        query = query
            .bind(app.random.id())
            .bind(job.key())
            .bind(*conversation_id)
            .bind(job.lane().map(Lane::key))
            .bind(job.seq())
            .bind(serde_json::to_string(job)?)
            .bind(app.clock.now_ms());
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// The values of a new job: seven placeholders each.
fn row(row: usize) -> String {
    let [id, job, conversation, lane, seq, payload, now] = std::array::from_fn(|column| format!("${}", row * 7 + column + 1));
    format!(
        "({id}, {job}, {conversation}, COALESCE({lane}, (SELECT CASE channel WHEN 'telegram' THEN 'telegram' ELSE 'pages' END
            FROM conversations WHERE id = {conversation})), {seq}, {payload}, {now}, {now}, 'waiting', 0)"
    )
}

/// Does the next job of a lane that is due.
///
/// # Errors
/// When the database fails; a job's own failure is an [`Outcome::Postponed`].
pub async fn run_next(app: &App, lane: Lane) -> Result<Outcome> {
    if !lane.is_ours(app) {
        return Ok(Outcome::Idle);
    }
    if lane == Lane::Pages {
        return pages::run(app).await;
    }
    let claimed = match claim(app, lane).await? {
        Found::Job(claimed) => claimed,
        Found::Nothing => return Ok(Outcome::Idle),
        Found::NotYet(pause) => return Ok(Outcome::Wait(pause)),
    };
    let delivery = match (&claimed.job, &claimed.conversation) {
        (Job::DeliverReply { seq }, Some(conversation)) => deliver_reply::run(app, &claimed, conversation, *seq).await?,
        (Job::FetchAttachment { id }, Some(_)) => fetch_attachment::run(app, id).await?,
        (Job::IndexGuide { id }, _) => index_guide::run(app, id).await?,
        // Its conversation was deleted in between.
        (_, None) => Delivery::Done,
        (Job::NotifyStaff, Some(_)) => Delivery::Failed("it belongs to the pages' lane".into()),
    };
    settle(app, &claimed, delivery).await
}

enum Found {
    Nothing,
    Job(Box<Claimed>),
    /// The chats of all that is due have had their share for now.
    NotYet(Duration),
}

/// The job of the lane that has been due longest, first of its conversation, that nobody has and whose chat may get a message
/// now.
async fn claim(app: &App, lane: Lane) -> Result<Found> {
    let now = app.clock.now_ms();
    let sql = format!(
        "SELECT o.id, c.address FROM outbox o LEFT JOIN conversations c ON c.id = o.conversation_id
         WHERE o.state = 'waiting' AND o.lane = $1 AND o.run_at <= $2 AND o.claimed_until <= $2 AND
           (o.seq IS NULL OR {})
         ORDER BY o.run_at LIMIT $3",
        queue::is_first("outbox", "o")
    );
    let rows = sqlx::query(&sql).bind(lane.key()).bind(now).bind(LOOKED_AT).fetch_all(&app.db.reader).await?;
    let mut soonest: Option<Duration> = None;
    for row in &rows {
        if let Some(pause) = pause_before(app, lane, row, now)? {
            soonest = Some(soonest.map_or(pause, |soonest| soonest.min(pause)));
        } else if let Some(claimed) = take(app, &row.try_get::<String, _>("id")?, now).await? {
            return Ok(Found::Job(Box::new(claimed)));
        }
    }
    Ok(soonest.map_or(Found::Nothing, Found::NotYet))
}

/// How long the chat has to wait for its next message; none when it may have it now.
fn pause_before(app: &App, lane: Lane, row: &AnyRow, now: i64) -> Result<Option<Duration>> {
    let address: Option<String> = row.try_get("address")?;
    match (lane, &app.telegram, address) {
        (Lane::Telegram, Some(telegram), Some(address)) => Ok(telegram.pause_before(&address, now)),
        _ => Ok(None),
    }
}

async fn take(app: &App, id: &str, now: i64) -> Result<Option<Claimed>> {
    let claim = queue::new_claim(app);
    let sql = dialect::without_waiting_for_the_disk(
        &app.db,
        "UPDATE outbox SET claimed_by = $2, claimed_until = $3 WHERE id = $1 AND state = 'waiting' AND claimed_until <= $4
         RETURNING conversation_id, payload, attempts, parts_done, created_at",
    );
    let query = sqlx::query(&sql).bind(id).bind(&claim).bind(now + CLAIM_MS).bind(now);
    let row = query.fetch_all(&app.db.writer).await?.pop();
    let Some(row) = row else { return Ok(None) };
    let conversation = match row.try_get::<Option<String>, _>("conversation_id")? {
        Some(conversation_id) => conversations::by_id(&app.db, &conversation_id).await?,
        None => None,
    };
    Ok(Some(Claimed {
        id: id.to_owned(),
        conversation,
        parts_done: usize::try_from(row.try_get::<i64, _>("parts_done")?).unwrap_or(0),
        job: serde_json::from_str(&row.try_get::<String, _>("payload")?).context("a job that can't be read")?,
        claim,
        attempts: row.try_get("attempts")?,
        created_at: row.try_get("created_at")?,
    }))
}

/// Records that the platform has accepted so many parts, so that a kill sends at most one of them again.
pub(crate) async fn record_parts(app: &App, claimed: &Claimed, parts_done: usize) -> Result<()> {
    sqlx::query("UPDATE outbox SET parts_done = $3 WHERE id = $1 AND claimed_by = $2")
        .bind(&claimed.id)
        .bind(&claimed.claim)
        .bind(parts_done as i64)
        .execute(&app.db.writer)
        .await?;
    Ok(())
}

/// Writes down how the job ended.
async fn settle(app: &App, claimed: &Claimed, delivery: Delivery) -> Result<Outcome> {
    let now = app.clock.now_ms();
    let age = now - claimed.created_at;
    let channel = claimed.conversation.as_ref().map(|conversation| conversation.channel);
    let attempt = claimed.attempts + 1;
    let (outcome, state, attempts, run_at, error) = match delivery {
        Delivery::Done => (Outcome::Done, "done", claimed.attempts, now, None),
        Delivery::Undeliverable(why) => (Outcome::Done, "undeliverable", attempt, now, Some(why)),
        Delivery::Later(why, after) if age < LONGEST_WAIT_MS => {
            let pause = after.unwrap_or_else(|| queue::backoff_ms(app, attempt));
            (Outcome::Postponed, "waiting", attempt, now + pause, Some(why))
        }
        Delivery::Failed(why) if attempt < MOST_ATTEMPTS => {
            tracing::warn!(outbox = %claimed.id, attempt, why, "a job failed");
            (Outcome::Postponed, "waiting", attempt, now + queue::backoff_ms(app, attempt), Some(why))
        }
        Delivery::Failed(why) | Delivery::Later(why, _) => {
            tracing::error!(outbox = %claimed.id, attempt, why, "a job was set aside");
            telemetry::set_aside(Queue::Outbox);
            (Outcome::Postponed, "dead", attempt, now, Some(why))
        }
    };
    if let (Job::DeliverReply { .. }, Some(channel)) = (&claimed.job, channel) {
        telemetry::delivered(channel, counted(state), age as f64 / 1_000.0);
    }
    // Lost in a power cut, it is delivered once more.
    let sql = dialect::without_waiting_for_the_disk(
        &app.db,
        "UPDATE outbox SET state = $3, attempts = $4, run_at = $5, last_error = $6, claimed_until = 0, done_at = $7
         WHERE id = $1 AND claimed_by = $2",
    );
    sqlx::query(&sql)
        .bind(&claimed.id)
        .bind(&claimed.claim)
        .bind(state)
        .bind(attempts)
        .bind(run_at)
        .bind(error)
        .bind(matches!(outcome, Outcome::Done).then_some(now))
        .execute(&app.db.writer)
        .await?;
    if let (Job::DeliverReply { .. }, "waiting", Some(conversation)) = (&claimed.job, state, &claimed.conversation) {
        queue::hold_back(&app.db.writer, "outbox", &conversation.id, run_at).await?;
    }
    Ok(outcome)
}

fn counted(state: &str) -> telemetry::Delivery {
    match state {
        "done" => telemetry::Delivery::Sent,
        "undeliverable" => telemetry::Delivery::Unreachable,
        "dead" => telemetry::Delivery::Dead,
        _ => telemetry::Delivery::Postponed,
    }
}
