//! The bot's tables. The content store's tables belong to `indexer`; both live in the same database.

pub mod conversations;
pub(crate) mod dead_letters;
pub(crate) mod erasure;
pub(crate) mod retention;
pub mod staff;
pub mod tickets;

use anyhow::{Context as _, Result};
use indexer::database::Database;

/// A transaction that may write.
pub type Transaction = sqlx::Transaction<'static, sqlx::Any>;

/// `ignore_missing`: the content store's migrations are recorded in the same table.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate::Migrator { ignore_missing: true, ..sqlx::migrate!("./migrations") };

/// Opens the database and brings the content store's tables and the bot's own up to date.
///
/// # Errors
/// When it can't be reached, or is of a newer version than this program.
pub async fn open(url: &str) -> Result<Database> {
    let db = Database::open(url).await?;
    MIGRATIONS.run(&db.writer).await.context("không nâng cấp được cơ sở dữ liệu")?;
    Ok(db)
}

/// Migrations of this program that the database lacks, by number.
///
/// # Errors
/// When the database fails.
pub async fn missing_migrations(db: &Database) -> Result<Vec<i64>> {
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&db.reader).await?;
    let wanted = indexer::database::MIGRATIONS.iter().chain(MIGRATIONS.iter()).map(|migration| migration.version);
    Ok(wanted.filter(|version| !applied.contains(version)).collect())
}
