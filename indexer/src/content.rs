//! The content store: what is published, and every revision of it.
//!
//! Content lives here and nowhere else. The knowledge base's folder, imported catalogues and the staff console all go
//! through [`publish`]; what an editor has changed in the console is never overwritten by the other two.

mod seed;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, FromRow, Row, Transaction};

use crate::chunker::hex;
use crate::database::Database;
use crate::guide::{Guide, ParseError};
use crate::lexical::fold;

pub use seed::{SyncReport, sync_seed};

/// Where an item of content comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentSource {
    /// The folder `knowledge-base/`.
    Seed,
    /// Imported official procedures.
    Catalogue,
    /// The staff console.
    Console,
}

impl ContentSource {
    /// The stable name, as written in the database.
    pub fn key(self) -> &'static str {
        match self {
            ContentSource::Seed => "seed",
            ContentSource::Catalogue => "catalogue",
            ContentSource::Console => "console",
        }
    }

    fn from_key(key: &str) -> sqlx::Result<ContentSource> {
        let all = [ContentSource::Seed, ContentSource::Catalogue, ContentSource::Console];
        let found = all.into_iter().find(|source| source.key() == key);
        found.ok_or_else(|| sqlx::Error::Decode(format!("unknown source of content: {key}").into()))
    }
}

/// One guide to publish.
#[derive(Clone, Copy, Debug)]
pub struct Publish<'a> {
    /// The guide's id.
    pub id: &'a str,
    /// Who brings it.
    pub source: ContentSource,
    /// The whole Markdown file, kept byte for byte.
    pub text: &'a str,
    /// The account or program that publishes.
    pub author: &'a str,
    /// Why, for the history.
    pub reason: &'a str,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// What publishing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It was not there, or had been withdrawn.
    Created,
    /// It has a new revision.
    Updated,
    /// The same text is already published.
    Unchanged,
    /// It was changed in the console, whose revision stays.
    KeptConsole {
        /// The console's revision.
        revision: i64,
    },
}

