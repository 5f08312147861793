//! The database's record of the indexes and of the chunks in them.

use std::collections::HashSet;

use anyhow::{Context, Result};
use models::Embedder;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::chunker::{CHUNKER_VERSION, Chunk};
use crate::database::Database;

/// What an index is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not complete.
    Building,
    /// The one that answers.
    Current,
}

impl State {
    fn key(self) -> &'static str {
        match self {
            State::Building => "building",
            State::Current => "current",
        }
    }
}

/// One index.
#[derive(Clone, Debug)]
pub(super) struct IndexRow {
    pub(super) name: String,
    pub(super) model_id: String,
    pub(super) dimensions: usize,
    pub(super) chunker_version: i64,
    pub(super) state: State,
}

/// The index that answers.
pub(super) async fn current(database: &Database) -> Result<Option<IndexRow>> {
    Ok(in_state(database, State::Current).await?.pop())
}

/// Indexes that were begun and not completed.
pub(super) async fn building(database: &Database) -> Result<Vec<IndexRow>> {
    in_state(database, State::Building).await
}

async fn in_state(database: &Database, state: State) -> Result<Vec<IndexRow>> {
    let query = sqlx::query("SELECT name, model_id, dimensions, chunker_version FROM indexes WHERE state = $1 ORDER BY created_at");
    let rows = query.bind(state.key()).fetch_all(&database.writer).await?;
    rows.iter().map(|row| index_row(row, state)).collect()
}

fn index_row(row: &AnyRow, state: State) -> Result<IndexRow> {
    Ok(IndexRow {
        name: row.try_get("name")?,
        model_id: row.try_get("model_id")?,
        dimensions: usize::try_from(row.try_get::<i64, _>("dimensions")?)?,
        chunker_version: row.try_get("chunker_version")?,
        state,
    })
}

/// What the names of indexes begin with; the time of their creation follows.
const NAME: &str = "chunks-";

/// Whether an index can have that name.
pub(super) fn is_name(text: &str) -> bool {
    text.strip_prefix(NAME).is_some_and(|time| time.parse::<i64>().is_ok())
}

/// Begins an index for that embedder and this program's chunker.
pub(super) async fn create(database: &Database, embedder: &dyn Embedder, now: i64) -> Result<IndexRow> {
    let row = IndexRow {
        name: format!("{NAME}{now}"),
        model_id: embedder.id().to_owned(),
        dimensions: embedder.dimensions(),
        chunker_version: i64::from(CHUNKER_VERSION),
        state: State::Building,
    };
    sqlx::query(
        "INSERT INTO indexes (name, model_id, dimensions, chunker_version, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&row.name)
    .bind(&row.model_id)
    .bind(i64::try_from(row.dimensions)?)
    .bind(row.chunker_version)
    .bind(row.state.key())
    .bind(now)
    .execute(&database.writer)
    .await?;
    Ok(row)
}

/// Makes a completed index the one that answers and retires the one before, in one transaction.
pub(super) async fn switch_to(database: &Database, name: &str) -> Result<()> {
    let mut tx = database.begin().await?;
    sqlx::query("UPDATE indexes SET state = 'retired' WHERE state = 'current'").execute(&mut *tx).await?;
    sqlx::query("UPDATE indexes SET state = 'current' WHERE name = $1").bind(name).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// The names of indexes that no longer answer.
pub(super) async fn retired(database: &Database) -> Result<Vec<String>> {
    let query = sqlx::query_scalar("SELECT name FROM indexes WHERE state = 'retired'");
    Ok(query.fetch_all(&database.writer).await?)
}

/// The names of all indexes.
pub(super) async fn names(database: &Database) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT name FROM indexes").fetch_all(&database.writer).await?)
}

/// Forgets an index and its chunks.
pub(super) async fn remove(database: &Database, name: &str) -> Result<()> {
    let mut tx = database.begin().await?;
    sqlx::query("DELETE FROM index_chunks WHERE index_name = $1").bind(name).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM indexes WHERE name = $1").bind(name).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// The chunks recorded as indexed.
pub(super) async fn chunk_ids(database: &Database, name: &str) -> Result<HashSet<u64>> {
    let query = sqlx::query_scalar("SELECT chunk_id FROM index_chunks WHERE index_name = $1");
    read_ids(query.bind(name).fetch_all(&database.writer).await?)
}

/// Those of one guide.
pub(super) async fn chunk_ids_of(database: &Database, name: &str, guide_id: &str) -> Result<HashSet<u64>> {
    let query = sqlx::query_scalar("SELECT chunk_id FROM index_chunks WHERE index_name = $1 AND guide_id = $2");
    read_ids(query.bind(name).bind(guide_id).fetch_all(&database.writer).await?)
}

fn read_ids(ids: Vec<String>) -> Result<HashSet<u64>> {
    ids.iter().map(|id| u64::from_str_radix(id, 16).with_context(|| format!("{id} is no chunk id"))).collect()
}

/// Records chunks as indexed.
pub(super) async fn record(database: &Database, name: &str, chunks: impl Iterator<Item = &Chunk>) -> Result<()> {
    let mut tx = database.begin().await?;
    for chunk in chunks {
        let query = sqlx::query("INSERT INTO index_chunks (index_name, chunk_id, guide_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        query.bind(name).bind(key(chunk.id)).bind(&chunk.guide_id).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Records chunks as removed.
pub(super) async fn forget(database: &Database, name: &str, ids: &[u64]) -> Result<()> {
    let mut tx = database.begin().await?;
    for id in ids {
        let query = sqlx::query("DELETE FROM index_chunks WHERE index_name = $1 AND chunk_id = $2");
        query.bind(name).bind(key(*id)).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// A chunk's id as text: the databases' widest integer is signed.
fn key(id: u64) -> String {
    format!("{id:016x}")
}
