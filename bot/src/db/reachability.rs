//! Whether and where a platform reaches a citizen: blocks, and groups that move.

use anyhow::Result;
use indexer::database::Database;

use super::Transaction;
use crate::channel::Channel;

/// The citizen has blocked us at that time, or lets us in again.
pub(crate) async fn mark_blocked(tx: &mut Transaction, channel: Channel, address: &str, since: Option<i64>) -> Result<()> {
    let sql = "UPDATE conversations SET unreachable_at = $3 WHERE channel = $1 AND address = $2";
    sqlx::query(sql).bind(channel.key()).bind(address).bind(since).execute(&mut **tx).await?;
    Ok(())
}

/// A Telegram group has another id from now on: its citizens' addresses follow.
pub(crate) async fn move_group_in(tx: &mut Transaction, from: &str, to: &str) -> Result<()> {
    sqlx::query(
        "UPDATE conversations SET address = REPLACE(address, $2, $3) WHERE channel = $1 AND address LIKE $4
         AND NOT EXISTS (SELECT 1 FROM conversations other WHERE other.channel = $1
                         AND other.address = REPLACE(conversations.address, $2, $3))",
    )
    .bind(Channel::Telegram.key())
    .bind(format!("{from}:"))
    .bind(format!("{to}:"))
    .bind(format!("{from}:%"))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// [`move_group_in`] in a transaction of its own.
///
/// # Errors
/// When the database fails.
pub(crate) async fn move_group(db: &Database, from: &str, to: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    move_group_in(&mut tx, from, to).await?;
    Ok(tx.commit().await?)
}

/// Remembers that the platform delivers nothing to the citizen.
///
/// # Errors
/// When the database fails.
pub(crate) async fn set_unreachable(db: &Database, id: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE conversations SET unreachable_at = $2 WHERE id = $1").bind(id).bind(now).execute(&db.writer).await?;
    Ok(())
}
