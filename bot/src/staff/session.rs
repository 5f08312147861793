//! Who is signed in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::app::App;
use crate::clock::token_hash;
use crate::db::staff::{self, NewSession, Session};
use crate::router::cookie::{self, SameSite};
use crate::router::page::Refusal;

const COOKIE: &str = "sen_staff";
const TWELVE_HOURS: i64 = 12 * 60 * 60;

impl FromRequestParts<App> for Session {
    /// A redirect to the login page, which leads back here.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match current(app, &parts.headers).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(Redirect::to(&login_address(parts)).into_response()),
            Err(refusal) => Err(refusal.into_response()),
        }
    }
}

async fn current(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Refusal> {
    let Some(token) = cookie::token(headers, COOKIE) else { return Ok(None) };
    Ok(staff::session(&app.db, &token_hash(&token), app.clock.now_ms()).await?)
}

/// A page is where one wants to go back to; a form's address is not.
fn login_address(parts: &Parts) -> String {
    let wanted = parts.uri.path();
    if parts.method == Method::GET && wanted != "/staff" { format!("/staff/login?next={wanted}") } else { "/staff/login".to_owned() }
}

/// Only addresses of the console itself are led back to.
pub(crate) fn own_path(next: &str) -> &str {
    let is_plain = next.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_'));
    if is_plain && (next == "/staff" || next.starts_with("/staff/")) { next } else { "/staff" }
}

/// Begins a session; the value of `Set-Cookie`.
pub(crate) async fn begin(app: &App, staff_id: &str) -> Result<HeaderValue, Refusal> {
    let (token, csrf_token, now) = (app.random.token(), app.random.token(), app.clock.now_ms());
    let session = NewSession {
        token_hash: &token_hash(&token),
        staff_id,
        csrf_token: &csrf_token,
        created_at: now,
        expires_at: now + TWELVE_HOURS * 1_000,
    };
    staff::create_session(&app.db, session).await?;
    Ok(cookie::set(COOKIE, &token, TWELVE_HOURS, SameSite::Strict, app.config.secure_cookies()))
}

/// Ends a session; the value of `Set-Cookie`.
pub(crate) async fn end(app: &App, session: &Session) -> Result<HeaderValue, Refusal> {
    staff::delete_session(&app.db, &session.token_hash).await?;
    Ok(cookie::set(COOKIE, "", 0, SameSite::Strict, app.config.secure_cookies()))
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn one_is_led_back_to_the_console_only() {
        assert_eq!(own_path("/staff/tickets/ab12"), "/staff/tickets/ab12");
        assert_eq!(own_path("/staff"), "/staff");
        for foreign in ["", "//evil.example", "https://evil.example", "/staffing", "/staff/../x\r\nSet-Cookie: a", "/staff\\evil", "/"] {
            assert_eq!(own_path(foreign), "/staff", "{foreign}");
        }
    }
}
