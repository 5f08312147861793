//! The knowledge base's folder as a source of content.

use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction};

use super::{ContentSource, Publish, Published, publish, withdraw};
use crate::check::{self, Finding, FolderCheck, Severity};
use crate::database::Database;
use crate::guide::vietnam_date;

/// What a sync of the folder did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncReport {
    /// Guides that are new.
    pub created: Vec<String>,
    /// Guides with a new revision.
    pub updated: Vec<String>,
    /// How many were already published as they are.
    pub skipped: usize,
    /// Guides whose file is gone.
    pub deleted: Vec<String>,
    /// Guides changed in the console, and the console's revision, which stays.
    pub kept: Vec<(String, i64)>,
    /// Why guides were left out; an earlier good revision of them keeps serving.
    pub broken: Vec<Finding>,
}

/// Brings the guides of source [`ContentSource::Seed`] to the state of the folder, all in one transaction.
///
/// # Errors
/// When the folder can't be read or holds no guide at all, or the database fails; nothing has changed then.
pub async fn sync_seed(database: &Database, folder: &Path, now: i64) -> Result<SyncReport> {
    let checked = check::check_folder(folder, vietnam_date(now))?;
    let mut report = SyncReport::default();
    let mut tx = database.begin().await?;
    for (id, text) in &checked.good {
        let item = Publish { id, source: ContentSource::Seed, text, author: "indexer", reason: "knowledge-base", now, replaces: None };
        match publish(&mut tx, item).await? {
            Published::Created => report.created.push(id.clone()),
            Published::Updated => report.updated.push(id.clone()),
            Published::Unchanged => report.skipped += 1,
            Published::KeptConsole { revision } | Published::Outdated { revision } => report.kept.push((id.clone(), revision)),
        }
    }
    for id in gone(&mut tx, &checked).await? {
        withdraw(&mut tx, &id, ContentSource::Seed, now).await?;
        report.deleted.push(id);
    }
    tx.commit().await?;
    report.broken = checked.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    Ok(report)
}

/// Seed guides in service whose file is no longer there. A file that is there but broken is not gone.
async fn gone(tx: &mut Transaction<'static, Any>, checked: &FolderCheck) -> sqlx::Result<Vec<String>> {
    let query = sqlx::query_scalar("SELECT id FROM guides WHERE source = 'seed' AND withdrawn_at IS NULL ORDER BY id");
    let mut ids: Vec<String> = query.fetch_all(&mut **tx).await?;
    ids.retain(|id| !checked.broken.contains(id) && !checked.good.iter().any(|(good, _)| good == id));
    Ok(ids)
}
