//! Which language a browser gets: the one that was chosen on a page, else a first guess. `POST /language` chooses.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{ACCEPT_LANGUAGE, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::Language;
use crate::app::App;
use crate::router::cookie::{self, SameSite};
use crate::router::form::Form;

const COOKIE: &str = "sen_language";
const ONE_YEAR: i64 = 365 * 24 * 60 * 60;

/// `POST /language`
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/language", post(choose))
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl Language {
    /// What the reader of this request has chosen; else English where the browser asks for it before Vietnamese.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let chosen = CookieJar::from_headers(headers).get(COOKIE).and_then(|cookie| Self::from_key(cookie.value()));
        let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        chosen.unwrap_or_else(|| guess(accepted()))
    }
}

/// By `Accept-Language`: "en-GB,en;q=0.9,vi;q=0.8" prefers English. Who prefers neither reads Vietnamese.
fn guess(accepted: &str) -> Language {
    let preference = |wanted: Language| {
        let ranges = accepted.split(',').map(|range| range.split_once(";q=").unwrap_or((range, "1")));
        let of_language =
            ranges.filter(|(range, _)| range.trim().split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case(wanted.key())));
        of_language.filter_map(|(_, quality)| quality.trim().parse::<f64>().ok()).fold(0.0, f64::max)
    };
    if preference(Language::English) > preference(Language::Vietnamese) { Language::English } else { Language::Vietnamese }
}

#[derive(Deserialize)]
struct Fields {
    language: Language,
}

/// Remembers the choice for a year and leads back to the page.
async fn choose(State(app): State<App>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let cookie = cookie::set(COOKIE, fields.language.key(), ONE_YEAR, SameSite::Lax, app.config.secure_cookies());
    ([(SET_COOKIE, cookie)], Redirect::to(&page_before(&headers))).into_response()
}

/// The page with the button. Only its path: nobody is led to another site.
fn page_before(headers: &HeaderMap) -> String {
    let page = headers.get(REFERER).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<Uri>().ok());
    let path = page.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    // What a refused message shows stands under the address of the form.
    let path = if path.starts_with("/chat/") { "/" } else { path };
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn english_is_guessed_only_where_it_is_preferred() {
        for accepted in ["", "vi", "vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7", "en;q=0.5,vi;q=0.5", "fr,de;q=0.5", "*", "en;q=x", ";q=,,"] {
            assert_eq!(guess(accepted), Language::Vietnamese, "{accepted}");
        }
        for accepted in ["en", "en-US,en;q=0.9", "EN-gb, vi;q=0.3", "fr, en;q=0.4, vi;q=0.3"] {
            assert_eq!(guess(accepted), Language::English, "{accepted}");
        }
    }

    #[test]
    fn a_choice_counts_more_than_a_guess() {
        let headers =
            |cookie| HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookie)), (ACCEPT_LANGUAGE, HeaderValue::from_static("en"))]);
        assert_eq!(Language::of(&headers("sen_language=vi")), Language::Vietnamese);
        assert_eq!(Language::of(&headers("sen_language=xx")), Language::English);
    }

    #[test]
    fn one_is_led_back_to_our_own_pages_only() {
        let back = |page| page_before(&HeaderMap::from_iter([(REFERER, HeaderValue::from_static(page))]));
        assert_eq!(back("http://127.0.0.1:8080/staff?state=open"), "/staff?state=open");
        assert_eq!(back("http://127.0.0.1:8080/chat/messages"), "/");
        assert_eq!(back("http://127.0.0.1:8080//evil.example/x"), "/evil.example/x");
        assert_eq!(back("no address"), "/");
        assert_eq!(page_before(&HeaderMap::new()), "/");
    }
}
