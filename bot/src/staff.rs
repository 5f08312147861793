//! The staff console: signing in, the list of tickets, one ticket.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

mod attachment;
mod csrf;
mod events;
mod inbox;
pub mod login;
mod password;
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
}
