//! The audit log's table.

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Transaction;
use crate::audit::{Action, Actor, Subject};

/// An entry to write.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry<'a> {
    /// Row id.
    pub(crate) id: String,
    /// Now, in milliseconds.
    pub(crate) at: i64,
    /// Who.
    pub(crate) actor: Actor<'a>,
    /// Did what.
    pub(crate) action: Action,
    /// To what.
    pub(crate) subject: Subject<'a>,
    /// What was and what is (JSON).
    pub(crate) change: String,
}

/// Writes an entry.
pub(crate) async fn insert(tx: &mut Transaction, entry: &NewEntry<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit_log (id, at, staff_id, staff_name, action, subject_kind, subject_id, subject_name, change)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&entry.id)
    .bind(entry.at)
    .bind(entry.actor.staff_id)
    .bind(entry.actor.name)
    .bind(entry.action.key())
    .bind(entry.subject.kind.key())
    .bind(entry.subject.id)
    .bind(entry.subject.name)
    .bind(&entry.change)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An entry to read.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// In milliseconds.
    pub(crate) at: i64,
    /// Who, as they were called then; empty where nobody was signed in.
    pub(crate) staff_name: String,
    /// The key of an [`Action`].
    pub(crate) action: String,
    /// The key of a [`Kind`](crate::audit::Kind).
    pub(crate) subject_kind: String,
    /// The row's id.
    pub(crate) subject_id: String,
    /// As it was called then.
    pub(crate) subject_name: String,
    /// What was and what is (JSON).
    pub(crate) change: String,
}

/// Some entries, newest first; an empty `staff_id` or `kind` stands for all.
pub(crate) async fn list(db: &Database, staff_id: &str, kind: &str, limit: i64, skip: i64) -> Result<Vec<Entry>> {
    let rows = sqlx::query(
        "SELECT at, staff_name, action, subject_kind, subject_id, subject_name, change FROM audit_log
         WHERE ($1 = '' OR staff_id = $1) AND ($2 = '' OR subject_kind = $2) ORDER BY at DESC, id DESC LIMIT $3 OFFSET $4",
    )
    .bind(staff_id)
    .bind(kind)
    .bind(limit)
    .bind(skip)
    .fetch_all(&db.reader)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Entry> {
    Ok(Entry {
        at: row.try_get("at")?,
        staff_name: row.try_get("staff_name")?,
        action: row.try_get("action")?,
        subject_kind: row.try_get("subject_kind")?,
        subject_id: row.try_get("subject_id")?,
        subject_name: row.try_get("subject_name")?,
        change: row.try_get("change")?,
    })
}
