//! `/staff/invite/{token}`: somebody invited makes their account, or sets their password anew.

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::account_form::{self, Errors, Fields, Purpose, TAKEN};
use super::{csrf, password};
use crate::app::App;
use crate::audit::{self, Action, Actor, Kind, Subject};
use crate::clock::token_hash;
use crate::db::invitations::{self, Invitation};
use crate::db::{Transaction, accounts};
use crate::router::form::Form;
use crate::router::page::Refusal;

/// `GET /staff/invite/{token}`; 404 when the link is used, expired, taken back or unknown.
pub(super) async fn show(State(app): State<App>, headers: HeaderMap, Path(token): Path<String>) -> Result<Response, Refusal> {
    let invitation = find(&app, &token).await?;
    account_form::show(&app, &headers, purpose(&invitation), invitation.name)
}

/// `POST /staff/invite/{token}`: uses up the link and does what it is for, both or neither.
pub(super) async fn accept(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let purpose = purpose(&find(&app, &token).await?);
    csrf::check_visitor(&headers, &fields.csrf_token)?;
    let errors = account_form::errors(purpose, &fields);
    if errors != Errors::default() {
        return account_form::again(purpose, fields, errors);
    }
    // Hashing takes a while: it is done before the transaction holds anybody up.
    let password_hash = password::hash(fields.password.clone(), app.random.bytes()).await?;
    let mut tx = app.db.begin().await?;
    let used = invitations::use_up(&mut tx, &token_hash(&token), app.clock.now_ms()).await?;
    let invitation = used.ok_or(Refusal::NotFound)?;
    let done = match &invitation.staff_id {
        Some(staff_id) => reset(&mut tx, &app, staff_id, &password_hash).await.map(|()| true)?,
        None => account_form::create(&mut tx, &app, Action::Join, invitation.role, &fields, password_hash).await?,
    };
    if !done {
        return account_form::again(purpose, fields, Errors { login: Some(TAKEN), ..Errors::default() });
    }
    tx.commit().await?;
    Ok(Redirect::to("/staff/login?ready=yes").into_response())
}

async fn find(app: &App, token: &str) -> Result<Invitation, Refusal> {
    invitations::find(&app.db, &token_hash(token), app.clock.now_ms()).await?.ok_or(Refusal::NotFound)
}

fn purpose(invitation: &Invitation) -> Purpose {
    if invitation.staff_id.is_some() { Purpose::Reset } else { Purpose::Join(invitation.role) }
}

/// Whoever was signed in with the old password is so no more.
async fn reset(tx: &mut Transaction, app: &App, staff_id: &str, password_hash: &str) -> Result<()> {
    let account = accounts::find_in(tx, staff_id).await?.context("a link for an account that is gone")?;
    accounts::set_password(tx, staff_id, password_hash).await?;
    accounts::end_sessions(tx, staff_id, "").await?;
    let actor = Actor { staff_id: Some(staff_id), name: &account.display_name };
    let subject = Subject { kind: Kind::Account, id: staff_id, name: &account.display_name };
    audit::record_by(tx, app, actor, Action::ResetPassword, subject, &json!({})).await
}
