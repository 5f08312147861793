//! `/staff/content/{id}/revisions/{revision}`: what a revision changed, and publishing it again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::content;
use serde::Deserialize;

use super::address;
use super::differences_view::DifferencesView;
use super::form::time;
use super::{history, publish};
use crate::app::App;
use crate::db::guide_list;
use crate::db::staff::Session;
use crate::knowledge::differences::differences;
use crate::knowledge::fields_at;
use crate::knowledge::publication::{self, Publication};
use crate::language::{Language, filters, tf};
use crate::router::form::Form;
use crate::router::page::{Refusal, render};
use crate::staff::csrf;

/// The page.
#[derive(Template)]
#[template(path = "staff/content/revision.html")]
struct RevisionPage {
    session: Session,
    id: String,
    title: String,
    revision: i64,
    current: i64,
    is_withdrawn: bool,
    when: String,
    author: String,
    reason: String,
    /// Against the revision before.
    changes: DifferencesView,
    /// What publishing it again would change; none where it is the one that is published.
    back: Option<DifferencesView>,
}

/// Shows one revision.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path((id, revision)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let head = guide_list::head(&app.db, &id).await?.ok_or(Refusal::NotFound)?;
    let revisions = content::revisions(&app.db, &id).await?;
    let place = revisions.iter().position(|found| found.revision == revision).ok_or(Refusal::NotFound)?;
    let before = revisions.get(place + 1).map_or(0, |before| before.revision);
    let fields = fields_at(&app, &id, revision).await?;
    let changes = differences(language, &fields_at(&app, &id, before).await?, &fields);
    let back = match head.revision {
        current if current == revision => None,
        current => Some(differences(language, &fields_at(&app, &id, current).await?, &fields)),
    };
    let name = |revision: i64| tf(language, "Bản {revision}", &[("revision", &revision)]);
    let view = |list, before: i64| DifferencesView { list, before: name(before), after: name(revision) };
    let page = RevisionPage {
        session,
        id,
        title: head.title,
        revision,
        current: head.revision,
        is_withdrawn: head.is_withdrawn,
        when: time(language, revisions[place].created_at),
        author: history::author(language, &revisions[place]),
        reason: history::reason(language, &revisions[place]),
        changes: view(changes, before),
        back: back.map(|list| view(list, head.revision)),
    };
    render(language, StatusCode::OK, &page)
}

/// What is published again, over which, and why.
#[derive(Deserialize)]
pub(super) struct Restored {
    csrf_token: String,
    replaces: i64,
    reason: String,
}

/// Publishes it again.
pub(super) async fn restore(
    State(app): State<App>,
    session: Session,
    Path((id, revision)): Path<(String, i64)>,
    Form(sent): Form<Restored>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &sent.csrf_token)?;
    let Some(reason) = publish::reason(&sent.reason) else { return Ok(address::to(&id, "/revisions", "reason")) };
    let outcome = publication::restore(&app, &session, &id, revision, sent.replaces, &reason).await?;
    Ok(address::to(&id, "/revisions", done(&outcome)))
}

/// How it ended, for the next page.
pub(super) fn done(outcome: &Publication) -> &'static str {
    match outcome {
        Publication::Done => "restored",
        Publication::Unchanged => "unchanged",
        Publication::Moved => "moved",
        Publication::Broken(_) => "broken",
    }
}
