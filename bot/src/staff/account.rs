//! `/staff/account`: one's own account.

use anyhow::Result;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::account_form::{Purpose, password_errors};
use super::login::{SessionFields, authenticate};
use super::{csrf, password, session};
use crate::app::App;
use crate::audit::{self, Action, Kind, Subject};
use crate::db::accounts::{self, Account};
use crate::db::staff::Session;
use crate::language::{Language, filters, vi};
use crate::router::form::Form;
use crate::router::page::{Refusal, render};

const WRONG: &str = vi("Mật khẩu hiện tại không đúng. Sau 5 lần sai, anh/chị cần đợi 15 phút.");

/// The page.
#[derive(Template)]
#[template(path = "staff/account.html")]
struct AccountPage {
    session: Session,
    account: Account,
    notice: Option<&'static str>,
    errors: Errors,
}

/// What is wrong, field by field.
#[derive(Debug, Default)]
struct Errors {
    current: Option<&'static str>,
    password: Option<&'static str>,
    password_again: Option<&'static str>,
}

/// What has just been done.
#[derive(Deserialize)]
pub(super) struct Arrival {
    done: Option<String>,
}

/// The password form's fields.
#[derive(Deserialize)]
pub(super) struct PasswordFields {
    csrf_token: String,
    current: String,
    password: String,
    password_again: String,
}

/// `GET /staff/account`
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let account = own(&app, &session).await?;
    let notice = arrival.done.map(|_| vi("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."));
    render(language, StatusCode::OK, &AccountPage { session, account, notice, errors: Errors::default() })
}

/// `POST /staff/account/password`: who knows the old password sets another one; whoever else is signed in with the old one is
/// so no more.
pub(super) async fn change_password(
    State(app): State<App>,
    session: Session,
    language: Language,
    Form(fields): Form<PasswordFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let account = own(&app, &session).await?;
    let (password, password_again) = password_errors(&fields.password, &fields.password_again);
    let mut errors = Errors { current: None, password, password_again };
    if password.is_none() && password_again.is_none() && authenticate(&app, &account.login, fields.current).await?.is_none() {
        errors.current = Some(WRONG);
    }
    if errors.current.or(password).or(password_again).is_some() {
        return render(language, StatusCode::UNPROCESSABLE_ENTITY, &AccountPage { session, account, notice: None, errors });
    }
    let password_hash = password::hash(fields.password, app.random.bytes()).await?;
    let mut tx = app.db.begin().await?;
    accounts::set_password(&mut tx, &account.id, &password_hash).await?;
    accounts::end_sessions(&mut tx, &account.id, &session.token_hash).await?;
    audit::record(&mut tx, &app, &session, Action::ChangePassword, subject(&session), &json!({})).await?;
    tx.commit().await?;
    Ok(Redirect::to("/staff/account?done=password").into_response())
}

/// `POST /staff/account/sign-out`: here too.
pub(super) async fn sign_out_everywhere(
    State(app): State<App>,
    session: Session,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    accounts::end_sessions(&mut tx, &session.staff_id, "").await?;
    audit::record(&mut tx, &app, &session, Action::SignOutEverywhere, subject(&session), &json!({})).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, session::no_cookie(&app))], Redirect::to("/staff/login")).into_response())
}

async fn own(app: &App, session: &Session) -> Result<Account, Refusal> {
    accounts::find(&app.db, &session.staff_id).await?.ok_or(Refusal::NotFound)
}

fn subject(session: &Session) -> Subject<'_> {
    Subject { kind: Kind::Account, id: &session.staff_id, name: &session.display_name }
}
