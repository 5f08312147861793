//! The web chat that we serve ourselves. Every page and form works without JavaScript; `static/chat.js` only adds to it.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

mod citizen;
mod events;
pub(crate) mod guide_page;
pub(crate) mod markup;
pub(crate) mod message_view;
mod page;
mod send;
mod vote;

pub(crate) use citizen::Citizen;

/// The citizen's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(page::show))
        .route("/chat/messages", post(send::send))
        .route("/chat/votes", post(vote::vote))
        .route("/chat/events", get(events::stream))
        .route("/guides/{id}", get(guide_page::show))
}
