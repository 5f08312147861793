//! Everything of one conversation, to be deleted.

use anyhow::Result;
use sqlx::Row as _;

use super::Transaction;

/// A ticket that keeps its text until staff have closed it.
pub(crate) struct KeptTicket {
    /// The receipt code.
    pub(crate) code: String,
    /// Staff hold the conversation: they have replied, or the citizen has opened it again.
    pub(crate) taken: bool,
}

/// The files that belong to attachments up to message `seq`.
pub(crate) async fn files(tx: &mut Transaction, conversation_id: &str, seq: i64) -> Result<Vec<String>> {
    let sql = "SELECT file FROM attachments WHERE conversation_id = $1 AND seq <= $2 AND file IS NOT NULL";
    Ok(sqlx::query_scalar(sql).bind(conversation_id).bind(seq).fetch_all(&mut **tx).await?)
}

/// Deletes progress in lessons, answers with their passages and votes, attachments, raw updates, what was to be delivered, and the messages before
/// `seq`. The message `seq` itself, with which the citizen confirms, and what the citizen wrote after it stay.
pub(crate) async fn delete_until(tx: &mut Transaction, conversation_id: &str, address: &str, seq: i64) -> Result<()> {
    for sql in [
        "DELETE FROM attachments WHERE conversation_id = $1 AND seq <= $2",
        "DELETE FROM messages WHERE conversation_id = $1 AND (seq < $2 OR (seq > $2 AND sender <> 'citizen'))",
        "DELETE FROM inbox WHERE conversation_id = $1 AND seq < $2",
    ] {
        sqlx::query(sql).bind(conversation_id).bind(seq).execute(&mut **tx).await?;
    }
    delete_answers_and_progress(tx, conversation_id).await?;
    delete_raw_updates(tx, address).await
}

/// Deletes all of it; the conversation itself and its tickets stay.
pub(crate) async fn delete_all(tx: &mut Transaction, conversation_id: &str, address: &str) -> Result<()> {
    for sql in [
        "DELETE FROM attachments WHERE conversation_id = $1",
        "DELETE FROM messages WHERE conversation_id = $1",
        "DELETE FROM inbox WHERE conversation_id = $1",
    ] {
        sqlx::query(sql).bind(conversation_id).execute(&mut **tx).await?;
    }
    delete_answers_and_progress(tx, conversation_id).await?;
    delete_raw_updates(tx, address).await
}

async fn delete_answers_and_progress(tx: &mut Transaction, conversation_id: &str) -> Result<()> {
    for sql in [
        "DELETE FROM feedback WHERE answer_id IN (SELECT id FROM answers WHERE conversation_id = $1)",
        "DELETE FROM answer_passages WHERE answer_id IN (SELECT id FROM answers WHERE conversation_id = $1)",
        "DELETE FROM answers WHERE conversation_id = $1",
        "DELETE FROM outbox WHERE conversation_id = $1",
        "DELETE FROM lesson_progress WHERE conversation_id = $1",
    ] {
        sqlx::query(sql).bind(conversation_id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A platform's chat is the part of the address before the colon.
async fn delete_raw_updates(tx: &mut Transaction, address: &str) -> Result<()> {
    let chat = address.split(':').next().unwrap_or(address);
    sqlx::query("DELETE FROM telegram_updates WHERE chat_id = $1").bind(chat).execute(&mut **tx).await?;
    Ok(())
}

/// Closes questions and takes their words; petitions that are still handled stay as they are and are returned.
pub(crate) async fn strip_tickets(tx: &mut Transaction, conversation_id: &str, now: i64) -> Result<Vec<KeptTicket>> {
    sqlx::query(
        "UPDATE tickets SET question = '', state = 'closed', closed_at = COALESCE(closed_at, $2)
         WHERE conversation_id = $1 AND (kind <> 'petition' OR state = 'closed')",
    )
    .bind(conversation_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let sql = "SELECT code, taken_by FROM tickets WHERE conversation_id = $1 AND state <> 'closed' ORDER BY opened_at";
    let rows = sqlx::query(sql).bind(conversation_id).fetch_all(&mut **tx).await?;
    let read = |row: &sqlx::any::AnyRow| {
        let taken_by: Option<String> = row.try_get("taken_by")?;
        Ok(KeptTicket { code: row.try_get("code")?, taken: taken_by.is_some() })
    };
    rows.iter().map(read).collect()
}

/// Notes when and up to which message, and forgets the dialogue.
pub(crate) async fn mark_erased(tx: &mut Transaction, conversation_id: &str, seq: i64, now: i64) -> Result<()> {
    sqlx::query("UPDATE conversations SET state = '{}', erased_at = $2, erased_seq = $3 WHERE id = $1")
        .bind(conversation_id)
        .bind(now)
        .bind(seq)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
