//! The content store: what is published, and every revision of it.
//!
//! Content lives here and nowhere else. The knowledge base's folder, imported catalogues and the staff console all go
//! through [`publish`]; what an editor has changed in the console is never overwritten by the other two.

mod folder;
mod history;
mod seed;
mod served;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Any, Row, Transaction};

use crate::check;
use crate::chunker::hex;
use crate::guide::{Guide, ParseError};
use crate::lexical::fold;

pub use folder::{ExportReport, ImportReport, export, import};
pub use history::{Revision, revision_text, revisions};
pub use seed::{SyncReport, sync_seed};
pub use served::{PublishedGuide, each_published, published, published_all, published_at, served_revisions, version};

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
    /// All of them.
    pub const ALL: [ContentSource; 3] = [ContentSource::Seed, ContentSource::Catalogue, ContentSource::Console];

    /// The stable name, as written in the database.
    pub fn key(self) -> &'static str {
        match self {
            ContentSource::Seed => "seed",
            ContentSource::Catalogue => "catalogue",
            ContentSource::Console => "console",
        }
    }

    /// The source with that name.
    ///
    /// # Errors
    /// When there is none: the row was written by another program.
    pub fn from_key(key: &str) -> sqlx::Result<ContentSource> {
        let found = ContentSource::ALL.into_iter().find(|source| source.key() == key);
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
    /// The revision that the text was written on, 0 for none: over another one it is not published. `None` publishes
    /// over any.
    pub replaces: Option<i64>,
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
    /// Somebody has published another revision than the one that the text was written on.
    Outdated {
        /// What is published now.
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
    if item.replaces.is_some_and(|revision| revision != before.revision) {
        return Ok(Published::Outdated { revision: before.revision });
    }
    if before.digest == digest && !before.is_withdrawn {
        if !before.is_described {
            describe(tx, &guide).await?;
        }
        return Ok(Published::Unchanged);
    }
    if before.source == Some(ContentSource::Console) && item.source != ContentSource::Console {
        return Ok(Published::KeptConsole { revision: before.revision });
    }
    let revision = add_revision(tx, &item, &digest).await?;
    point_to(tx, &item, revision, &digest).await?;
    describe(tx, &guide).await?;
    Ok(if before.revision == 0 || before.is_withdrawn { Published::Created } else { Published::Updated })
}

/// What is published under an id, before a change.
struct Before {
    source: Option<ContentSource>,
    revision: i64,
    digest: String,
    is_withdrawn: bool,
    /// False where its row was written by a program that knew fewer columns.
    is_described: bool,
}

/// Reads the guide's row and holds it until the transaction ends, making an empty one for a new id: two publishers of
/// one guide go one after the other, also on PostgreSQL.
async fn lock_row(tx: &mut Transaction<'static, Any>, id: &str) -> sqlx::Result<Before> {
    let row = sqlx::query(
        "INSERT INTO guides (id, source, title, field, level, published_revision, digest, folded, updated_at)
         VALUES ($1, '', '', '', '', 0, '', '', 0)
         ON CONFLICT (id) DO UPDATE SET updated_at = guides.updated_at
         RETURNING source, published_revision, digest, review_by, CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END AS withdrawn",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    let revision: i64 = row.try_get("published_revision")?;
    let source = if revision == 0 { None } else { Some(ContentSource::from_key(row.try_get("source")?)?) };
    let is_withdrawn = row.try_get::<i64, _>("withdrawn")? == 1;
    let is_described = !row.try_get::<String, _>("review_by")?.is_empty();
    Ok(Before { source, revision, digest: row.try_get("digest")?, is_withdrawn, is_described })
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

async fn point_to(tx: &mut Transaction<'static, Any>, item: &Publish<'_>, revision: i64, digest: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE guides SET source = $2, published_revision = $3, digest = $4, updated_at = $5, withdrawn_at = NULL WHERE id = $1")
        .bind(item.id)
        .bind(item.source.key())
        .bind(revision)
        .bind(digest)
        .bind(item.now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Writes down what lists of guides show, search and filter by.
async fn describe(tx: &mut Transaction<'static, Any>, guide: &Guide) -> sqlx::Result<()> {
    let texts = [&guide.title, &guide.summary].into_iter().chain(&guide.other_names).chain(&guide.codes);
    let searchable: Vec<&str> = texts.map(String::as_str).collect();
    sqlx::query("UPDATE guides SET title = $2, field = $3, level = $4, folded = $5, review_by = $6, warned_from = $7 WHERE id = $1")
        .bind(&guide.id)
        .bind(&guide.title)
        .bind(&guide.field)
        .bind(guide.level.key())
        .bind(fold(&searchable.join("\n")))
        .bind(guide.review_by.to_string())
        .bind(check::warned_from(guide).to_string())
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