/// Why a guide was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The text is not a guide.
    #[error(transparent)]
    Broken(#[from] ParseError),
    /// The text's `id` is another one.
    #[error("bản hướng dẫn ghi id khác: {0}")]
    OtherId(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

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

/// One entry of a guide's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Counted from 1.
    pub revision: i64,
    /// The whole Markdown file.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// Who brought it.
    pub source: ContentSource,
    /// The account or program that published.
    pub author: String,
    /// Why.
    pub reason: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// Publishes a guide within the caller's transaction, so that its index job can be written with it.
///
/// # Errors
/// [`PublishError`]; the caller then drops the transaction.
pub async fn publish(tx: &mut Transaction<'static, Any>, item: Publish<'_>) -> Result<Published, PublishError> {
    let guide = Guide::parse(item.text)?;
    if guide.id != item.id {
        return Err(PublishError::OtherId(guide.id));
    }
    let digest = hex(&Sha256::digest(item.text));
    let before = lock_row(tx, item.id).await?;
    if before.digest == digest && !before.is_withdrawn {
        return Ok(Published::Unchanged);
    }
    if before.source == Some(ContentSource::Console) && item.source != ContentSource::Console {
        return Ok(Published::KeptConsole { revision: before.revision });
    }
    let revision = add_revision(tx, &item, &digest).await?;
    point_to(tx, &item, &guide, revision, &digest).await?;
    Ok(if before.revision == 0 || before.is_withdrawn { Published::Created } else { Published::Updated })
}

/// What is published under an id, before a change.
struct Before {
    source: Option<ContentSource>,
    revision: i64,
    digest: String,
    is_withdrawn: bool,
}

/// Reads the guide's row and holds it until the transaction ends, making an empty one for a new id: two publishers of
/// one guide go one after the other, also on PostgreSQL.
async fn lock_row(tx: &mut Transaction<'static, Any>, id: &str) -> sqlx::Result<Before> {
    let row = sqlx::query(
        "INSERT INTO guides (id, source, title, field, level, published_revision, digest, folded, updated_at)
         VALUES ($1, '', '', '', '', 0, '', '', 0)
         ON CONFLICT (id) DO UPDATE SET updated_at = guides.updated_at
         RETURNING source, published_revision, digest, CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END AS withdrawn",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    let revision: i64 = row.try_get("published_revision")?;
    let source = if revision == 0 { None } else { Some(ContentSource::from_key(row.try_get("source")?)?) };
    let is_withdrawn = row.try_get::<i64, _>("withdrawn")? == 1;
    Ok(Before { source, revision, digest: row.try_get("digest")?, is_withdrawn })
}

async fn add_revision(tx: &mut Transaction<'static, Any>, item: &Publish<'_>, digest: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "INSERT INTO guide_revisions (guide_id, revision, text, digest, source, author, reason, created_at)
         VALUES ($1, (SELECT CAST(COALESCE(MAX(revision), 0) + 1 AS BIGINT) FROM guide_revisions WHERE guide_id = $1),
                 $2, $3, $4, $5, $6, $7)
         RETURNING revision",
    )
    .bind(item.id)
    .bind(item.text)
    .bind(digest)
    .bind(item.source.key())
    .bind(item.author)
    .bind(item.reason)
    .bind(item.now)
    .fetch_one(&mut **tx)
    .await
}

async fn point_to(tx: &mut Transaction<'static, Any>, item: &Publish<'_>, guide: &Guide, revision: i64, digest: &str) -> sqlx::Result<()> {
    let texts = [&guide.title, &guide.summary].into_iter().chain(&guide.other_names).chain(&guide.codes);
    let searchable: Vec<&str> = texts.map(String::as_str).collect();
    sqlx::query(
        "UPDATE guides SET source = $2, title = $3, field = $4, level = $5, published_revision = $6, digest = $7,
                folded = $8, updated_at = $9, withdrawn_at = NULL
         WHERE id = $1",
    )
    .bind(item.id)
    .bind(item.source.key())
    .bind(&guide.title)
    .bind(&guide.field)
    .bind(guide.level.key())
    .bind(revision)
    .bind(digest)
    .bind(fold(&searchable.join("\n")))
    .bind(item.now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Takes a guide out of service; its history stays. `false` when it was not in service, or when the console has
/// changed it and `source` is not the console. What the console withdraws, a sync doesn't bring back.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(tx: &mut Transaction<'static, Any>, id: &str, source: ContentSource, now: i64) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE guides SET withdrawn_at = $3, updated_at = $3, source = $2
         WHERE id = $1 AND withdrawn_at IS NULL AND (source = $2 OR $2 = 'console')",
    )
    .bind(id)
    .bind(source.key())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

const PUBLISHED: &str = "SELECT r.text, r.revision, r.source, r.digest FROM guides g
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

/// All guides that are served, in the order of ids. One that this version of the program can't read is logged and left
/// out, so that it doesn't take the others down.
///
/// # Errors
/// When the database fails.
pub async fn published_all(database: &Database) -> Result<Vec<PublishedGuide>> {
    let rows = sqlx::query(&format!("{PUBLISHED} ORDER BY g.id")).fetch_all(&database.reader).await?;
    let mut guides = Vec::with_capacity(rows.len());
    for row in rows {
        match published_guide(&row) {
            Ok(guide) => guides.push(guide),
            Err(error) => tracing::error!(%error, "a published guide can't be read"),
        }
    }
    Ok(guides)
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

/// A guide's history, the newest revision first.
///
/// # Errors
/// When the database fails.
pub async fn revisions(database: &Database, id: &str) -> Result<Vec<Revision>> {
    let query = sqlx::query_as("SELECT * FROM guide_revisions WHERE guide_id = $1 ORDER BY revision DESC");
    Ok(query.bind(id).fetch_all(&database.reader).await?)
}

impl FromRow<'_, AnyRow> for Revision {
    fn from_row(row: &AnyRow) -> sqlx::Result<Revision> {
        Ok(Revision {
            revision: row.try_get("revision")?,
            text: row.try_get("text")?,
            digest: row.try_get("digest")?,
            source: ContentSource::from_key(row.try_get("source")?)?,
            author: row.try_get("author")?,
            reason: row.try_get("reason")?,
            created_at: row.try_get("created_at")?,
        })
    }
}
