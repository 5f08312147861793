//! The accounts of staff, as administrators and their owners change them.

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Transaction;
use crate::staff::role::Role;

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Row id.
    pub(crate) id: String,
    /// What they sign in with.
    pub(crate) login: String,
    /// What citizens read.
    pub(crate) display_name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Whether the account is closed.
    pub(crate) is_disabled: bool,
}

/// An account to write.
#[derive(Clone, Debug)]
pub(crate) struct NewStaff {
    /// Row id.
    pub(crate) id: String,
    /// What they sign in with, lower case.
    pub(crate) login: String,
    /// What citizens read.
    pub(crate) display_name: String,
    /// Argon2id in PHC form.
    pub(crate) password_hash: String,
    /// What they may do.
    pub(crate) role: Role,
}

const COLUMNS: &str = "id, login, display_name, role, disabled_at";

/// All of them by name; closed ones come last.
pub(crate) async fn list(db: &Database) -> Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM staff ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, display_name, login");
    sqlx::query(&sql).fetch_all(&db.reader).await?.iter().map(read).collect()
}

/// The account with this id.
pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM staff WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// [`find`] inside a transaction.
pub(crate) async fn find_in(tx: &mut Transaction, id: &str) -> Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM staff WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Account> {
    Ok(Account {
        id: row.try_get("id")?,
        login: row.try_get("login")?,
        display_name: row.try_get("display_name")?,
        role: Role::from_key(&row.try_get::<String, _>("role")?).context("a role that this program does not know")?,
        is_disabled: row.try_get::<Option<i64>, _>("disabled_at")?.is_some(),
    })
}

/// Writes a new account. False when somebody has its login already.
pub(crate) async fn insert(tx: &mut Transaction, staff: &NewStaff, now: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO staff (id, login, display_name, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (login) DO NOTHING",
    )
    .bind(&staff.id)
    .bind(&staff.login)
    .bind(&staff.display_name)
    .bind(&staff.password_hash)
    .bind(staff.role.key())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether this is the only administrator in use. Nobody else can change an administrator until the transaction ends, so that
/// two can't remove each other.
pub(crate) async fn is_last_administrator(tx: &mut Transaction, id: &str) -> Result<bool> {
    // An update that changes nothing locks the rows on either database.
    let sql = "UPDATE staff SET role = role WHERE role = $1 AND disabled_at IS NULL RETURNING id";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(Role::Administrator.key()).fetch_all(&mut **tx).await?;
    Ok(ids == [id])
}

/// Gives another role.
pub(crate) async fn set_role(tx: &mut Transaction, id: &str, role: Role) -> Result<()> {
    sqlx::query("UPDATE staff SET role = $2 WHERE id = $1").bind(id).bind(role.key()).execute(&mut **tx).await?;
    Ok(())
}

/// Closes the account.
pub(crate) async fn disable(tx: &mut Transaction, id: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE staff SET disabled_at = $2 WHERE id = $1").bind(id).bind(now).execute(&mut **tx).await?;
    end_sessions(tx, id, "").await
}

/// Opens a closed account again. Nobody is signed in by that.
pub(crate) async fn enable(tx: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query("UPDATE staff SET disabled_at = NULL WHERE id = $1").bind(id).execute(&mut **tx).await?;
    end_sessions(tx, id, "").await
}

/// Sets another password. Attempts that failed with the old one count no more.
pub(crate) async fn set_password(tx: &mut Transaction, id: &str, password_hash: &str) -> Result<()> {
    sqlx::query("UPDATE staff SET password_hash = $2 WHERE id = $1").bind(id).bind(password_hash).execute(&mut **tx).await?;
    let sql = "DELETE FROM login_failures WHERE login = (SELECT login FROM staff WHERE id = $1)";
    sqlx::query(sql).bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Ends every session of theirs but the one with this token hash.
pub(crate) async fn end_sessions(tx: &mut Transaction, id: &str, kept: &str) -> Result<()> {
    let sql = "DELETE FROM staff_sessions WHERE staff_id = $1 AND token_hash <> $2";
    sqlx::query(sql).bind(id).bind(kept).execute(&mut **tx).await?;
    Ok(())
}
