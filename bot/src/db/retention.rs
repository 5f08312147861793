//! What has been kept long enough. Everything goes in small batches, so that no write waits long.

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;

use super::Transaction;

/// Rows of one delete.
const BATCH: u64 = 500;

/// What nobody needs any more after the records' days. Every statement deletes one batch.
const RECORDS: [&str; 7] = [
    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state IN ('done', 'discarded') AND received_at < $1 LIMIT 500)",
    "DELETE FROM outbox WHERE id IN
       (SELECT id FROM outbox WHERE state IN ('done', 'discarded') AND COALESCE(done_at, created_at) < $1 LIMIT 500)",
    "DELETE FROM telegram_updates WHERE update_id IN (SELECT update_id FROM telegram_updates WHERE received_at < $1 LIMIT 500)",
    "DELETE FROM staff_sessions WHERE token_hash IN (SELECT token_hash FROM staff_sessions WHERE expires_at < $1 LIMIT 500)",
    "DELETE FROM setup_links WHERE token_hash IN (SELECT token_hash FROM setup_links WHERE expires_at < $1 LIMIT 500)",
    "DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < $1 LIMIT 500)",
    "DELETE FROM login_failures WHERE failed_at < $1",
];

/// A conversation to delete.
pub(crate) struct Old {
    pub(crate) id: String,
    pub(crate) address: String,
}

/// Before when something has to have happened to be old, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cutoffs {
    pub(crate) conversations: i64,
    pub(crate) tickets: i64,
    pub(crate) records: i64,
    pub(crate) audit: i64,
}

/// Deletes what the queues have done with, raw updates, ended sessions and links; how many rows.
pub(crate) async fn delete_records(db: &Database, before: i64) -> Result<u64> {
    let mut deleted = 0;
    for sql in RECORDS {
        deleted += in_batches(db, sql, before).await?;
    }
    Ok(deleted)
}

/// Deletes tickets closed before then; how many.
pub(crate) async fn delete_tickets(db: &Database, before: i64) -> Result<u64> {
    let sql = "DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE state = 'closed' AND closed_at < $1 LIMIT 500)";
    in_batches(db, sql, before).await
}

/// Deletes entries of the audit log from before then; how many.
pub(crate) async fn delete_audit_log(db: &Database, before: i64) -> Result<u64> {
    in_batches(db, "DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < $1 LIMIT 500)", before).await
}

/// What was closed after an erasure keeps its words until the citizen has had time to read the reply.
pub(crate) async fn strip_erased_tickets(db: &Database, before: i64) -> Result<()> {
    sqlx::query(
        "UPDATE tickets SET question = '' WHERE state = 'closed' AND closed_at < $1 AND question <> '' AND EXISTS
           (SELECT 1 FROM conversations c WHERE c.id = tickets.conversation_id AND c.erased_at IS NOT NULL AND tickets.opened_seq <= c.erased_seq)",
    )
    .bind(before)
    .execute(&db.writer)
    .await?;
    Ok(())
}

/// Deletes what is left of conversations whose last ticket is gone.
pub(crate) async fn delete_shells(db: &Database) -> Result<()> {
    let sql = "DELETE FROM conversations WHERE address LIKE 'erased:%' \
               AND NOT EXISTS (SELECT 1 FROM tickets WHERE tickets.conversation_id = conversations.id)";
    sqlx::query(sql).execute(&db.writer).await?;
    Ok(())
}

async fn in_batches(db: &Database, sql: &str, before: i64) -> Result<u64> {
    let mut deleted = 0;
    loop {
        let batch = sqlx::query(sql).bind(before).execute(&db.writer).await?.rows_affected();
        deleted += batch;
        if batch < BATCH {
            return Ok(deleted);
        }
    }
}

/// Which conversations are old; `$1` and `$2` are the cut-offs of conversations and records.
const OLD: &str = "(last_at < $1 OR (erased_at < $2 AND last_at <= erased_at))
    AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.conversation_id = conversations.id AND (t.state <> 'closed' OR t.closed_at >= $2))";

/// Some conversations in which nobody has written for so long, or not since they were erased, and which staff have nothing to
/// do with any more. A reply of staff can be read for the records' days.
pub(crate) async fn old_conversations(db: &Database, cutoffs: &Cutoffs) -> Result<Vec<Old>> {
    let sql = format!("SELECT id, address FROM conversations WHERE address NOT LIKE 'erased:%' AND {OLD} LIMIT 100");
    let rows = sqlx::query(&sql).bind(cutoffs.conversations).bind(cutoffs.records).fetch_all(&db.reader).await?;
    rows.iter().map(|row| Ok(Old { id: row.try_get("id")?, address: row.try_get("address")? })).collect()
}

/// Whether it is one of [`old_conversations`] also now; then nobody writes in it until the transaction ends.
pub(crate) async fn is_still_old(tx: &mut Transaction, id: &str, cutoffs: &Cutoffs) -> Result<bool> {
    // An update that changes nothing locks the row on either database.
    let sql = format!("UPDATE conversations SET last_at = last_at WHERE id = $3 AND {OLD}");
    let query = sqlx::query(&sql).bind(cutoffs.conversations).bind(cutoffs.records).bind(id);
    Ok(query.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Deletes the conversation; where tickets are still kept, nothing of it but its id.
pub(crate) async fn delete_conversation(tx: &mut Transaction, id: &str) -> Result<()> {
    let sql = "DELETE FROM conversations WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM tickets WHERE conversation_id = $1)";
    if sqlx::query(sql).bind(id).execute(&mut **tx).await?.rows_affected() == 0 {
        sqlx::query("UPDATE conversations SET address = $2, state = '{}', mode = 'question' WHERE id = $1")
            .bind(id)
            .bind(format!("erased:{id}"))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The files of all attachments.
pub(crate) async fn attachment_files(db: &Database) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT file FROM attachments WHERE file IS NOT NULL").fetch_all(&db.reader).await?)
}
