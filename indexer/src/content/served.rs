//! What is published: the guides that answer.

use std::collections::HashMap;

use anyhow::Result;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::ContentSource;
use crate::database::Database;
use crate::guide::Guide;

/// A guide as it is served.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedGuide {
    /// The guide.
    pub guide: Guide,
    /// Its revision.
    pub revision: i64,
    /// Who brought that revision.
    pub source: ContentSource,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
}

const PUBLISHED: &str = "SELECT g.id, r.text, r.revision, r.source, r.digest FROM guides g
    JOIN guide_revisions r ON r.guide_id = g.id AND r.revision = g.published_revision
    WHERE g.withdrawn_at IS NULL";

/// The guide that is served under an id.
///
/// # Errors
/// When the database fails, or the stored text is no guide for this version of the program.
pub async fn published(database: &Database, id: &str) -> Result<Option<PublishedGuide>> {
    let row = sqlx::query(&format!("{PUBLISHED} AND g.id = $1")).bind(id).fetch_optional(&database.reader).await?;
    row.map(|row| published_guide(&row)).transpose()
}

/// All guides that are served, in the order of ids; a whole catalogue takes much memory ([`each_published`] does not).
///
/// # Errors
/// When the database fails.
pub async fn published_all(database: &Database) -> Result<Vec<PublishedGuide>> {
    let mut guides = Vec::new();
    each_published(database, |guide| guides.push(guide)).await?;
    Ok(guides)
}

/// So many guides are read at a time.
const PAGE: i64 = 20;

/// Shows all guides that are served, in the order of ids, a few in memory at a time. One that this version of the program
/// can't read is logged and left out, so that it doesn't take the others down.
///
/// # Errors
/// When the database fails.
pub async fn each_published(database: &Database, mut show: impl FnMut(PublishedGuide)) -> Result<()> {
    let page = format!("{PUBLISHED} AND g.id > $1 ORDER BY g.id LIMIT $2");
    let mut last = String::new();
    loop {
        let rows = sqlx::query(&page).bind(&last).bind(PAGE).fetch_all(&database.reader).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get("id")?;
        for row in &rows {
            match published_guide(row) {
                Ok(guide) => show(guide),
                Err(error) => tracing::error!(%error, "a published guide can't be read"),
            }
        }
    }
}

/// A guide as it was at one of its revisions, also when it is published no more.
///
/// # Errors
/// As [`published`].
pub async fn published_at(database: &Database, id: &str, revision: i64) -> Result<Option<PublishedGuide>> {
    let sql = "SELECT text, revision, source, digest FROM guide_revisions WHERE guide_id = $1 AND revision = $2";
    let row = sqlx::query(sql).bind(id).bind(revision).fetch_optional(&database.reader).await?;
    row.map(|row| published_guide(&row)).transpose()
}

/// The revision of each guide that is served: who remembers them learns which guides to read again.
///
/// # Errors
/// When the database fails.
pub async fn served_revisions(database: &Database) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT id, published_revision FROM guides WHERE withdrawn_at IS NULL").fetch_all(&database.reader).await?;
    Ok(rows.into_iter().collect())
}

/// A number that grows with every publication and withdrawal, and with nothing else: who remembers it learns whether to
/// read again.
///
/// # Errors
/// When the database fails.
pub async fn version(database: &Database) -> Result<i64> {
    // A publication adds a revision and at most brings one guide back: 2 - 1. A withdrawal adds 1.
    let query = sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(2 * published_revision + CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT)
         FROM guides",
    );
    Ok(query.fetch_one(&database.reader).await?)
}

fn published_guide(row: &AnyRow) -> Result<PublishedGuide> {
    Ok(PublishedGuide {
        guide: Guide::parse(row.try_get("text")?)?,
        revision: row.try_get("revision")?,
        source: ContentSource::from_key(row.try_get("source")?)?,
        digest: row.try_get("digest")?,
    })
}
