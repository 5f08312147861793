//! The staff console: signing in, the list of tickets, one ticket, what could not be sent.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

mod attachment;
mod content;
mod csrf;
mod dead_letters;
mod events;
mod inbox;
pub mod login;
mod password;
pub(crate) mod role;
mod session;
mod setup;
mod ticket;

/// The console's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/staff", get(inbox::show))
        .route("/staff/setup/{token}", get(setup::show).post(setup::create))
        .route("/staff/login", get(login::show).post(login::log_in))
        .route("/staff/logout", post(login::log_out))
        .route("/staff/events", get(events::stream))
        .route("/staff/attachments/{id}", get(attachment::show))
        .route("/staff/tickets/{id}", get(ticket::show))
        .route("/staff/tickets/{id}/reply", post(ticket::reply))
        .route("/staff/tickets/{id}/close", post(ticket::close))
        .merge(content::routes())
        .route("/staff/dead-letters", get(dead_letters::show))
        .route("/staff/dead-letters/{id}/retry", post(dead_letters::retry))
        .route("/staff/dead-letters/{id}/discard", post(dead_letters::discard))
}
