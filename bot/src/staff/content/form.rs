//! `GET /staff/content/{id}`: the form of a guide.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::address::Arrival;
use super::differences_view::DifferencesView;
use super::field_view::{self, FieldView};
use crate::app::App;
use crate::clock::local;
use crate::db::drafts;
use crate::db::staff::Session;
use crate::knowledge::differences::Difference;
use crate::knowledge::findings::findings;
use crate::knowledge::{Meanwhile, Opened, open_merged, value};
use crate::language::{Language, filters, t, tf};
use crate::router::page::{Refusal, render};

/// The form's page.
#[derive(Template)]
#[template(path = "staff/content/form.html")]
pub(super) struct FormPage {
    session: Session,
    id: String,
    title: String,
    version: i64,
    base: i64,
    revision: i64,
    is_withdrawn: bool,
    notice: Option<&'static str>,
    /// What is stored instead of what the form shows, where it was saved elsewhere meanwhile.
    elsewhere: Option<DifferencesView>,
    /// What others have published meanwhile and is in the draft now.
    taken: Option<DifferencesView>,
    has_conflicts: bool,
    others: Vec<(String, String)>,
    saved: String,
    fields: Vec<FieldView>,
    errors: usize,
}

/// Shows the own draft, else what is published.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let (opened, meanwhile) = open_merged(&app, &session, language, &id).await?.ok_or(Refusal::NotFound)?;
    let mut page = page(&app, session, language, &opened).await?;
    page.notice = arrival.notice();
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Merged(list) => page.taken = Some(taken(language, list, opened.base)),
        Meanwhile::Conflicts(_) => page.has_conflicts = true,
    }
    render(language, StatusCode::OK, &page)
}

/// Differences that others have published.
pub(super) fn taken(language: Language, list: Vec<Difference>, revision: i64) -> DifferencesView {
    let after = tf(language, "Bản {revision}", &[("revision", &revision)]);
    DifferencesView { list, before: t(language, "Bản nháp trước đó").to_owned(), after }
}

/// Shows what was sent, since the draft was saved elsewhere meanwhile; saving again keeps what is shown.
pub(super) async fn show_unsaved(
    app: &App,
    session: Session,
    language: Language,
    shown: &Opened,
    list: Vec<Difference>,
) -> Result<Response, Refusal> {
    let mut page = page(app, session, language, shown).await?;
    let (before, after) = (t(language, "Đã lưu ở nơi khác").to_owned(), t(language, "Anh/chị vừa gửi").to_owned());
    page.elsewhere = Some(DifferencesView { list, before, after });
    render(language, StatusCode::CONFLICT, &page)
}

async fn page(app: &App, session: Session, language: Language, opened: &Opened) -> Result<FormPage, Refusal> {
    let (_, found) = findings(app, &opened.id, &opened.fields).await?;
    let found = field_view::placed(&found);
    let others = drafts::of_others(&app.db, &opened.id, &session.staff_id).await?;
    Ok(FormPage {
        session,
        id: opened.id.clone(),
        title: value::text(&opened.fields, "title").to_owned(),
        version: opened.version,
        base: opened.base,
        revision: opened.head.as_ref().map_or(0, |head| head.revision),
        is_withdrawn: opened.head.as_ref().is_some_and(|head| head.is_withdrawn),
        notice: None,
        elsewhere: None,
        taken: None,
        has_conflicts: false,
        others: others.into_iter().map(|draft| (draft.author, time(language, draft.updated_at))).collect(),
        saved: saved(language, opened.saved_at),
        fields: field_view::fields(language, &opened.fields, &found),
        errors: found.iter().filter(|finding| finding.is_error).count(),
    })
}

/// How the draft stands.
pub(super) fn saved(language: Language, at: Option<i64>) -> String {
    at.map_or_else(
        || t(language, "Chưa có bản nháp.").to_owned(),
        |at| tf(language, "Bản nháp đã lưu lúc {when}.", &[("when", &time(language, at))]),
    )
}

/// As editors read a moment.
pub(super) fn time(language: Language, ms: i64) -> String {
    language.time_and_date(local(ms))
}
