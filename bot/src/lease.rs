//! What must run once, however many processes serve: whoever holds the lease does it.

use anyhow::Result;
use indexer::database::Database;

/// Takes or renews the lease `name` for `holder` until `now + milliseconds`. False when somebody else holds it.
///
/// # Errors
/// When the database fails.
pub async fn hold(db: &Database, name: &str, holder: &str, now: i64, milliseconds: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.holder = excluded.holder OR leases.expires_at <= $4",
    )
    .bind(name)
    .bind(holder)
    .bind(now + milliseconds)
    .bind(now)
    .execute(&db.writer)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives a lease back, so that another process need not wait for its end.
///
/// # Errors
/// When the database fails.
pub async fn release(db: &Database, name: &str, holder: &str) -> Result<()> {
    sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2").bind(name).bind(holder).execute(&db.writer).await?;
    Ok(())
}
