//! Taking a guide out of service, and bringing it back.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::{address, publish, revision};
use crate::app::App;
use crate::db::guide_list;
use crate::db::staff::Session;
use crate::knowledge::publication;
use crate::router::form::Form;
use crate::router::page::Refusal;
use crate::staff::csrf;

/// Why.
#[derive(Deserialize)]
pub(super) struct Reason {
    csrf_token: String,
    reason: String,
}

/// `POST /staff/content/{id}/withdraw`
pub(super) async fn withdraw(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(sent): Form<Reason>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &sent.csrf_token)?;
    let Some(reason) = publish::reason(&sent.reason) else { return Ok(address::to(&id, "/revisions", "reason")) };
    let done = publication::withdraw(&app, &session, &id, &reason).await?;
    Ok(address::to(&id, "/revisions", if done { "withdrawn" } else { "moved" }))
}

/// `POST /staff/content/{id}/bring-back`: the revision that was published last is published again.
pub(super) async fn bring_back(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(sent): Form<Reason>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &sent.csrf_token)?;
    let Some(reason) = publish::reason(&sent.reason) else { return Ok(address::to(&id, "/revisions", "reason")) };
    let head = guide_list::head(&app.db, &id).await?.ok_or(Refusal::NotFound)?;
    let outcome = publication::restore(&app, &session, &id, head.revision, head.revision, &reason).await?;
    Ok(address::to(&id, "/revisions", revision::done(&outcome)))
}
