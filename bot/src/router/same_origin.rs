//! Refuses forms that another site's page sends on a citizen's or staff member's behalf.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::router::page::Refusal;

/// Lets through what only reads, and what our own pages send.
pub(crate) async fn refuse_cross_site(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers(), app.config.public_url.as_deref()) {
        return next.run(request).await;
    }
    Refusal::CrossSite.into_response()
}

/// Browsers say where a form comes from: `Sec-Fetch-Site` over TLS and on localhost, else `Origin`. Programs that send
/// neither carry no one else's cookies.
fn is_same_origin(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = value("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = value(header::ORIGIN.as_str()) else { return true };
    let authority = |url: &str| url.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_ascii_lowercase());
    let Some(origin) = authority(origin) else { return false };
    let host = value(header::HOST.as_str()).map(str::to_ascii_lowercase);
    host.as_ref() == Some(&origin) || public_url.and_then(authority).as_ref() == Some(&origin)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)], public_url: Option<&str>) -> bool {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        is_same_origin(&headers, public_url)
    }

    #[test]
    fn fetch_metadata_decides_where_it_is_sent() {
        assert!(allowed(&[("sec-fetch-site", "same-origin")], None));
        assert!(allowed(&[("sec-fetch-site", "none")], None));
        assert!(!allowed(&[("sec-fetch-site", "same-site")], None));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], None));
    }

    #[test]
    fn else_the_origin_must_be_the_host_or_the_public_address() {
        assert!(allowed(&[("origin", "http://192.168.1.5:8080"), ("host", "192.168.1.5:8080")], None));
        assert!(!allowed(&[("origin", "http://evil.example"), ("host", "192.168.1.5:8080")], None));
        assert!(allowed(&[("origin", "https://sen.example"), ("host", "127.0.0.1:8080")], Some("https://sen.example/")));
        assert!(!allowed(&[("origin", "null"), ("host", "null")], None));
    }

    #[test]
    fn a_program_that_sends_neither_is_let_through() {
        assert!(allowed(&[("host", "127.0.0.1:8080")], None));
    }
}
