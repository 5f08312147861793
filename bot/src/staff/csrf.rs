//! Tokens in forms, so that only our own pages can send them.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::clock::token_hash;
use crate::router::cookie::{self, SameSite};
use crate::router::page::Refusal;

/// Before there is a session, a cookie of its own holds the secret; the form holds its hash.
const COOKIE: &str = "sen_form";
const TWELVE_HOURS: i64 = 12 * 60 * 60;

/// Compares in constant time.
///
/// # Errors
/// A refusal when the form was not made for this session.
pub(crate) fn check(expected: &str, given: &str) -> Result<(), Refusal> {
    if bool::from(expected.as_bytes().ct_eq(given.as_bytes())) { Ok(()) } else { Err(Refusal::CrossSite) }
}

/// The token for a form outside a session, and the cookie to set with it.
pub(crate) fn for_visitor(app: &App, headers: &HeaderMap) -> (String, [(HeaderName, HeaderValue); 1]) {
    let secret = cookie::token(headers, COOKIE).unwrap_or_else(|| app.random.token());
    let set = cookie::set(COOKIE, &secret, TWELVE_HOURS, SameSite::Strict, app.config.secure_cookies());
    (token_hash(&secret), [(SET_COOKIE, set)])
}

/// Checks a form outside a session.
///
/// # Errors
/// A refusal when the visitor's cookie and the form don't belong together.
pub(crate) fn check_visitor(headers: &HeaderMap, given: &str) -> Result<(), Refusal> {
    let secret = cookie::token(headers, COOKIE).ok_or(Refusal::CrossSite)?;
    check(&token_hash(&secret), given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_passes() {
        assert!(check("abc", "abc").is_ok());
        for wrong in ["", "ab", "abd", "abcd"] {
            assert!(check("abc", wrong).is_err());
        }
    }

    #[test]
    fn a_form_belongs_to_the_cookie_that_came_with_it() {
        let secret = "a".repeat(64);
        let cookie = HeaderValue::from_str(&format!("sen_form={secret}")).unwrap_or(HeaderValue::from_static(""));
        let headers = HeaderMap::from_iter([(axum::http::header::COOKIE, cookie)]);
        assert!(check_visitor(&headers, &token_hash(&secret)).is_ok());
        assert!(check_visitor(&headers, &secret).is_err());
        assert!(check_visitor(&HeaderMap::new(), &token_hash("")).is_err());
    }
}
