//! The one place where the bot's SQL differs between SQLite and PostgreSQL.

use indexer::database::{Database, DatabaseKind};

use super::Transaction;

/// Begins a transaction that sees one state of the database from its first statement on, while others write. SQLite gives
/// that to every reader (WAL); PostgreSQL has to be asked for it.
///
/// # Errors
/// When no connection comes free in time.
pub(crate) async fn begin_snapshot(db: &Database) -> sqlx::Result<Transaction> {
    match db.kind {
        DatabaseKind::Sqlite => db.reader.begin().await,
        DatabaseKind::Postgres => db.reader.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
    }
}

/// What a statement that claims rows adds to the choice of them. Processes that share a PostgreSQL pass over what another one
/// is just taking; on SQLite there is one writer anyway.
pub(crate) fn skip_locked(db: &Database) -> &'static str {
    match db.kind {
        DatabaseKind::Sqlite => "",
        DatabaseKind::Postgres => "FOR UPDATE SKIP LOCKED",
    }
}

/// A statement of its own whose loss in a power cut does no harm, such as a claim: SQLite need not wait for the disk. The next
/// transaction that waits takes it along.
pub(crate) fn without_waiting_for_the_disk(db: &Database, sql: &str) -> String {
    match db.kind {
        DatabaseKind::Sqlite => format!("PRAGMA synchronous = NORMAL; {sql}; PRAGMA synchronous = FULL"),
        DatabaseKind::Postgres => sql.to_owned(),
    }
}

/// `($4, $5, $6)`: the placeholders of a row of `columns` values after so many others.
pub(crate) fn placeholders(others: usize, columns: usize) -> String {
    let numbers: Vec<String> = (others + 1..=others + columns).map(|number| format!("${number}")).collect();
    format!("({})", numbers.join(", "))
}

/// `($1, $2), ($3, $4)`: the placeholders of so many rows.
pub(crate) fn rows(rows: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..rows).map(|row| placeholders(row * columns, columns)).collect();
    rows.join(", ")
}

/// The name of the kind, as a backup's manifest tells it.
pub(crate) fn name(db: &Database) -> &'static str {
    match db.kind {
        DatabaseKind::Sqlite => "sqlite",
        DatabaseKind::Postgres => "postgres",
    }
}
