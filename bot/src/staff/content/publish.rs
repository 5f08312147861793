//! `/staff/content/{id}/publish`: what will change, why, and then live.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::address::{self, Arrival};
use super::differences_view::DifferencesView;
use super::field_view::{self, FindingView};
use super::form;
use crate::app::App;
use crate::db::staff::Session;
use crate::knowledge::differences::differences;
use crate::knowledge::findings::findings;
use crate::knowledge::publication::{self, Publication};
use crate::knowledge::{Meanwhile, fields_at, open_merged, value};
use crate::language::{Language, filters, t, tf};
use crate::router::form::{Form, readable};
use crate::router::page::{Refusal, render};
use crate::staff::csrf;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// The page before publishing.
#[derive(Template)]
#[template(path = "staff/content/publish.html")]
struct PublishPage {
    session: Session,
    id: String,
    title: String,
    version: i64,
    base: i64,
    notice: Option<&'static str>,
    taken: Option<DifferencesView>,
    changes: DifferencesView,
    findings: Vec<FindingView>,
    has_errors: bool,
}

/// Which draft, and why.
#[derive(Deserialize)]
pub(super) struct Fields {
    csrf_token: String,
    version: i64,
    reason: String,
}

/// Shows what will change.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let (opened, meanwhile) = open_merged(&app, &session, language, &id).await?.ok_or(Refusal::NotFound)?;
    if opened.version == 0 {
        return Ok(address::to(&id, "", "unchanged"));
    }
    let taken = match meanwhile {
        Meanwhile::Conflicts(_) => return Ok(address::to(&id, "/merge", "")),
        Meanwhile::Merged(list) => Some(form::taken(language, list, opened.base)),
        Meanwhile::Nothing => None,
    };
    let (_, found) = findings(&app, &id, &opened.fields).await?;
    let findings = field_view::placed(&found);
    let list = differences(language, &fields_at(&app, &id, opened.base).await?, &opened.fields);
    let before = tf(language, "Bản {revision}", &[("revision", &opened.base)]);
    let page = PublishPage {
        session,
        title: value::text(&opened.fields, "title").to_owned(),
        version: opened.version,
        base: opened.base,
        notice: arrival.notice(),
        taken,
        changes: DifferencesView { list, before, after: t(language, "Sẽ công bố").to_owned() },
        has_errors: findings.iter().any(|finding| finding.is_error),
        findings,
        id,
    };
    render(language, StatusCode::OK, &page)
}

/// Publishes.
pub(super) async fn publish(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let Some(reason) = reason(&fields.reason) else { return Ok(address::to(&id, "/publish", "reason")) };
    Ok(match publication::publish(&app, &session, &id, fields.version, &reason).await? {
        Publication::Done => address::to(&id, "/revisions", "published"),
        Publication::Unchanged => address::to(&id, "/revisions", "unchanged"),
        Publication::Moved => address::to(&id, "/publish", "moved"),
        Publication::Broken(_) => address::to(&id, "/publish", ""),
    })
}

/// A reason in words; none where there are none.
pub(super) fn reason(text: &str) -> Option<String> {
    let reason: String = readable(text).replace('\n', " ").chars().take(LONGEST_REASON).collect();
    (!reason.is_empty()).then_some(reason)
}
