//! What must run once, however many processes serve: whoever holds the lease does it.

use std::time::Duration;

use anyhow::Result;
use indexer::database::Database;

use crate::clock::Clock;

/// How long [`during`] holds a lease without renewing it, in milliseconds.
pub(crate) const LEASE_MS: i64 = 60_000;
const RENEWAL: Duration = Duration::from_secs(15);

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

/// Does `work` while holding the lease, which is renewed all the while; none when somebody else holds it. Work whose lease was
/// lost meanwhile is dropped where it waits.
///
/// # Errors
/// When the database fails.
pub async fn during<T>(db: &Database, clock: &Clock, name: &str, holder: &str, work: impl Future<Output = T>) -> Result<Option<T>> {
    if !hold(db, name, holder, clock.now_ms(), LEASE_MS).await? {
        return Ok(None);
    }
    let renew = async {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match hold(db, name, holder, clock.now_ms(), LEASE_MS).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(name, "a lease was lost");
                    return;
                }
                Err(error) => tracing::warn!(name, error = format!("{error:#}"), "a lease could not be renewed"),
            }
        }
    };
    let done = tokio::select! {
        done = work => done,
        () = renew => return Ok(None),
    };
    release(db, name, holder).await?;
    Ok(Some(done))
}

/// Gives a lease back, so that another process need not wait for its end.
///
/// # Errors
/// When the database fails.
pub async fn release(db: &Database, name: &str, holder: &str) -> Result<()> {
    sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2").bind(name).bind(holder).execute(&db.writer).await?;
    Ok(())
}
