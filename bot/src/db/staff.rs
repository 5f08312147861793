//! Staff, their sessions, one-time links and failed logins.

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::Row as _;

use super::Transaction;
use crate::staff::role::Role;

/// A member of staff, as far as signing in needs it.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    /// Row id.
    pub(crate) id: String,
    /// Argon2id in PHC form.
    pub(crate) password_hash: String,
}

/// A signed-in member of staff, and what every page of the console shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// The hash of the cookie's token.
    pub(crate) token_hash: String,
    /// Whose it is.
    pub(crate) staff_id: String,
    /// What they may do.
    pub(crate) role: Role,
    /// What citizens read.
    pub(crate) display_name: String,
    /// In every form of the session.
    pub(crate) csrf_token: String,
    /// How many messages and jobs wait for a person.
    pub(crate) dead_letters: i64,
}

impl Session {
    /// Whether a route of the console is open to them; see [`Role::may`].
    pub(crate) fn may(&self, route: &str) -> bool {
        self.role.may(route)
    }
}

/// A session to write; times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSession<'a> {
    /// The hash of the cookie's token.
    pub(crate) token_hash: &'a str,
    /// Whose it is.
    pub(crate) staff_id: &'a str,
    /// In every form of the session.
    pub(crate) csrf_token: &'a str,
    /// Now.
    pub(crate) created_at: i64,
    /// Then it ends.
    pub(crate) expires_at: i64,
}

/// Whether there is an administrator already.
pub(crate) async fn has_administrator(db: &Database) -> Result<bool> {
    let row =
        sqlx::query("SELECT id FROM staff WHERE role = $1 LIMIT 1").bind(Role::Administrator.key()).fetch_optional(&db.reader).await?;
    Ok(row.is_some())
}

