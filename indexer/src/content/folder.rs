//! The content store written to a folder, and read from one.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{ContentSource, Publish, Published, publish};
use crate::check::{self, Finding, Severity};
use crate::database::Database;
use crate::guide::vietnam_date;

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExportReport {
    /// Guides whose file is new or another one now.
    pub written: Vec<String>,
    /// How many files were already as they should be.
    pub skipped: usize,
    /// Guides that are withdrawn and whose file was removed.
    pub removed: Vec<String>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Guides that are new.
    pub created: Vec<String>,
    /// Guides with a new revision.
    pub updated: Vec<String>,
    /// How many were already published as they are.
    pub skipped: usize,
    /// Guides that editors have withdrawn, and which stay so.
    pub withdrawn: Vec<String>,
    /// Why files were left out.
    pub broken: Vec<Finding>,
}

/// Writes each published guide's text, byte for byte, to the folder's guides and removes the files of withdrawn ones.
/// Other files there are left alone.
///
/// # Errors
/// When the database fails, or a file can't be written.
pub async fn export(database: &Database, folder: &Path) -> Result<ExportReport> {
    let texts: Vec<(String, String)> = sqlx::query_as(
        "SELECT g.id, r.text FROM guides g JOIN guide_revisions r ON r.guide_id = g.id AND r.revision = g.published_revision
         WHERE g.withdrawn_at IS NULL ORDER BY g.id",
    )
    .fetch_all(&database.reader)
    .await?;
    let withdrawn: Vec<String> =
        sqlx::query_scalar("SELECT id FROM guides WHERE withdrawn_at IS NOT NULL ORDER BY id").fetch_all(&database.reader).await?;
    let folder = target(folder);
    spawn_blocking(move || write(&folder, texts, withdrawn)).await?
}

/// Where an import would look: the folder itself where guides lie in it, else its folder `guides/`.
fn target(folder: &Path) -> PathBuf {
    let found = check::guides_folder(folder);
    let entries = fs::read_dir(&found).into_iter().flatten().flatten();
    let has_guides = entries.into_iter().any(|entry| entry.path().extension().is_some_and(|end| end == "md"));
    if found != folder || has_guides { found } else { folder.join("guides") }
}

fn write(folder: &Path, texts: Vec<(String, String)>, withdrawn: Vec<String>) -> Result<ExportReport> {
    fs::create_dir_all(folder).with_context(|| format!("không tạo được thư mục {}", folder.display()))?;
    let file = |id: &str| folder.join(format!("{id}.md"));
    let mut report = ExportReport::default();
    for (id, text) in texts {
        if fs::read(file(&id)).is_ok_and(|bytes| bytes == text.as_bytes()) {
            report.skipped += 1;
            continue;
        }
        fs::write(file(&id), text).with_context(|| format!("không ghi được tệp {}", file(&id).display()))?;
        report.written.push(id);
    }
    for id in withdrawn {
        match fs::remove_file(file(&id)) {
            Ok(()) => report.removed.push(id),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("không xóa được tệp {}", file(&id).display())),
        }
    }
    Ok(report)
}

/// Publishes each good guide of the folder whose text differs from what is published, as an editor would, all in one
/// transaction. A guide without a file there stays as it is.
///
/// # Errors
/// When the folder can't be read or holds no guide at all, or the database fails; nothing has changed then.
pub async fn import(database: &Database, folder: &Path, author: &str, reason: &str, now: i64) -> Result<ImportReport> {
    let checked = check::check_folder(folder, vietnam_date(now))?;
    let mut report = ImportReport::default();
    let mut tx = database.begin().await?;
    let withdrawn: Vec<String> =
        sqlx::query_scalar("SELECT id FROM guides WHERE withdrawn_at IS NOT NULL AND source = 'console'").fetch_all(&mut *tx).await?;
    let withdrawn: HashSet<String> = withdrawn.into_iter().collect();
    for (id, text) in checked.good {
        if withdrawn.contains(&id) {
            report.withdrawn.push(id);
            continue;
        }
        let item = Publish { id: &id, source: ContentSource::Console, text: &text, author, reason, now, replaces: None };
        match publish(&mut tx, item).await? {
            Published::Created => report.created.push(id),
            Published::Updated => report.updated.push(id),
            Published::Unchanged | Published::KeptConsole { .. } | Published::Outdated { .. } => report.skipped += 1,
        }
    }
    tx.commit().await?;
    report.broken = checked.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    Ok(report)
}
