//! `GET /staff/content/{id}/revisions`: who published what, when and why; and taking a guide out of service.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::content::{self, ContentSource};

use super::address::Arrival;
use super::form::time;
use crate::app::App;
use crate::db::guide_list;
use crate::db::staff::Session;
use crate::language::{Language, filters, t};
use crate::router::page::{Refusal, render};

/// The page.
#[derive(Template)]
#[template(path = "staff/content/history.html")]
struct HistoryPage {
    session: Session,
    id: String,
    title: String,
    is_withdrawn: bool,
    notice: Option<&'static str>,
    revisions: Vec<Line>,
}

struct Line {
    revision: i64,
    when: String,
    author: String,
    reason: String,
    is_current: bool,
}

/// The newest first.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let head = guide_list::head(&app.db, &id).await?.ok_or(Refusal::NotFound)?;
    let line = |revision: content::Revision| Line {
        when: time(language, revision.created_at),
        author: author(language, &revision),
        reason: reason(language, &revision),
        is_current: revision.revision == head.revision && !head.is_withdrawn,
        revision: revision.revision,
    };
    let revisions = content::revisions(&app.db, &id).await?.into_iter().map(line).collect();
    let page = HistoryPage { session, id, title: head.title, is_withdrawn: head.is_withdrawn, notice: arrival.notice(), revisions };
    render(language, StatusCode::OK, &page)
}

/// Who published it, as editors read it.
pub(super) fn author(language: Language, revision: &content::Revision) -> String {
    match revision.source {
        ContentSource::Seed => t(language, "Thư mục knowledge-base").to_owned(),
        ContentSource::Catalogue => t(language, "Danh mục thủ tục").to_owned(),
        ContentSource::Console => revision.author.clone(),
    }
}

/// Why, as editors read it: only people give reasons.
pub(super) fn reason(language: Language, revision: &content::Revision) -> String {
    if revision.source != ContentSource::Console {
        return t(language, "Cập nhật theo nguồn").to_owned();
    }
    revision.reason.clone()
}
