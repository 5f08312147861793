//! The web server's outer shape: which part answers which address, and what holds for all of them.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::channel::{telegram, web_chat};
use crate::{api, language, learning, privacy, staff, telemetry};

pub(crate) mod client_address;
pub(crate) mod cookie;
pub(crate) mod form;
pub(crate) mod page;
pub(crate) mod rate_limit;
pub(crate) mod same_origin;
pub(crate) mod security_headers;
pub(crate) mod static_files;

/// No form is larger than this, in bytes.
const BODY_LIMIT: usize = 512 * 1024;
/// Nothing takes longer than this to begin its reply.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Every page, form and stream that the bot serves. Serve it with connect info (`SocketAddr`), so that the rate limit
/// knows one client from another.
pub fn router(app: App) -> Router {
    let compression = DefaultPredicate::new().and(NotForContentType::new("font/"));
    Router::new()
        .merge(web_chat::routes())
        .merge(staff::routes(&app))
        .merge(telegram::webhook::routes())
        .route("/static/{*path}", get(static_files::serve))
        .merge(telemetry::routes())
        .merge(privacy::routes())
        .merge(language::routes())
        .merge(learning::routes())
        .merge(api::routes(&app))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(|| async { page::Refusal::NotFound })
        .layer(Extension(rate_limit::RateLimits::default()))
        .layer(from_fn_with_state(app.clone(), same_origin::refuse_cross_site))
        .layer(from_fn(refuse_nul))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn Any + Send>| panicked()))
        .layer(from_fn(page::as_page))
        // Not a page: a machine reads which part fails.
        .route("/readyz", get(telemetry::readiness::show))
        .layer(CompressionLayer::new().compress_when(compression))
        .layer(from_fn(security_headers::add))
        .layer(from_fn(telemetry::log_requests))
        .with_state(app)
}

/// No address of ours has a NUL, and PostgreSQL can't look for one.
async fn refuse_nul(request: Request, next: Next) -> Response {
    let has_nul = request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00"));
    if has_nul { page::Refusal::NotFound.into_response() } else { next.run(request).await }
}

/// The panic hook has said where; this says that a request ended so, once.
fn panicked() -> Response {
    tracing::error!("a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
