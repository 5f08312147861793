//! `bot reset-password`: a way back in for somebody whom no other administrator can help, given by who runs the machine.

use anyhow::{Result, bail};
use indexer::database::Database;
use serde_json::json;

use super::login::{DAY_MS, normal};
use crate::audit::{Action, Actor, Kind, Subject};
use crate::clock::{Clock, Randomness, token_hash};
use crate::db::accounts::{self, Account};
use crate::db::audit_log::{self, NewEntry};
use crate::db::invitations::{self, Invitation};

/// The path of a fresh link, good once and for a day, by which the owner of this login sets another password.
///
/// # Errors
/// When no open account has this login (the sentence names those that there are), or the database fails.
pub async fn offer(db: &Database, clock: &Clock, random: &Randomness, login: &str) -> Result<String> {
    let account = open_account(db, login).await?;
    let (token, now) = (random.token(), clock.now_ms());
    let invitation = Invitation {
        id: random.id(),
        staff_id: Some(account.id.clone()),
        name: account.display_name.clone(),
        role: account.role,
        expires_at: now + DAY_MS,
    };
    let entry = NewEntry {
        id: random.id(),
        at: now,
        actor: Actor::NOBODY,
        action: Action::OfferReset,
        subject: Subject { kind: Kind::Account, id: &account.id, name: &account.display_name },
        change: json!({ "after": { "role": account.role.key(), "expires_at": invitation.expires_at } }).to_string(),
    };
    let mut tx = db.begin().await?;
    invitations::insert(&mut tx, &invitation, &token_hash(&token), &account.id, now).await?;
    audit_log::insert(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(format!("/staff/invite/{token}"))
}

async fn open_account(db: &Database, login: &str) -> Result<Account> {
    let mut accounts: Vec<Account> = accounts::list(db).await?.into_iter().filter(|account| !account.is_disabled).collect();
    let login = normal(login);
    if let Some(place) = accounts.iter().position(|account| account.login == login) {
        return Ok(accounts.swap_remove(place));
    }
    if accounts.is_empty() {
        bail!("chưa có tài khoản nào; bot serve khi khởi động in đường dẫn tạo tài khoản quản trị đầu tiên");
    }
    let logins: Vec<&str> = accounts.iter().map(|account| account.login.as_str()).collect();
    bail!("không có tài khoản đang dùng nào tên {login:?}; các tên đăng nhập đang dùng: {}", logins.join(", "))
}
