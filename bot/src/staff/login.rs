//! Signing in and out, and the link that makes the first administrator.

use anyhow::Result;
use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::session::{self, own_path};
use super::{csrf, password};
use crate::app::App;
use crate::audit::{self, Action, Actor, Kind, Subject};
use crate::clock::token_hash;
use crate::db::staff::{self, Attempt, Session, Staff};
use crate::language::{Language, filters, vi};
use crate::router::client_address::ClientAddress;
use crate::router::form::Form;
use crate::router::page::{Refusal, render};
use crate::router::rate_limit::RateLimits;

pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// So many failures within [`LOCK_MS`] close a login for [`LOCK_MS`].
const FAILURES: usize = 5;
const LOCK_MS: i64 = 15 * 60 * 1_000;
/// One sentence for every reason: it tells a stranger nothing about which logins exist.
const WRONG: &str = vi("Tên đăng nhập hoặc mật khẩu không đúng. Sau 5 lần sai, anh/chị cần đợi 15 phút.");
/// Longer passwords are cut off before they cost anything, in bytes.
pub(super) const LONGEST_PASSWORD: usize = 1_024;

/// The path of a fresh one-time link while there is no administrator; earlier links stop working. None once there is one.
///
/// # Errors
/// When the database fails.
pub async fn setup_link(app: &App) -> Result<Option<String>> {
    if staff::has_administrator(&app.db).await? {
        return Ok(None);
    }
    let (token, now) = (app.random.token(), app.clock.now_ms());
    staff::replace_setup_link(&app.db, &token_hash(&token), now, now + DAY_MS).await?;
    Ok(Some(format!("/staff/setup/{token}")))
}

/// The login page.
#[derive(Template, Default)]
#[template(path = "staff/login.html")]
pub(super) struct LoginPage {
    csrf_token: String,
    next: String,
    login: String,
    ready: bool,
    error: Option<&'static str>,
}

/// Where to go afterwards, and whether one comes from the setup page.
#[derive(Deserialize)]
pub(super) struct Arrival {
    #[serde(default)]
    next: String,
    ready: Option<String>,
}

/// `GET /staff/login`
pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let (csrf_token, cookie) = csrf::for_visitor(&app, &headers);
    let next = own_path(&arrival.next).to_owned();
    let page = LoginPage { csrf_token, next, ready: arrival.ready.is_some(), ..LoginPage::default() };
    Ok((cookie, render(language, StatusCode::OK, &page)?).into_response())
}

/// The form's fields.
#[derive(Deserialize)]
pub(super) struct Fields {
    csrf_token: String,
    next: String,
    login: String,
    password: String,
}

/// `POST /staff/login`
pub(super) async fn log_in(
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    language: Language,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    csrf::check_visitor(&headers, &fields.csrf_token)?;
    if !limits.address_may(address, app.clock.now_ms()) {
        return Err(Refusal::TooManyRequests);
    }
    let next = own_path(&fields.next).to_owned();
    let Some(staff_id) = authenticate(&app, &normal(&fields.login), fields.password).await? else {
        let (csrf_token, cookie) = csrf::for_visitor(&app, &headers);
        let page = LoginPage { csrf_token, next, login: fields.login, ready: false, error: Some(WRONG) };
        return Ok((cookie, render(language, StatusCode::UNPROCESSABLE_ENTITY, &page)?).into_response());
    };
    let cookie = session::begin(&app, &staff_id).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

/// `POST /staff/logout`
pub(super) async fn log_out(State(app): State<App>, session: Session, Form(fields): Form<SessionFields>) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let cookie = session::end(&app, &session).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/staff/login")).into_response())
}

/// A form of a session with no other fields.
#[derive(Deserialize)]
pub(super) struct SessionFields {
    pub(super) csrf_token: String,
}

/// A login as it is stored and compared.
pub(super) fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

/// The id of the member of staff whose login and password these are.
pub(super) async fn authenticate(app: &App, login: &str, password: String) -> Result<Option<String>> {
    let now = app.clock.now_ms();
    if login.is_empty() || login.len() > 200 || password.len() > LONGEST_PASSWORD {
        return Ok(None);
    }
    let attempt = staff::begin_attempt(&app.db, login, now, is_locked).await?;
    if attempt == Attempt::Refused {
        return Ok(None);
    }
    let found = staff::by_login(&app.db, login).await?;
    if password::is_right(password, found.as_ref().map(|staff| staff.password_hash.clone())).await? {
        staff::forget_failures(&app.db, login, now - DAY_MS).await?;
        return Ok(found.map(|staff| staff.id));
    }
    if attempt == Attempt::Last {
        locked_out(app, login, found).await?;
    }
    Ok(None)
}

/// What strangers type as a login is not kept: it may be anything. Locked accounts are told of by name.
async fn locked_out(app: &App, login: &str, found: Option<Staff>) -> Result<()> {
    tracing::warn!("a login is locked after {FAILURES} failures");
    let Some(staff) = found else { return Ok(()) };
    let mut tx = app.db.begin().await?;
    let subject = Subject { kind: Kind::Account, id: &staff.id, name: login };
    audit::record_by(&mut tx, app, Actor::NOBODY, Action::LockOut, subject, &json!({})).await?;
    Ok(tx.commit().await?)
}

/// `failures`: the times of the latest ones, newest first.
fn is_locked(failures: &[i64], now: i64) -> bool {
    let (Some(last), Some(fifth)) = (failures.first(), failures.get(FAILURES - 1)) else { return false };
    last - fifth <= LOCK_MS && now - last < LOCK_MS
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::test_support::House;

    const MINUTE: i64 = 60_000;

    #[test]
    fn the_page_keeps_the_login_and_says_one_sentence() {
        let page = LoginPage { login: "\"hoa".into(), error: Some(WRONG), ..LoginPage::default() };
        let html = page.render().unwrap_or_default();
        assert!(html.contains(WRONG) && html.contains("aria-describedby=\"login-error\"") && !html.contains("value=\"\"hoa"));
    }

    #[test]
    fn five_failures_in_fifteen_minutes_close_a_login_for_fifteen() {
        let failures = [12, 9, 6, 3, 0].map(|minute| minute * MINUTE);
        assert!(is_locked(&failures, 12 * MINUTE));
        assert!(is_locked(&failures, 27 * MINUTE - 1));
        assert!(!is_locked(&failures, 27 * MINUTE));
        assert!(!is_locked(&failures[..4], 12 * MINUTE));
    }

    #[tokio::test]
    async fn attempts_at_the_same_moment_are_counted_one_after_the_other() -> Result<()> {
        let house = House::new().await?;
        house
            .sql("INSERT INTO staff (id, login, display_name, password_hash, role, created_at) VALUES ('s', 'hoa', 'Hoa', '', 'clerk', 0)")
            .await?;
        let (db, now) = (&house.app.db, house.app.clock.now_ms());
        let nine_at = |login| join_all((0..9).map(move |_| staff::begin_attempt(db, login, now, is_locked)));
        // The first ones open the connections: those after them really come at the same moment.
        nine_at("an").await;
        let attempts = nine_at("hoa").await;
        let attempts = attempts.into_iter().collect::<Result<Vec<_>>>()?;
        let count = |attempt| attempts.iter().filter(|one| **one == attempt).count();
        assert_eq!([Attempt::Counted, Attempt::Last, Attempt::Refused].map(count), [4, 1, 4]);
        Ok(())
    }

    #[test]
    fn slow_failures_close_nothing() {
        assert!(!is_locked(&[16, 12, 8, 4, 0].map(|minute| minute * MINUTE), 16 * MINUTE));
    }
}
