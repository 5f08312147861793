//! `POST /staff/content/{id}`: saves the draft, for a person, for the autosave, and for the buttons at rows.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::address;
use super::field_view::{self, FindingView};
use super::form;
use crate::app::App;
use crate::db::staff::Session;
use crate::knowledge::differences::differences;
use crate::knowledge::findings::findings;
use crate::knowledge::input::{self, Operation};
use crate::knowledge::path::element_id;
use crate::knowledge::{Opened, discard as give_up, open, save as save_draft};
use crate::language::{Language, t, vi};
use crate::router::form::Form;
use crate::router::page::{Refusal, wants_json};
use crate::staff::csrf;

/// What the form sends beside its fields.
struct Sent {
    version: i64,
    base: i64,
    button: String,
    pairs: Vec<(String, String)>,
}

/// What the script is told.
#[derive(Serialize)]
struct Saved {
    version: i64,
    base: i64,
    saved: String,
    /// The id of the element to look at, after a row was added, moved or removed.
    at: Option<String>,
    errors: usize,
    findings: Vec<FindingView>,
}

impl Sent {
    fn read(session: &Session, pairs: Vec<(String, String)>) -> Result<Self, Refusal> {
        let text = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text.as_str());
        csrf::check(&session.csrf_token, text("csrf_token"))?;
        let number = |name| text(name).parse().map_err(|_| Refusal::BadRequest(vi("Biểu mẫu thiếu số phiên bản.")));
        Ok(Self { version: number("version")?, base: number("base")?, button: text("do").to_owned(), pairs })
    }
}

/// Saves and goes where the button leads.
pub(super) async fn save(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let sent = Sent::read(&session, pairs)?;
    let before = open(&app, &session, &id).await?.ok_or(Refusal::NotFound)?;
    if !(0..=before.head.as_ref().map_or(0, |head| head.revision)).contains(&sent.base) {
        return Err(Refusal::BadRequest(vi("Biểu mẫu thuộc một bản không có.")));
    }
    let mut fields = input::read(&sent.pairs);
    let at = Operation::parse(&sent.button).apply(&mut fields);
    let is_unchanged = before.version == sent.version && before.base == sent.base && before.fields == fields;
    let version = if is_unchanged { Some(sent.version) } else { save_draft(&app, &session, &id, sent.base, sent.version, &fields).await? };
    let at = at.map(|path| element_id(&path));
    match version {
        Some(version) if wants_json(&headers) => {
            let opened = Opened { fields, version, base: sent.base, saved_at: (version > 0).then(|| app.clock.now_ms()), ..before };
            told(&app, language, &opened, at).await
        }
        Some(_) => Ok(next(&id, &sent.button, at)),
        None if wants_json(&headers) => {
            let sentence =
                t(language, "Bản nháp này vừa được lưu ở nơi khác. Bấm “Lưu” để xem khác nhau chỗ nào; chữ anh/chị đang gõ vẫn còn.");
            Ok((StatusCode::CONFLICT, Json(serde_json::json!({ "error": sentence }))).into_response())
        }
        None => {
            let list = differences(language, &before.fields, &fields);
            form::show_unsaved(&app, session, language, &Opened { fields, base: sent.base, ..before }, list).await
        }
    }
}

async fn told(app: &App, language: Language, opened: &Opened, at: Option<String>) -> Result<Response, Refusal> {
    let (_, found) = findings(app, &opened.id, &opened.fields).await?;
    let findings = field_view::placed(&found);
    let errors = findings.iter().filter(|finding| finding.is_error).count();
    let saved = form::saved(language, opened.saved_at);
    Ok(Json(Saved { version: opened.version, base: opened.base, saved, at, errors, findings }).into_response())
}

fn next(id: &str, button: &str, at: Option<String>) -> Response {
    match (button, at) {
        ("preview", _) => address::to(id, "/preview", ""),
        ("publish", _) => address::to(id, "/publish", ""),
        (_, Some(element)) => address::to_element(id, &element),
        _ => address::to(id, "", "saved"),
    }
}

/// Which draft is given up.
#[derive(Deserialize)]
pub(super) struct Discarded {
    csrf_token: String,
    version: i64,
}

/// `POST /staff/content/{id}/discard`
pub(super) async fn discard(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(sent): Form<Discarded>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &sent.csrf_token)?;
    let opened = open(&app, &session, &id).await?.ok_or(Refusal::NotFound)?;
    if !give_up(&app, &session, &id, sent.version).await? {
        return Ok(address::to(&id, "", "moved"));
    }
    // A guide that was never published is gone with its draft.
    if opened.head.is_none() {
        return Ok(Redirect::to("/staff/content?done=discarded").into_response());
    }
    Ok(address::to(&id, "", "discarded"))
}
