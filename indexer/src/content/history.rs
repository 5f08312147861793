//! A guide's revisions.

use anyhow::Result;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::ContentSource;
use crate::database::Database;

/// One entry of a guide's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Counted from 1.
    pub revision: i64,
    /// Who brought it.
    pub source: ContentSource,
    /// The account or program that published.
    pub author: String,
    /// Why.
    pub reason: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// A guide's history, the newest revision first.
///
/// # Errors
/// When the database fails.
pub async fn revisions(database: &Database, id: &str) -> Result<Vec<Revision>> {
    let query = sqlx::query_as(
        "SELECT revision, source, author, reason, created_at FROM guide_revisions WHERE guide_id = $1 ORDER BY revision DESC",
    );
    Ok(query.bind(id).fetch_all(&database.reader).await?)
}

/// The whole Markdown file of a revision.
///
/// # Errors
/// When the database fails.
pub async fn revision_text(database: &Database, id: &str, revision: i64) -> Result<Option<String>> {
    let query = sqlx::query_scalar("SELECT text FROM guide_revisions WHERE guide_id = $1 AND revision = $2");
    Ok(query.bind(id).bind(revision).fetch_optional(&database.reader).await?)
}

impl FromRow<'_, AnyRow> for Revision {
    fn from_row(row: &AnyRow) -> sqlx::Result<Revision> {
        Ok(Revision {
            revision: row.try_get("revision")?,
            source: ContentSource::from_key(row.try_get("source")?)?,
            author: row.try_get("author")?,
            reason: row.try_get("reason")?,
            created_at: row.try_get("created_at")?,
        })
    }
}
