//! One-time links: for a new colleague, or for somebody who has forgotten the password. A link is shown once.

use anyhow::Result;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::{AccountsPage, back, page};
use crate::app::App;
use crate::audit::{self, Action, Kind, Subject};
use crate::clock::{local, token_hash};
use crate::db::accounts;
use crate::db::invitations::{self, Invitation};
use crate::db::staff::Session;
use crate::language::{Language, filters, vi};
use crate::router::form::Form;
use crate::router::page::{Refusal, render};
use crate::staff::account_form::name_error;
use crate::staff::csrf;
use crate::staff::login::{DAY_MS, SessionFields};
use crate::staff::role::Role;

/// How many days a link may be good for.
pub(super) const DAYS: [i64; 3] = [1, 3, 7];

/// What an invitation's form holds.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) role: Role,
}

/// The page that shows the link.
#[derive(Template)]
#[template(path = "staff/new_link.html")]
struct NewLinkPage {
    session: Session,
    invitation: Invitation,
    link: String,
    until: String,
}

/// The form's fields.
#[derive(Deserialize)]
pub(in crate::staff) struct InviteFields {
    csrf_token: String,
    name: String,
    role: String,
    days: i64,
}

/// `POST /staff/accounts/invite`
pub(in crate::staff) async fn invite(
    State(app): State<App>,
    session: Session,
    language: Language,
    headers: HeaderMap,
    Form(fields): Form<InviteFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let role = Role::from_key(&fields.role).ok_or(Refusal::BadRequest(vi("Không có vai trò này.")))?;
    let days = DAYS.into_iter().find(|days| *days == fields.days).ok_or(Refusal::BadRequest(vi("Không có thời hạn này.")))?;
    if let Some(error) = name_error(&fields.name) {
        let page = AccountsPage { draft: Draft { name: fields.name, role }, error: Some(error), ..page(&app, session, language).await? };
        return render(language, StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let expires_at = app.clock.now_ms() + days * DAY_MS;
    let name = fields.name.trim().to_owned();
    give_out(&app, session, language, &headers, Invitation { id: app.random.id(), staff_id: None, name, role, expires_at }).await
}

/// `POST /staff/accounts/{id}/reset`
pub(in crate::staff) async fn reset(
    State(app): State<App>,
    session: Session,
    language: Language,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let account = accounts::find(&app.db, &id).await?.filter(|account| !account.is_disabled);
    let account = account.ok_or(Refusal::NotFound)?;
    let expires_at = app.clock.now_ms() + DAY_MS;
    let (name, role) = (account.display_name, account.role);
    give_out(&app, session, language, &headers, Invitation { id: app.random.id(), staff_id: Some(id), name, role, expires_at }).await
}

/// `POST /staff/accounts/links/{id}/withdraw`
pub(in crate::staff) async fn withdraw(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    let Some(invitation) = invitations::withdraw(&mut tx, &id).await? else { return Ok(back("gone")) };
    let change = json!({ "before": { "role": invitation.role.key(), "expires_at": invitation.expires_at } });
    audit::record(&mut tx, &app, &session, Action::WithdrawInvitation, subject(&invitation), &change).await?;
    tx.commit().await?;
    Ok(back("withdraw"))
}

async fn give_out(
    app: &App,
    session: Session,
    language: Language,
    headers: &HeaderMap,
    invitation: Invitation,
) -> Result<Response, Refusal> {
    let (token, mut tx) = (app.random.token(), app.db.begin().await?);
    invitations::insert(&mut tx, &invitation, &token_hash(&token), &session.staff_id, app.clock.now_ms()).await?;
    let action = if invitation.staff_id.is_some() { Action::OfferReset } else { Action::Invite };
    let change = json!({ "after": { "role": invitation.role.key(), "expires_at": invitation.expires_at } });
    audit::record(&mut tx, app, &session, action, subject(&invitation), &change).await?;
    tx.commit().await?;
    let link = format!("{}/staff/invite/{token}", own_address(app, headers));
    let until = language.time_and_date(local(invitation.expires_at));
    render(language, StatusCode::OK, &NewLinkPage { session, invitation, link, until })
}

/// The account where there is one, else the invitation.
fn subject(invitation: &Invitation) -> Subject<'_> {
    let id = invitation.staff_id.as_ref().unwrap_or(&invitation.id);
    Subject { kind: Kind::Account, id, name: &invitation.name }
}

/// The address that people type: as set, else as this request came.
fn own_address(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    app.config.base_url(host)
}
