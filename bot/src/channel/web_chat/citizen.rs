//! Who writes: a random token in a cookie, nothing else is known.

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponseParts, ResponseParts};

use crate::app::App;
use crate::clock::token_hash;
use crate::router::cookie::{self, SameSite};

const COOKIE: &str = "sen_citizen";
const ONE_YEAR: i64 = 365 * 24 * 60 * 60;

/// A citizen of the web chat. As a part of the response it sets the cookie, so that a year counts from the last visit.
#[derive(Debug)]
pub(crate) struct Citizen {
    token: String,
    secure: bool,
}

impl Citizen {
    /// The address on the channel: the token's hash, since whoever knows the token can read the conversation.
    pub(crate) fn address(&self) -> String {
        token_hash(&self.token)
    }
}

impl FromRequestParts<App> for Citizen {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let token = cookie::token(&parts.headers, COOKIE).unwrap_or_else(|| app.random.token());
        Ok(Self { token, secure: app.config.secure_cookies() })
    }
}

impl IntoResponseParts for Citizen {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let cookie: HeaderValue = cookie::set(COOKIE, &self.token, ONE_YEAR, SameSite::Lax, self.secure);
        response.headers_mut().append(SET_COOKIE, cookie);
        Ok(response)
    }
}
