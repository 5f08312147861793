//! What inbox and outbox have in common: claims, pauses between attempts, and taking up again after a kill.

use anyhow::Result;
use sqlx::{Any, Executor};

use crate::app::App;
use crate::db::Transaction;
use crate::telemetry;

/// How long a claim holds, in milliseconds: longer than any attempt takes.
pub(crate) const CLAIM_MS: i64 = 60_000;
/// What a row that waits, in a queue of either kind, is told by: by the names of all ends, not by "= 'waiting'", so that
/// PostgreSQL uses the queue's `…_line` index for it (migrations 1010 and 1011).
const WAITS: &str = "state <> 'done' AND state <> 'dead' AND state <> 'discarded' AND state <> 'undeliverable'";
/// The longest pause between attempts, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 60_000;

/// The condition that a row of a queue is the first of its conversation that waits. "<=" means the same as "=", but PostgreSQL
/// takes it to be true of many rows: it then walks along the index of what is due and stops at the statement's LIMIT. For "="
/// it looked at every row that waits and sorted them, for each claim.
pub(crate) fn is_first(table: &str, row: &str) -> String {
    format!("{row}.seq <= (SELECT MIN(seq) FROM {table} WHERE conversation_id = {row}.conversation_id AND {WAITS})")
}

/// A claim that no other worker has: "instance/random". The instance is the process, see [`release_own`].
pub(crate) fn new_claim(app: &App) -> String {
    format!("{}/{}", app.instance, app.random.id())
}

/// The pause before the next attempt, in milliseconds: doubled each time up to a minute, with full jitter from one half up
/// (Brooker, "Exponential Backoff And Jitter"), so that what failed together does not come back together.
pub(crate) fn backoff_ms(app: &App, attempt: i64) -> i64 {
    let pause = (500 << attempt.clamp(0, 16)).min(LONGEST_PAUSE_MS);
    pause / 2 + app.random.below(pause / 2 + 1)
}

/// What follows a postponed row in its conversation becomes due no earlier than that row. It could not be taken before anyway,
/// but each look at what is due would have to pass over it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn hold_back(db: impl Executor<'_, Database = Any>, table: &str, conversation_id: &str, run_at: i64) -> Result<()> {
    let sql =
        format!("UPDATE {table} SET run_at = $2 WHERE conversation_id = $1 AND state = 'waiting' AND run_at < $2 AND seq IS NOT NULL");
    sqlx::query(&sql).bind(conversation_id).bind(run_at).execute(db).await?;
    Ok(())
}

/// Gives back what a former run of this process had in hand when it ended: nobody else can have it, since the data folder
/// belongs to one process. What was on its way to a platform may have arrived: it is counted as sent again.
///
/// # Errors
/// When the database fails.
pub async fn release_own(app: &App) -> Result<()> {
    let own = format!("{}/%", app.instance);
    for table in ["inbox", "outbox"] {
        let sql = format!("UPDATE {table} SET claimed_until = 0 WHERE state = 'waiting' AND claimed_until > 0 AND claimed_by LIKE $1");
        let released = sqlx::query(&sql).bind(&own).execute(&app.db.writer).await?.rows_affected();
        if table == "outbox" {
            (0..released).for_each(|_| telemetry::resent_after_kill());
        }
    }
    Ok(())
}

/// Gives back what others had in hand: in a database that was just restored nobody works but us.
///
/// # Errors
/// When the database fails.
pub(crate) async fn release_all(tx: &mut Transaction) -> Result<()> {
    for table in ["inbox", "outbox"] {
        let sql = format!("UPDATE {table} SET claimed_by = NULL, claimed_until = 0 WHERE claimed_until > 0");
        sqlx::query(&sql).execute(&mut **tx).await?;
    }
    Ok(())
}
