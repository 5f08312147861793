//! `POST /telegram/webhook`: Telegram hands over one update; it is stored before the 200.

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use subtle::ConstantTimeEq as _;

use super::poller::WANTED;
use super::{Telegram, intake};
use crate::app::App;

const PATH: &str = "/telegram/webhook";
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Updates that Telegram may hand over at a time.
const CONNECTIONS: u8 = 40;

/// The webhook's address; without a secret in the settings it is not there.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(PATH, post(receive))
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let secret = app.config.telegram.as_ref().and_then(|config| config.webhook_secret.as_ref());
    let (Some(telegram), Some(secret)) = (&app.telegram, secret) else { return StatusCode::NOT_FOUND };
    let given = headers.get(SECRET_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
    if !bool::from(given.ct_eq(secret.reveal().as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(update) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let stored = async { intake::take(&app, telegram.me().await?, &[update]).await };
    match stored.await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            // Telegram hands it over again.
            tracing::error!(error = format!("{error:#}"), "an update could not be stored");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    url: String,
    last_error_message: Option<String>,
}

/// Makes sure that Telegram knows our address.
pub(super) async fn register(app: &App, telegram: &Telegram) -> Result<()> {
    let public_url = app.config.public_url.as_deref().context("SEN_PUBLIC_URL is not set")?;
    let config = app.config.telegram.as_ref().context("Telegram is not set up")?;
    let secret = config.webhook_secret.as_ref().context("there is no webhook secret")?;
    let url = format!("{}{PATH}", public_url.trim_end_matches('/'));
    let wait = Duration::from_secs(20);
    let info: Info = telegram.api.post("getWebhookInfo", &json!({}), wait).await?;
    if let Some(error) = info.last_error_message {
        tracing::warn!(error, "Telegram has trouble to reach the webhook");
    }
    if info.url == url && telegram.is_registered() {
        return Ok(());
    }
    // The secret may have changed: it is set anew at each start.
    let body = json!({ "url": url, "secret_token": secret.reveal(), "allowed_updates": WANTED, "max_connections": CONNECTIONS });
    telegram.api.post::<bool>("setWebhook", &body, wait).await?;
    telegram.set_registered();
    tracing::info!("the webhook is registered");
    Ok(())
}
