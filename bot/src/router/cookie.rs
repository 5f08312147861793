//! Cookies that carry a secret token.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::CookieJar;

/// Where a cookie is sent along.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SameSite {
    /// Also when another site links here.
    Lax,
    /// Only from our own pages.
    Strict,
}

/// The token in the cookie of this name; none when it is missing or is not one of ours (64 hexadecimal digits).
pub(crate) fn token(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = CookieJar::from_headers(headers).get(name)?.value().to_owned();
    (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(value)
}

/// A `Set-Cookie` header for a token; `max_age` in seconds, 0 removes the cookie.
pub(crate) fn set(name: &str, token: &str, max_age: i64, same_site: SameSite, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite={same_site:?}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    fn read(cookie: &str) -> Option<String> {
        let value = HeaderValue::from_str(cookie).unwrap_or(HeaderValue::from_static(""));
        token(&HeaderMap::from_iter([(COOKIE, value)]), "sen_citizen")
    }

    #[test]
    fn only_a_token_of_ours_is_read() {
        let ours = "a1".repeat(32);
        assert_eq!(read(&format!("other=1; sen_citizen={ours}")), Some(ours));
        assert_eq!(read("sen_citizen=short"), None);
        assert_eq!(read(&format!("sen_citizen={}", "x".repeat(64))), None);
        assert_eq!(read("other=1"), None);
    }

    #[test]
    fn it_is_closed_to_scripts_and_secure_over_tls_only() {
        let plain = set("sen_citizen", "ab", 60, SameSite::Lax, false);
        assert_eq!(plain, "sen_citizen=ab; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        let secure = set("sen_staff", "ab", 0, SameSite::Strict, true);
        assert_eq!(secure, "sen_staff=ab; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
    }
}
