//! `/staff/content`: guides as editors find, write, check, publish and take back.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

mod address;
mod differences_view;
mod field_view;
mod form;
mod history;
mod list;
mod merge;
mod new;
mod preview;
mod publish;
mod revision;
mod save;
mod service;

/// The editor's addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/staff/content", get(list::show))
        .route("/staff/content/new", get(new::show).post(new::begin))
        .route("/staff/content/{id}", get(form::show).post(save::save))
        .route("/staff/content/{id}/discard", post(save::discard))
        .route("/staff/content/{id}/preview", get(preview::show))
        .route("/staff/content/{id}/preview/page", get(preview::page))
        .route("/staff/content/{id}/publish", get(publish::show).post(publish::publish))
        .route("/staff/content/{id}/merge", get(merge::show).post(merge::settle))
        .route("/staff/content/{id}/revisions", get(history::show))
        .route("/staff/content/{id}/revisions/{revision}", get(revision::show))
        .route("/staff/content/{id}/revisions/{revision}/restore", post(revision::restore))
        .route("/staff/content/{id}/withdraw", post(service::withdraw))
        .route("/staff/content/{id}/bring-back", post(service::bring_back))
}
