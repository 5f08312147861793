//! The bot's tables. The content store's tables belong to `indexer`; both live in the same database.

pub(crate) mod accounts;
pub mod answers;
pub(crate) mod audit_log;
pub mod conversations;
pub(crate) mod dead_letters;
pub(crate) mod dialect;
pub(crate) mod drafts;
pub(crate) mod erasure;
pub(crate) mod guide_list;
pub(crate) mod invitations;
pub(crate) mod learners;
pub mod messages;
pub(crate) mod reachability;
pub(crate) mod retention;
pub mod staff;
pub mod tickets;

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::AnyConnection;
use sqlx::migrate::{Migration, Migrator};

/// A transaction that may write.
pub type Transaction = sqlx::Transaction<'static, sqlx::Any>;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Opens the database and brings the content store's tables and the bot's own up to date.
///
/// # Errors
/// When it can't be reached, or is of a newer version than this program.
pub async fn open(url: &str) -> Result<Database> {
    let db = Database::open(url).await?;
    db.refuse_newer(|version| migrations().any(|migration| migration.version == version)).await?;
    migrate(&mut *db.writer.acquire().await?, |_| true).await?;
    Ok(db)
}

/// Every migration of this program: first the content store's, then the bot's. Versions only grow.
pub(crate) fn migrations() -> impl Iterator<Item = &'static Migration> {
    indexer::database::migrations().chain(MIGRATIONS.iter())
}

/// Migrations of this program that the database lacks, by number.
///
/// # Errors
/// When the database fails.
pub async fn missing_migrations(db: &Database) -> Result<Vec<i64>> {
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&db.reader).await?;
    Ok(migrations().map(|migration| migration.version).filter(|version| !applied.contains(version)).collect())
}

/// Runs those migrations of both crates that are `wanted` and have not run yet.
///
/// # Errors
/// When one fails, or one that has run was another text then.
pub(crate) async fn migrate(connection: &mut AnyConnection, wanted: impl Fn(i64) -> bool) -> Result<()> {
    let wanted: Vec<Migration> = migrations().filter(|migration| wanted(migration.version)).cloned().collect();
    // Migrations that ran but are not wanted are no mistake: `open` has looked for unknown ones.
    let migrator = Migrator { migrations: wanted.into(), ignore_missing: true, ..Migrator::DEFAULT };
    migrator.run_direct(connection).await.context("không nâng cấp được cơ sở dữ liệu")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_of_a_newer_program_is_refused_in_one_sentence() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("sen.sqlite").display());
        let db = open(&url).await?;
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, '', TRUE, '', 0)",
        )
        .execute(&db.writer)
        .await?;
        let refused = open(&url).await.err().map(|error| format!("{error:#}"));
        assert_eq!(
            refused.as_deref(),
            Some("cơ sở dữ liệu thuộc phiên bản Sen mới hơn chương trình này (bước 9999); hãy cập nhật Sen rồi chạy lại")
        );
        Ok(())
    }
}
