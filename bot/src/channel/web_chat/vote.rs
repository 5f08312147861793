//! `POST /chat/votes`: the citizen says whether an answer was useful.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::citizen::Citizen;
use crate::app::App;
use crate::channel::Channel;
use crate::db::answers::{self, Vote};
use crate::db::conversations;
use crate::router::client_address::ClientAddress;
use crate::router::form::Form;
use crate::router::page::{Refusal, wants_json};
use crate::router::rate_limit::RateLimits;

/// The form's fields; `seq` is where the page opens again.
#[derive(Deserialize)]
pub(super) struct Fields {
    answer_id: String,
    vote: Vote,
    seq: i64,
}

/// Keeps the vote; a later one replaces it.
pub(super) async fn vote(
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    citizen: Citizen,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let now = app.clock.now_ms();
    if !limits.address_may(address, now) {
        return Err(Refusal::TooManyRequests);
    }
    let conversation = conversations::find(&app.db, Channel::Web, &citizen.address()).await?;
    let conversation = conversation.ok_or(Refusal::NotFound)?;
    if !answers::vote(&app.db, &conversation.id, &fields.answer_id, fields.vote, now).await? {
        return Err(Refusal::NotFound);
    }
    if wants_json(&headers) {
        return Ok(Json(serde_json::json!({ "vote": fields.vote })).into_response());
    }
    Ok(Redirect::to(&format!("/#m-{}", fields.seq)).into_response())
}
