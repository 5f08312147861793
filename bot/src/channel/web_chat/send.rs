//! `POST /chat/messages`: the citizen says or presses something.

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::citizen::Citizen;
use super::{message_view, page};
use crate::app::App;
use crate::channel::{Action, Button, Channel, Content, Inbound, Point};
use crate::clock::token_hash;
use crate::db::conversations::{self, Mode};
use crate::db::messages;
use crate::inbox::{self, Accepted};
use crate::language::{Language, t, vi};
use crate::router::client_address::ClientAddress;
use crate::router::form::{Form, readable};
use crate::router::page::{Refusal, wants_json};
use crate::router::rate_limit::RateLimits;

/// How long a form without JavaScript waits for the reply.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often the wait looks by itself, for what no event announces.
const LOOK: Duration = Duration::from_millis(500);

/// The form's fields: a text or the action of a button.
#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    text: String,
    action: Option<String>,
    /// A shared position in degrees.
    lat: Option<f64>,
    lon: Option<f64>,
    #[serde(default)]
    message_id: String,
}

/// Stores the message, then answers a script at once and a browser window when the reply is there.
pub(super) async fn send(
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    language: Language,
    citizen: Citizen,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let now = app.clock.now_ms();
    if !limits.address_may(address, now) || !limits.citizen_may(&citizen.address(), now) {
        return Err(Refusal::TooManyRequests);
    }
    let position = fields.lat.zip(fields.lon).and_then(|(lat, lon)| Point::new(lat, lon));
    let content = match (&fields.action, position) {
        (Some(action), _) => Content::Press(pressed(&app, &citizen, action, language).await?),
        (None, Some(point)) => Content::Location(point),
        (None, None) => Content::Text(readable(&fields.text)),
    };
    if content.shown().is_empty() {
        return empty_text(&app, language, citizen, &headers).await;
    }
    let accepted = inbox::accept(&app, inbound(&app, &citizen, &fields.message_id, content, language)).await?;
    if wants_json(&headers) {
        let reply = stored(&app, language, &accepted).await?;
        return Ok((citizen, Json(reply)).into_response());
    }
    wait_for_reply(&app, &accepted).await?;
    Ok((citizen, Redirect::to("/#moi-nhat")).into_response())
}

async fn empty_text(app: &App, language: Language, citizen: Citizen, headers: &HeaderMap) -> Result<Response, Refusal> {
    const SENTENCE: &str = vi("Anh/chị chưa nhập câu hỏi.");
    if wants_json(headers) {
        return Err(Refusal::BadRequest(SENTENCE));
    }
    page::show_error(app, language, citizen, SENTENCE).await
}

/// The button behind an action: one that was shown in this conversation, or one that a page has by itself.
async fn pressed(app: &App, citizen: &Citizen, action: &str, language: Language) -> Result<Button, Refusal> {
    const UNKNOWN: Refusal = Refusal::BadRequest(vi("Nút này không còn dùng được. Anh/chị gõ câu hỏi giúp Sen."));
    let action = Action::try_from(action.to_owned()).map_err(|_| UNKNOWN)?;
    match action {
        Action::AskStaff => return Ok(Button::new(t(language, "Gặp cán bộ"), action)),
        Action::EraseData => return Ok(Button::new(t(language, "Xóa dữ liệu của tôi"), action)),
        _ => {}
    }
    let conversation = conversations::find(&app.db, Channel::Web, &citizen.address()).await?.ok_or(UNKNOWN)?;
    let shown = messages::newest_buttons(&app.db, &conversation.id).await?;
    shown.into_iter().find(|button| button.action == action).ok_or(UNKNOWN)
}

/// A form that is sent twice is one message; other words from the same page (after "back") are another one.
fn inbound(app: &App, citizen: &Citizen, message_id: &str, content: Content, language: Language) -> Inbound {
    let message_id = if message_id.is_empty() { app.random.id() } else { message_id.to_owned() };
    let address = citizen.address();
    let external_id = token_hash(&format!("{address} {message_id} {content:?}"));
    Inbound { channel: Channel::Web, address, external_id, content, language: Some(language) }
}

/// What a script gets: the message as it is shown, and whether Sen is going to reply.
async fn stored(app: &App, language: Language, accepted: &Accepted) -> Result<serde_json::Value, Refusal> {
    let id = &accepted.conversation_id;
    let message = messages::find(&app.db, id, accepted.seq).await?.context("an accepted message is not stored")?;
    let conversation = conversations::by_id(&app.db, id).await?.context("an accepted message has no conversation")?;
    let html = message_view::fragment(app, language, &message)?;
    Ok(serde_json::json!({ "seq": accepted.seq, "html": html, "waiting": conversation.mode == Mode::Question }))
}

/// Returns when somebody has replied, when nobody is going to, or when patience ends. It listens before it looks, so a
/// reply in between is not missed.
async fn wait_for_reply(app: &App, accepted: &Accepted) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut events = app.hub.subscribe(&accepted.conversation_id);
    while Instant::now() < deadline && !is_replied(app, accepted).await? {
        // Any event, a missed one and silence mean the same: look again.
        let _ = timeout_at(deadline.min(Instant::now() + LOOK), events.recv()).await;
    }
    Ok(())
}

async fn is_replied(app: &App, accepted: &Accepted) -> Result<bool> {
    let id = &accepted.conversation_id;
    let is_handled = !conversations::waiting(&app.db, id).await?;
    Ok(is_handled || messages::is_replied_after(&app.db, id, accepted.seq).await?)
}
