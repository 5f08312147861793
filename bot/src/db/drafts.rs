//! What editors are writing.

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;

use super::Transaction;
use crate::knowledge::value::Row;

/// A draft.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The revision that it began with, 0 for a new guide.
    pub(crate) base_revision: i64,
    /// As the form shows them.
    pub(crate) fields: Row,
    /// Grows with each save.
    pub(crate) version: i64,
    /// When it was saved last, in milliseconds.
    pub(crate) updated_at: i64,
}

/// A draft to save.
pub(crate) struct NewDraft<'a> {
    /// The guide's id, given or to come.
    pub(crate) guide_id: &'a str,
    /// Whose it is.
    pub(crate) staff_id: &'a str,
    /// The revision that it began with, 0 for a new guide.
    pub(crate) base_revision: i64,
    /// For lists.
    pub(crate) title: &'a str,
    /// As the form shows them.
    pub(crate) fields: &'a Row,
    /// The version that the editor saw, 0 for none.
    pub(crate) version: i64,
    /// In milliseconds.
    pub(crate) now: i64,
}

/// A draft in a list.
#[derive(Clone, Debug)]
pub(crate) struct DraftLine {
    /// The guide's id.
    pub(crate) guide_id: String,
    /// Its title as the draft has it.
    pub(crate) title: String,
    /// Who writes it.
    pub(crate) author: String,
    /// When it was saved last, in milliseconds.
    pub(crate) updated_at: i64,
}

/// This editor's draft of the guide.
pub(crate) async fn find(db: &Database, guide_id: &str, staff_id: &str) -> Result<Option<Draft>> {
    let sql = "SELECT base_revision, fields, version, updated_at FROM guide_drafts WHERE guide_id = $1 AND staff_id = $2";
    let row = sqlx::query(sql).bind(guide_id).bind(staff_id).fetch_optional(&db.reader).await?;
    let read = |row: sqlx::any::AnyRow| {
        Ok(Draft {
            base_revision: row.try_get("base_revision")?,
            fields: serde_json::from_str(row.try_get("fields")?)?,
            version: row.try_get("version")?,
            updated_at: row.try_get("updated_at")?,
        })
    };
    row.map(read).transpose()
}

/// Saves a draft; its new version, or none where it has been saved elsewhere meanwhile. A draft that is gone, since it was
/// published or given up elsewhere, comes back: its words are not lost.
pub(crate) async fn save(db: &Database, draft: &NewDraft<'_>) -> Result<Option<i64>> {
    let version = sqlx::query_scalar(
        "INSERT INTO guide_drafts (guide_id, staff_id, base_revision, title, fields, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 1, $7, $7)
         ON CONFLICT (guide_id, staff_id) DO UPDATE SET base_revision = excluded.base_revision, title = excluded.title,
           fields = excluded.fields, version = guide_drafts.version + 1, updated_at = excluded.updated_at
         WHERE guide_drafts.version = $6
         RETURNING version",
    )
    .bind(draft.guide_id)
    .bind(draft.staff_id)
    .bind(draft.base_revision)
    .bind(draft.title)
    .bind(serde_json::to_string(draft.fields)?)
    .bind(draft.version)
    .bind(draft.now)
    .fetch_optional(&db.writer)
    .await?;
    Ok(version)
}

/// Takes a draft away if it is still at this version. False when it is not.
pub(crate) async fn remove(tx: &mut Transaction, guide_id: &str, staff_id: &str, version: i64) -> Result<bool> {
    let sql = "DELETE FROM guide_drafts WHERE guide_id = $1 AND staff_id = $2 AND version = $3";
    let done = sqlx::query(sql).bind(guide_id).bind(staff_id).bind(version).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Drafts of this guide that other editors have.
pub(crate) async fn of_others(db: &Database, guide_id: &str, staff_id: &str) -> Result<Vec<DraftLine>> {
    let sql = format!("{LINES} WHERE d.guide_id = $1 AND d.staff_id <> $2 ORDER BY d.updated_at DESC");
    lines(sqlx::query(&sql).bind(guide_id).bind(staff_id).fetch_all(&db.reader).await?)
}

/// Drafts of guides that were never published.
pub(crate) async fn of_new_guides(db: &Database) -> Result<Vec<DraftLine>> {
    let sql = format!("{LINES} WHERE NOT EXISTS (SELECT 1 FROM guides g WHERE g.id = d.guide_id) ORDER BY d.updated_at DESC LIMIT 100");
    lines(sqlx::query(&sql).fetch_all(&db.reader).await?)
}

/// Whether a guide or a draft has this id.
pub(crate) async fn is_taken(db: &Database, guide_id: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM guides WHERE id = $1 UNION ALL SELECT 1 FROM guide_drafts WHERE guide_id = $1 LIMIT 1";
    Ok(sqlx::query(sql).bind(guide_id).fetch_optional(&db.reader).await?.is_some())
}

const LINES: &str = "SELECT d.guide_id, d.title, p.display_name, d.updated_at FROM guide_drafts d JOIN staff p ON p.id = d.staff_id";

fn lines(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<DraftLine>> {
    let read = |row: sqlx::any::AnyRow| {
        Ok(DraftLine {
            guide_id: row.try_get("guide_id")?,
            title: row.try_get("title")?,
            author: row.try_get("display_name")?,
            updated_at: row.try_get("updated_at")?,
        })
    };
    rows.into_iter().map(read).collect()
}
