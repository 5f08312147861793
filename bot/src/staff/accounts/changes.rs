//! Another role, closing an account, opening it again. The last administrator stays one.

use anyhow::Result;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::back;
use crate::app::App;
use crate::audit::{self, Action, Kind, Subject};
use crate::db::accounts::{self, Account};
use crate::db::staff::Session;
use crate::db::{Transaction, invitations};
use crate::hub::{Live, STAFF};
use crate::language::vi;
use crate::router::form::Form;
use crate::router::page::Refusal;
use crate::staff::csrf;
use crate::staff::login::SessionFields;
use crate::staff::role::Role;

/// The form's fields.
#[derive(Deserialize)]
pub(in crate::staff) struct RoleFields {
    csrf_token: String,
    role: String,
}

/// `POST /staff/accounts/{id}/role`
pub(in crate::staff) async fn change_role(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<RoleFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let role = Role::from_key(&fields.role).ok_or(Refusal::BadRequest(vi("Không có vai trò này.")))?;
    let mut tx = app.db.begin().await?;
    let account = find(&mut tx, &id).await?;
    if role == account.role {
        return Ok(back("role"));
    }
    if role != Role::Administrator && accounts::is_last_administrator(&mut tx, &id).await? {
        return Ok(back("last"));
    }
    accounts::set_role(&mut tx, &id, role).await?;
    let change = json!({ "before": { "role": account.role.key() }, "after": { "role": role.key() } });
    finish(tx, &app, &session, Action::ChangeRole, &account, &change).await?;
    Ok(back("role"))
}

/// `POST /staff/accounts/{id}/disable`
pub(in crate::staff) async fn disable(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    let account = find(&mut tx, &id).await?;
    if account.is_disabled {
        return Ok(back("disable"));
    }
    if accounts::is_last_administrator(&mut tx, &id).await? {
        return Ok(back("last"));
    }
    accounts::disable(&mut tx, &id, app.clock.now_ms()).await?;
    finish(tx, &app, &session, Action::Disable, &account, &in_use(true, false)).await?;
    Ok(back("disable"))
}

/// `POST /staff/accounts/{id}/enable`
pub(in crate::staff) async fn enable(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    let account = find(&mut tx, &id).await?;
    if !account.is_disabled {
        return Ok(back("enable"));
    }
    accounts::enable(&mut tx, &id).await?;
    finish(tx, &app, &session, Action::Enable, &account, &in_use(false, true)).await?;
    Ok(back("enable"))
}

fn in_use(before: bool, after: bool) -> Value {
    json!({ "before": { "in_use": before }, "after": { "in_use": after } })
}

async fn find(tx: &mut Transaction, id: &str) -> Result<Account, Refusal> {
    accounts::find_in(tx, id).await?.ok_or(Refusal::NotFound)
}

/// Links that this person holds or gave out fall with what they were.
async fn finish(mut tx: Transaction, app: &App, session: &Session, action: Action, account: &Account, change: &Value) -> Result<()> {
    invitations::withdraw_all_of(&mut tx, &account.id).await?;
    let subject = Subject { kind: Kind::Account, id: &account.id, name: &account.display_name };
    audit::record(&mut tx, app, session, action, subject, change).await?;
    tx.commit().await?;
    // Their open pages look again and find that they are signed out, or see what they may now.
    app.hub.publish(STAFF, Live::State("accounts"));
    Ok(())
}
