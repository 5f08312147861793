//! Who is signed in.

use anyhow::Context as _;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::role;
use crate::app::App;
use crate::clock::token_hash;
use crate::db::staff::{self, NewSession, Session};
use crate::router::cookie::{self, SameSite};
use crate::router::page::Refusal;

const COOKIE: &str = "sen_staff";
const TWELVE_HOURS: i64 = 12 * 60 * 60;

/// The guard of every page and form of the console: who is not signed in is led to the login page and back here, who may not
/// open the route is told who may. Handlers then find the [`Session`] in the request.
pub(super) async fn guard(State(app): State<App>, route: MatchedPath, mut request: Request, next: Next) -> Response {
    let session = match current(&app, request.headers()).await {
        Ok(Some(session)) => session,
        Ok(None) => return Redirect::to(&login_address(&request)).into_response(),
        Err(refusal) => return refusal.into_response(),
    };
    if !session.may(route.as_str()) {
        // Everybody comes in here first.
        let is_entrance = route.as_str() == "/staff";
        return if is_entrance { Redirect::to(session.role.home()).into_response() } else { refused(route.as_str()) };
    }
    request.extensions_mut().insert(session);
    next.run(request).await
}

fn refused(route: &str) -> Response {
    Refusal::Reserved(role::reserved_for(route)).into_response()
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(parts.extensions.get::<Self>().cloned().context("a route of the console without its guard")?)
    }
}

async fn current(app: &App, headers: &HeaderMap) -> Result<Option<Session>, Refusal> {
    let Some(token) = cookie::token(headers, COOKIE) else { return Ok(None) };
    Ok(staff::session(&app.db, &token_hash(&token), app.clock.now_ms()).await?)
}

/// A page is where one wants to go back to; a form's address is not.
fn login_address(request: &Request) -> String {
    let wanted = request.uri().path();
    if request.method() == Method::GET && wanted != "/staff" { format!("/staff/login?next={wanted}") } else { "/staff/login".to_owned() }
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
    Ok(no_cookie(app))
}

/// The value of `Set-Cookie` of somebody whose session has ended.
pub(crate) fn no_cookie(app: &App) -> HeaderValue {
    cookie::set(COOKIE, "", 0, SameSite::Strict, app.config.secure_cookies())
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
