//! Messages and jobs that were set aside after their last attempt.

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Transaction;

/// One of them, without anybody's words.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetter {
    /// Row id, unique over both queues.
    pub(crate) id: String,
    /// `inbox` for a message that came in, else the job's name.
    pub(crate) what: String,
    /// The channel's name, where there is one.
    pub(crate) channel: Option<String>,
    /// When it came in or was to leave, in milliseconds.
    pub(crate) since: i64,
    /// How often it was tried.
    pub(crate) attempts: i64,
    /// Why the last attempt failed.
    pub(crate) last_error: Option<String>,
    /// The conversation's latest ticket, by id and receipt code.
    pub(crate) ticket: Option<(String, String)>,
}

/// The oldest two hundred, oldest first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list(db: &Database) -> Result<Vec<DeadLetter>> {
    let rows = sqlx::query(
        "SELECT d.id, d.what, d.channel, d.since, d.attempts, d.last_error, t.id AS ticket_id, t.code FROM (
           SELECT id, 'inbox' AS what, channel, conversation_id, received_at AS since, attempts, last_error FROM inbox WHERE state = 'dead'
           UNION ALL
           SELECT id, job, lane, conversation_id, created_at, attempts, last_error FROM outbox WHERE state = 'dead') d
         LEFT JOIN tickets t ON t.id = (SELECT id FROM tickets WHERE conversation_id = d.conversation_id ORDER BY opened_at DESC, id LIMIT 1)
         ORDER BY d.since, d.id LIMIT 200",
    )
    .fetch_all(&db.reader)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<DeadLetter> {
    let ticket_id: Option<String> = row.try_get("ticket_id")?;
    let code: Option<String> = row.try_get("code")?;
    Ok(DeadLetter {
        id: row.try_get("id")?,
        what: row.try_get("what")?,
        channel: row.try_get("channel")?,
        since: row.try_get("since")?,
        attempts: row.try_get("attempts")?,
        last_error: row.try_get("last_error")?,
        ticket: ticket_id.zip(code),
    })
}

/// Puts it back in its line, as good as new; what it is (see [`DeadLetter::what`]), none when it is no dead letter any more.
///
/// # Errors
/// When the database fails.
pub(crate) async fn retry(tx: &mut Transaction, id: &str, now: i64) -> Result<Option<String>> {
    update(tx, "state = 'waiting', attempts = 0, run_at = $2, claimed_by = NULL, claimed_until = 0", id, now).await
}

/// Gives it up; the row goes with the others that are done. What it was, none when it is no dead letter any more.
///
/// # Errors
/// When the database fails.
pub(crate) async fn discard(tx: &mut Transaction, id: &str, now: i64) -> Result<Option<String>> {
    update(tx, "state = 'discarded', run_at = $2", id, now).await
}

async fn update(tx: &mut Transaction, set: &str, id: &str, now: i64) -> Result<Option<String>> {
    for (queue, what) in [("inbox", "'inbox'"), ("outbox", "job")] {
        let sql = format!("UPDATE {queue} SET {set} WHERE id = $1 AND state = 'dead' RETURNING {what}");
        if let Some(what) = sqlx::query_scalar(&sql).bind(id).bind(now).fetch_optional(&mut **tx).await? {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
