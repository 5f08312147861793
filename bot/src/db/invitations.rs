//! One-time links by which colleagues make their account or set their password anew.

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Transaction;
use crate::staff::role::Role;

/// A link that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    /// Row id.
    pub(crate) id: String,
    /// Whose password it sets anew; none where it makes an account.
    pub(crate) staff_id: Option<String>,
    /// Whom it is for.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// In milliseconds.
    pub(crate) expires_at: i64,
}

const COLUMNS: &str = "id, staff_id, name, role, expires_at";
const OPEN: &str = "used_at IS NULL AND expires_at >";

/// Writes one.
pub(crate) async fn insert(tx: &mut Transaction, invitation: &Invitation, token_hash: &str, invited_by: &str, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO invitations (id, token_hash, staff_id, name, role, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&invitation.id)
    .bind(token_hash)
    .bind(&invitation.staff_id)
    .bind(&invitation.name)
    .bind(invitation.role.key())
    .bind(invited_by)
    .bind(now)
    .bind(invitation.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those that can still be used, the newest first.
pub(crate) async fn list(db: &Database, now: i64) -> Result<Vec<Invitation>> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE {OPEN} $1 ORDER BY created_at DESC, id");
    sqlx::query(&sql).bind(now).fetch_all(&db.reader).await?.iter().map(read).collect()
}

/// The one with this token; none when it is used, expired, taken back or unknown.
pub(crate) async fn find(db: &Database, token_hash: &str, now: i64) -> Result<Option<Invitation>> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE token_hash = $1 AND {OPEN} $2");
    sqlx::query(&sql).bind(token_hash).bind(now).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// [`find`], and nobody finds it again.
pub(crate) async fn use_up(tx: &mut Transaction, token_hash: &str, now: i64) -> Result<Option<Invitation>> {
    let sql = format!("UPDATE invitations SET used_at = $2 WHERE token_hash = $1 AND {OPEN} $2 RETURNING {COLUMNS}");
    sqlx::query(&sql).bind(token_hash).bind(now).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// Takes one back; none when it is used already or unknown.
pub(crate) async fn withdraw(tx: &mut Transaction, id: &str) -> Result<Option<Invitation>> {
    let sql = format!("DELETE FROM invitations WHERE id = $1 AND used_at IS NULL RETURNING {COLUMNS}");
    sqlx::query(&sql).bind(id).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// Takes back what was given to this person or by them.
pub(crate) async fn withdraw_all_of(tx: &mut Transaction, staff_id: &str) -> Result<()> {
    let sql = "DELETE FROM invitations WHERE used_at IS NULL AND (staff_id = $1 OR invited_by = $1)";
    sqlx::query(sql).bind(staff_id).execute(&mut **tx).await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Invitation> {
    Ok(Invitation {
        id: row.try_get("id")?,
        staff_id: row.try_get("staff_id")?,
        name: row.try_get("name")?,
        role: Role::from_key(&row.try_get::<String, _>("role")?).context("a role that this program does not know")?,
        expires_at: row.try_get("expires_at")?,
    })
}
