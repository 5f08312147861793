//! `/staff/setup/{token}`: the first administrator chooses a name and a password.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::account_form::{self, Errors, Fields, Purpose, TAKEN};
use super::role::Role;
use super::{csrf, password};
use crate::app::App;
use crate::audit::Action;
use crate::clock::token_hash;
use crate::db::staff;
use crate::router::form::Form;
use crate::router::page::Refusal;

/// `GET /staff/setup/{token}`; 404 when the link is used, expired or unknown.
pub(super) async fn show(State(app): State<App>, headers: HeaderMap, Path(token): Path<String>) -> Result<Response, Refusal> {
    check_link(&app, &token).await?;
    account_form::show(&app, &headers, Purpose::SetUp, String::new())
}

/// `POST /staff/setup/{token}`: uses up the link and writes the administrator, both or neither.
pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    check_link(&app, &token).await?;
    csrf::check_visitor(&headers, &fields.csrf_token)?;
    let errors = account_form::errors(Purpose::SetUp, &fields);
    if errors != Errors::default() {
        return account_form::again(Purpose::SetUp, fields, errors);
    }
    // Hashing takes a while: it is done before the transaction holds anybody up.
    let password_hash = password::hash(fields.password.clone(), app.random.bytes()).await?;
    let mut tx = app.db.begin().await?;
    if !staff::use_setup_link(&mut tx, &token_hash(&token), app.clock.now_ms()).await? {
        return Err(Refusal::NotFound);
    }
    if !account_form::create(&mut tx, &app, Action::SetUp, Role::Administrator, &fields, password_hash).await? {
        return account_form::again(Purpose::SetUp, fields, Errors { login: Some(TAKEN), ..Errors::default() });
    }
    tx.commit().await?;
    Ok(Redirect::to("/staff/login?ready=yes").into_response())
}

async fn check_link(app: &App, token: &str) -> Result<(), Refusal> {
    let is_open = staff::setup_link_is_open(&app.db, &token_hash(token), app.clock.now_ms()).await?;
    if is_open { Ok(()) } else { Err(Refusal::NotFound) }
}
