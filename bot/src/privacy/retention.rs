//! What has been kept long enough goes, by the days of the configuration.

use anyhow::Result;
use indexer::database::DatabaseKind;

use super::files;
use crate::app::App;
use crate::db::erasure;
use crate::db::retention::{self, Cutoffs, Old};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a purge has deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Conversations with everything of theirs.
    pub conversations: u64,
    /// Closed tickets.
    pub tickets: u64,
    /// Rows of the queues, raw updates, ended sessions and links.
    pub records: u64,
    /// Entries of the audit log.
    pub audit: u64,
    /// Files that belonged to nothing any more.
    pub files: u64,
}

/// Deletes conversations untouched for `keep_conversations_days` that no ticket of staff's holds, tickets
/// `keep_tickets_days` after they were closed, and records after `keep_records_days`, entries of the audit log
/// after `keep_audit_days`. Of a conversation whose tickets are
/// still kept, those tickets stay and nothing else, not even its address.
///
/// # Errors
/// When the database or the folder of attachments fails; what was deleted until then stays deleted.
pub async fn purge(app: &App) -> Result<Purged> {
    let (config, now) = (&app.config, app.clock.now_ms());
    let cutoffs = Cutoffs {
        conversations: now - config.keep_conversations_days * DAY_MS,
        tickets: now - config.keep_tickets_days * DAY_MS,
        records: now - config.keep_records_days * DAY_MS,
        audit: now - config.keep_audit_days * DAY_MS,
    };
    let tickets = retention::delete_tickets(&app.db, cutoffs.tickets).await?;
    retention::strip_erased_tickets(&app.db, cutoffs.records).await?;
    let conversations = conversations(app, &cutoffs).await?;
    retention::delete_shells(&app.db).await?;
    let records = retention::delete_records(&app.db, cutoffs.records).await?;
    let audit = retention::delete_audit_log(&app.db, cutoffs.audit).await?;
    let (data_dir, known) = (config.data_dir.clone(), retention::attachment_files(&app.db).await?);
    let files = tokio::task::spawn_blocking(move || files::delete_orphans(&data_dir, &known, now)).await??;
    empty_the_log(app).await?;
    Ok(Purged { conversations, tickets, records, audit, files })
}

async fn conversations(app: &App, cutoffs: &Cutoffs) -> Result<u64> {
    let mut deleted = 0;
    loop {
        let old = retention::old_conversations(&app.db, cutoffs).await?;
        if old.is_empty() {
            return Ok(deleted);
        }
        for conversation in &old {
            deleted += u64::from(delete(app, conversation, cutoffs).await?);
        }
    }
}

/// False where the citizen has written again meanwhile.
pub(super) async fn delete(app: &App, old: &Old, cutoffs: &Cutoffs) -> Result<bool> {
    let mut tx = app.db.begin().await?;
    if !retention::is_still_old(&mut tx, &old.id, cutoffs).await? {
        return Ok(false);
    }
    files::delete(&app.config.data_dir, &erasure::files(&mut tx, &old.id, i64::MAX).await?).await?;
    erasure::delete_all(&mut tx, &old.id, &old.address).await?;
    retention::delete_conversation(&mut tx, &old.id).await?;
    tx.commit().await?;
    Ok(true)
}

/// SQLite's write-ahead log still holds pages as they were before.
async fn empty_the_log(app: &App) -> Result<()> {
    if app.db.kind == DatabaseKind::Sqlite {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&app.db.writer).await?;
    }
    Ok(())
}
