//! Publishes a catalogue: what differs, in one transaction.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use sha2::{Digest, Sha256};
use sqlx::{Any, Transaction};

use super::report::CatalogueReport;
use crate::chunker::hex;
use crate::content::{ContentSource, Publish, Published, publish, withdraw};
use crate::database::Database;

/// Publishes these guides (id and text). With `is_whole`, guides of the catalogue that are not among them are withdrawn.
///
/// # Errors
/// When the database fails; nothing has changed then.
pub(super) async fn store(
    database: &Database,
    guides: &[(String, String)],
    is_whole: bool,
    now: i64,
    report: &mut CatalogueReport,
) -> Result<()> {
    let mut tx = database.begin().await?;
    let before = digests(&mut tx).await?;
    for (id, text) in guides {
        if before.get(id).is_some_and(|digest| *digest == hex(&Sha256::digest(text))) {
            report.unchanged += 1;
            continue;
        }
        let source = ContentSource::Catalogue;
        let item = Publish { id, source, text, author: "indexer", reason: "catalogue", replaces: None, now };
        match publish(&mut tx, item).await? {
            Published::Created => report.created += 1,
            Published::Updated => report.updated += 1,
            Published::Unchanged => report.unchanged += 1,
            Published::KeptConsole { .. } | Published::Outdated { .. } => report.kept.push(id.clone()),
        }
    }
    if is_whole {
        let ids: HashSet<&str> = guides.iter().map(|(id, _)| id.as_str()).collect();
        let mut gone: Vec<&String> = before.keys().filter(|id| !ids.contains(id.as_str())).collect();
        gone.sort();
        for id in gone {
            if withdraw(&mut tx, id, ContentSource::Catalogue, now).await? {
                report.withdrawn.push(id.clone());
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The digests of the catalogue's guides in service that this program has described, in one query.
async fn digests(tx: &mut Transaction<'static, Any>) -> sqlx::Result<HashMap<String, String>> {
    let sql = "SELECT id, digest FROM guides WHERE source = 'catalogue' AND withdrawn_at IS NULL AND review_by <> ''";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().collect())
}