/// Keeps a new one-time link in the place of earlier ones.
pub(crate) async fn replace_setup_link(db: &Database, token_hash: &str, now: i64, expires_at: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("DELETE FROM setup_links WHERE used_at IS NULL").execute(&mut *tx).await?;
    sqlx::query("INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)")
        .bind(token_hash)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a one-time link can still be used.
pub(crate) async fn setup_link_is_open(db: &Database, token_hash: &str, now: i64) -> Result<bool> {
    let row = sqlx::query("SELECT token_hash FROM setup_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(token_hash)
        .bind(now)
        .fetch_optional(&db.reader)
        .await?;
    Ok(row.is_some())
}

/// Uses up the link. False when it is used, expired or unknown.
pub(crate) async fn use_setup_link(tx: &mut Transaction, token_hash: &str, now: i64) -> Result<bool> {
    let sql = "UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(sqlx::query(sql).bind(token_hash).bind(now).execute(&mut **tx).await?.rows_affected() > 0)
}

/// The member of staff with this login; none while the account is closed.
pub(crate) async fn by_login(db: &Database, login: &str) -> Result<Option<Staff>> {
    let sql = "SELECT id, password_hash FROM staff WHERE login = $1 AND disabled_at IS NULL";
    let row = sqlx::query(sql).bind(login).fetch_optional(&db.reader).await?;
    row.map(|row| Ok(Staff { id: row.try_get("id")?, password_hash: row.try_get("password_hash")? })).transpose()
}

/// What an attempt to sign in meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The login is locked; nothing was counted.
    Refused,
    /// Go on.
    Counted,
    /// Go on; if this one fails, the login is locked.
    Last,
}

/// Counts an attempt as failed before its password is looked at, so that many at once can't slip through; a success
/// takes it back with [`forget_failures`]. `is_locked` is given the times of the latest failures, newest first.
pub(crate) async fn begin_attempt(db: &Database, login: &str, now: i64, is_locked: fn(&[i64], i64) -> bool) -> Result<Attempt> {
    let mut tx = db.begin().await?;
    // An update that changes nothing lets one attempt at this account in at a time on either database.
    sqlx::query("UPDATE staff SET login = login WHERE login = $1").bind(login).execute(&mut *tx).await?;
    let rows = sqlx::query("SELECT failed_at FROM login_failures WHERE login = $1 ORDER BY failed_at DESC LIMIT 5")
        .bind(login)
        .fetch_all(&mut *tx)
        .await?;
    let failures = rows.iter().map(|row| row.try_get("failed_at")).collect::<Result<Vec<i64>, _>>()?;
    if is_locked(&failures, now) {
        return Ok(Attempt::Refused);
    }
    sqlx::query("INSERT INTO login_failures (login, failed_at) VALUES ($1, $2)").bind(login).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    let with_this = [&[now], failures.as_slice()].concat();
    Ok(if is_locked(&with_this, now) { Attempt::Last } else { Attempt::Counted })
}

/// After a success, and of everybody what happened before `before`.
pub(crate) async fn forget_failures(db: &Database, login: &str, before: i64) -> Result<()> {
    let sql = "DELETE FROM login_failures WHERE login = $1 OR failed_at < $2";
    sqlx::query(sql).bind(login).bind(before).execute(&db.writer).await?;
    Ok(())
}

/// Writes a session, and drops those that have ended.
pub(crate) async fn create_session(db: &Database, session: NewSession<'_>) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("DELETE FROM staff_sessions WHERE expires_at <= $1").bind(session.created_at).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO staff_sessions (token_hash, staff_id, csrf_token, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(session.token_hash)
        .bind(session.staff_id)
        .bind(session.csrf_token)
        .bind(session.created_at)
        .bind(session.expires_at)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The session of this token, unless it has ended.
pub(crate) async fn session(db: &Database, token_hash: &str, now: i64) -> Result<Option<Session>> {
    let sql = "SELECT s.token_hash, s.staff_id, s.csrf_token, p.display_name, p.role, \
               (SELECT COUNT(*) FROM inbox WHERE state = 'dead') + (SELECT COUNT(*) FROM outbox WHERE state = 'dead') AS dead_letters FROM staff_sessions s JOIN staff p ON p.id = s.staff_id \
               WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.disabled_at IS NULL";
    let row = sqlx::query(sql).bind(token_hash).bind(now).fetch_optional(&db.reader).await?;
    let read = |row: sqlx::any::AnyRow| {
        Ok(Session {
            token_hash: row.try_get("token_hash")?,
            staff_id: row.try_get("staff_id")?,
            role: Role::from_key(&row.try_get::<String, _>("role")?).context("a role that this program does not know")?,
            display_name: row.try_get("display_name")?,
            csrf_token: row.try_get("csrf_token")?,
            dead_letters: row.try_get("dead_letters")?,
        })
    };
    row.map(read).transpose()
}

/// Ends a session.
pub(crate) async fn delete_session(db: &Database, token_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM staff_sessions WHERE token_hash = $1").bind(token_hash).execute(&db.writer).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::db::accounts::{self, NewStaff};

    /// A database in a folder that goes away with it.
    struct Fixture(PathBuf);

    impl Fixture {
        async fn open(name: &str) -> Result<(Self, Database)> {
            let folder = std::env::temp_dir().join(format!("sen-staff-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            let db = crate::db::open(&format!("sqlite://{}", folder.join("test.sqlite").display())).await?;
            Ok((Self(folder), db))
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    async fn add_hoa(db: &Database) -> Result<()> {
        let (id, login, display_name, password_hash) = ("s1".into(), "hoa".into(), "Hoa".into(), "$argon2id$".into());
        let hoa = NewStaff { id, login, display_name, password_hash, role: Role::Administrator };
        let mut tx = db.begin().await?;
        assert!(accounts::insert(&mut tx, &hoa, 0).await?);
        Ok(tx.commit().await?)
    }

    async fn use_link(db: &Database, token_hash: &str, now: i64) -> Result<bool> {
        let mut tx = db.begin().await?;
        let used = use_setup_link(&mut tx, token_hash, now).await?;
        tx.commit().await?;
        Ok(used)
    }

    #[tokio::test]
    async fn a_link_works_once_and_in_time() -> Result<()> {
        let (_folder, db) = Fixture::open("link").await?;
        replace_setup_link(&db, "old", 0, 100).await?;
        replace_setup_link(&db, "new", 0, 100).await?;
        assert!(!setup_link_is_open(&db, "old", 50).await?, "a fresh link takes the place of the earlier one");
        assert!(!setup_link_is_open(&db, "new", 100).await?, "expired");
        assert!(!use_link(&db, "new", 100).await?);
        assert!(use_link(&db, "new", 50).await?);
        assert!(!setup_link_is_open(&db, "new", 50).await?);
        assert!(!use_link(&db, "new", 50).await?);
        assert!(!has_administrator(&db).await?);
        add_hoa(&db).await?;
        assert!(has_administrator(&db).await?);
        Ok(())
    }

    #[tokio::test]
    async fn a_session_ends_by_time_or_by_signing_out() -> Result<()> {
        let (_folder, db) = Fixture::open("session").await?;
        add_hoa(&db).await?;
        let staff = by_login(&db, "hoa").await?;
        let staff_id = staff.map(|staff| staff.id).unwrap_or_default();
        create_session(&db, NewSession { token_hash: "t", staff_id: &staff_id, csrf_token: "c", created_at: 0, expires_at: 100 }).await?;
        assert_eq!(session(&db, "t", 99).await?.map(|session| session.display_name), Some("Hoa".into()));
        assert!(session(&db, "t", 100).await?.is_none());
        delete_session(&db, "t").await?;
        assert!(session(&db, "t", 0).await?.is_none());
        Ok(())
    }

    #[tokio::test]
    async fn attempts_are_counted_before_they_are_judged() -> Result<()> {
        let (_folder, db) = Fixture::open("attempts").await?;
        let three_are_many: fn(&[i64], i64) -> bool = |failures, _| failures.len() >= 3;
        for (now, met) in [Attempt::Counted, Attempt::Counted, Attempt::Last, Attempt::Refused].into_iter().enumerate() {
            assert_eq!(begin_attempt(&db, "hoa", now.try_into()?, three_are_many).await?, met);
        }
        assert_eq!(begin_attempt(&db, "lan", 3, three_are_many).await?, Attempt::Counted, "another login is open");
        forget_failures(&db, "hoa", 0).await?;
        assert_eq!(begin_attempt(&db, "hoa", 4, three_are_many).await?, Attempt::Counted);
        Ok(())
    }
}
