//! The audit log's table.

use anyhow::Result;

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
