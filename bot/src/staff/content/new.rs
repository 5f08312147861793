//! `/staff/content/new`: begins a guide.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::address;
use crate::app::App;
use crate::db::staff::Session;
use crate::knowledge;
use crate::language::{Language, filters, vi};
use crate::router::form::{Form, readable};
use crate::router::page::{Refusal, render};
use crate::staff::csrf;

/// The page.
#[derive(Template)]
#[template(path = "staff/content/new.html")]
struct NewPage {
    session: Session,
    error: Option<&'static str>,
}

/// The new guide's title.
#[derive(Deserialize)]
pub(super) struct Fields {
    csrf_token: String,
    title: String,
}

/// Asks for the title.
pub(super) async fn show(session: Session, language: Language) -> Result<Response, Refusal> {
    render(language, StatusCode::OK, &NewPage { session, error: None })
}

/// Makes a draft of it.
pub(super) async fn begin(
    State(app): State<App>,
    session: Session,
    language: Language,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    match knowledge::begin(&app, &session, &readable(&fields.title)).await? {
        Some(id) => Ok(address::to(&id, "", "")),
        None => {
            let error = Some(vi("Anh/chị chưa ghi tên thủ tục."));
            render(language, StatusCode::UNPROCESSABLE_ENTITY, &NewPage { session, error })
        }
    }
}
