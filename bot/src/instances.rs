//! The processes that serve one database. Several need PostgreSQL and a Qdrant server: an embedded index has one owner.

use std::time::Duration;

use anyhow::{Result, bail};
use indexer::database::Database;
use tokio::sync::watch;

use crate::app::App;

/// How often a process says that it is alive.
const BEAT: Duration = Duration::from_secs(5);
/// A process that has been silent for so long has ended, in milliseconds.
const SILENT_MS: i64 = 20_000;

/// Registers this process, or says why it must not serve.
///
/// # Errors
/// One sentence with the way out, when another process serves and one of the two has an embedded index.
pub async fn enter(db: &Database, id: &str, embedded_index: bool, now: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    // The later of two that start at once sees the other: a row is written before it is looked for others.
    sqlx::query(
        "INSERT INTO instances (id, embedded_index, started_at, seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (id) DO UPDATE SET embedded_index = excluded.embedded_index, started_at = excluded.started_at, seen_at = excluded.seen_at",
    )
    .bind(id)
    .bind(i64::from(embedded_index))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM instances WHERE id <> $1 AND seen_at > $2 AND (embedded_index = 1 OR $3 = 1)
         AND (started_at < $4 OR (started_at = $4 AND id < $1))",
    )
    .bind(id)
    .bind(now - SILENT_MS)
    .bind(i64::from(embedded_index))
    .bind(now)
    .fetch_one(&db.writer)
    .await?;
    if others == 0 {
        return Ok(());
    }
    leave(db, id).await?;
    bail!(
        "một tiến trình bot serve khác đang dùng cùng cơ sở dữ liệu với chỉ mục nhúng; muốn chạy nhiều tiến trình thì mọi tiến trình \
         phải dùng PostgreSQL và máy chủ Qdrant (SEN_QDRANT_URL); nếu tiến trình kia vừa bị tắt đột ngột thì chờ 20 giây rồi chạy lại"
    )
}

/// Strikes this process off.
///
/// # Errors
/// When the database fails.
pub async fn leave(db: &Database, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM instances WHERE id = $1").bind(id).execute(&db.writer).await?;
    Ok(())
}

/// Says again and again that this process is alive, until `stop` turns true.
pub(crate) async fn beat(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sql = "UPDATE instances SET seen_at = $2 WHERE id = $1";
        if let Err(error) = sqlx::query(sql).bind(&app.instance).bind(app.clock.now_ms()).execute(&app.db.writer).await {
            tracing::warn!(%error, "the sign of life could not be written");
        }
        let _ = tokio::time::timeout(BEAT, stop.changed()).await;
    }
    let _ = leave(&app.db, &app.instance).await;
}
