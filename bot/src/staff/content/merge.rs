//! `/staff/content/{id}/merge`: fields that two editors have changed differently, for one of them to settle.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::address;
use crate::app::App;
use crate::db::staff::Session;
use crate::knowledge::merge::{Merged, Resolution};
use crate::knowledge::path::element_id;
use crate::knowledge::{Meanwhile, Opened, open_merged, save, value};
use crate::language::{Language, filters, vi};
use crate::router::form::{Form, readable};
use crate::router::page::{Refusal, render};
use crate::staff::csrf;

/// The page.
#[derive(Template)]
#[template(path = "staff/content/merge.html")]
struct MergePage {
    session: Session,
    id: String,
    title: String,
    version: i64,
    base: i64,
    revision: i64,
    notice: Option<&'static str>,
    conflicts: Vec<ConflictView>,
}

struct ConflictView {
    path: String,
    id: String,
    label: String,
    base: String,
    theirs: Option<String>,
    yours: Option<String>,
    is_words: bool,
    /// What was chosen in a form that was not complete.
    chosen: String,
    own: String,
}

/// Shows the conflicts; without any, there is nothing to settle.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (opened, meanwhile) = open_merged(&app, &session, language, &id).await?.ok_or(Refusal::NotFound)?;
    let Meanwhile::Conflicts(merged) = meanwhile else { return Ok(address::to(&id, "", "")) };
    render(language, StatusCode::OK, &page(session, &opened, &merged, &HashMap::new(), None))
}

fn page(session: Session, opened: &Opened, merged: &Merged, sent: &HashMap<String, String>, notice: Option<&'static str>) -> MergePage {
    let text = |name: String| sent.get(&name).cloned();
    let view = |conflict: &crate::knowledge::merge::Conflict| ConflictView {
        id: element_id(&conflict.path),
        label: conflict.label.clone(),
        base: conflict.base.clone(),
        theirs: conflict.theirs.as_ref().map(|side| side.shown.clone()),
        yours: conflict.yours.as_ref().map(|side| side.shown.clone()),
        is_words: conflict.is_words,
        chosen: text(format!("choice-{}", conflict.path)).unwrap_or_default(),
        own: text(format!("own-{}", conflict.path)).unwrap_or_else(|| conflict.own_words()),
        path: conflict.path.clone(),
    };
    MergePage {
        session,
        id: opened.id.clone(),
        title: value::text(&opened.fields, "title").to_owned(),
        version: opened.version,
        base: opened.base,
        revision: opened.head.as_ref().map_or(0, |head| head.revision),
        notice,
        conflicts: merged.conflicts.iter().map(view).collect(),
    }
}

/// Settles all of them, or shows those that are open.
pub(super) async fn settle(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let sent: HashMap<String, String> = pairs.into_iter().collect();
    let text = |name: &str| sent.get(name).map_or("", String::as_str);
    csrf::check(&session.csrf_token, text("csrf_token"))?;
    let (opened, meanwhile) = open_merged(&app, &session, language, &id).await?.ok_or(Refusal::NotFound)?;
    let Meanwhile::Conflicts(merged) = meanwhile else { return Ok(address::to(&id, "", "moved")) };
    let revision = opened.head.as_ref().map_or(0, |head| head.revision);
    // What was decided about other words than those that stand there now is no decision.
    if text("version") != opened.version.to_string() || text("revision") != revision.to_string() {
        let moved = vi("Bản nháp hoặc bản đang dùng vừa thay đổi. Anh/chị xem lại từng mục dưới đây.");
        return render(language, StatusCode::CONFLICT, &page(session, &opened, &merged, &sent, Some(moved)));
    }
    let resolutions: Option<Vec<Resolution>> = merged
        .conflicts
        .iter()
        .map(|conflict| resolution(text(&format!("choice-{}", conflict.path)), text(&format!("own-{}", conflict.path))))
        .collect();
    let Some(resolutions) = resolutions else {
        let open = vi("Còn mục chưa chọn. Anh/chị chọn một cách cho từng mục.");
        return render(language, StatusCode::UNPROCESSABLE_ENTITY, &page(session, &opened, &merged, &sent, Some(open)));
    };
    let fields = merged.settle(&resolutions);
    let saved = save(&app, &session, &id, revision, opened.version, &fields).await?;
    Ok(address::to(&id, "", if saved.is_some() { "settled" } else { "moved" }))
}

fn resolution(choice: &str, own: &str) -> Option<Resolution> {
    match choice {
        "theirs" => Some(Resolution::Theirs),
        "yours" => Some(Resolution::Yours),
        "own" => Some(Resolution::Own(readable(own))),
        _ => None,
    }
}
