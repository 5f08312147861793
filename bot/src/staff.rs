//! The staff console: signing in, the list of tickets, one ticket, what could not be sent, accounts, who changed what.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::App;

mod account;
mod account_form;
mod accounts;
mod attachment;
mod audit_log;
mod content;
mod csrf;
mod dead_letters;
mod events;
mod inbox;
mod invite;
pub mod login;
mod password;
pub mod password_link;
pub(crate) mod role;
mod session;
mod setup;
mod ticket;

/// The console's addresses.
pub(crate) fn routes(app: &App) -> Router<App> {
    doors().merge(console().route_layer(from_fn_with_state(app.clone(), session::guard)))
}

/// Open to people without a session.
fn doors() -> Router<App> {
    Router::new()
        .route("/staff/setup/{token}", get(setup::show).post(setup::create))
        .route("/staff/invite/{token}", get(invite::show).post(invite::accept))
        .route("/staff/login", get(login::show).post(login::log_in))
}

/// Open to those whose role may; see [`role::Role::may`].
fn console() -> Router<App> {
    Router::new()
        .route("/staff", get(inbox::show))
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
        .route("/staff/account", get(account::show))
        .route("/staff/account/password", post(account::change_password))
        .route("/staff/account/sign-out", post(account::sign_out_everywhere))
        .route("/staff/accounts", get(accounts::show))
        .route("/staff/accounts/invite", post(accounts::links::invite))
        .route("/staff/accounts/links/{id}/withdraw", post(accounts::links::withdraw))
        .route("/staff/accounts/{id}/reset", post(accounts::links::reset))
        .route("/staff/accounts/{id}/role", post(accounts::changes::change_role))
        .route("/staff/accounts/{id}/disable", post(accounts::changes::disable))
        .route("/staff/accounts/{id}/enable", post(accounts::changes::enable))
        .route("/staff/audit", get(audit_log::show))
}
