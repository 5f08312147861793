//! `GET /rieng-tu`: what is kept, how long, who reads it, how to have it erased.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::channel::Channel;
use crate::channel::web_chat::Citizen;
use crate::config::Config;
use crate::db::conversations;
use crate::language::{Language, filters};
use crate::router::page::{Refusal, render};

/// Where the page is.
pub(super) const PATH: &str = "/rieng-tu";

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    conversations_days: i64,
    tickets_days: i64,
    records_days: i64,
    office: String,
    telegram: bool,
    /// This browser has something that can be erased.
    has_conversation: bool,
    message_id: String,
}

/// Shows it.
pub(super) async fn show(State(app): State<App>, language: Language, citizen: Citizen) -> Result<Response, Refusal> {
    let conversation = conversations::find(&app.db, Channel::Web, &citizen.address()).await?;
    let page = page(&app.config, conversation.is_some(), app.random.id());
    // Without a conversation there is nothing to remember a visitor by.
    let html = render(language, StatusCode::OK, &page)?;
    Ok(if conversation.is_some() { (citizen, html).into_response() } else { html })
}

fn page(config: &Config, has_conversation: bool, message_id: String) -> PrivacyPage {
    PrivacyPage {
        conversations_days: config.keep_conversations_days,
        tickets_days: config.keep_tickets_days,
        records_days: config.keep_records_days,
        office: config.office.clone(),
        telegram: config.telegram.is_some(),
        has_conversation,
        message_id,
    }
}
