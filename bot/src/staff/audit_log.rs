//! `/staff/audit`: who changed what, newest first.

use anyhow::Result;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::dead_letters;
use crate::app::App;
use crate::audit::{Action, Kind};
use crate::clock::local;
use crate::db::accounts::{self, Account};
use crate::db::audit_log::{self, Entry};
use crate::db::staff::Session;
use crate::language::{Language, filters, t};
use crate::router::page::{Refusal, render};

mod difference;

use difference::{Difference, differences};

/// Entries of a page.
const PAGE: i64 = 50;

/// The page.
#[derive(Template)]
#[template(path = "staff/audit_log.html")]
struct AuditPage {
    session: Session,
    people: Vec<Account>,
    who: String,
    kind: String,
    entries: Vec<Line>,
    /// From 1.
    number: i64,
    has_more: bool,
}

struct Line {
    when: String,
    who: String,
    what: String,
    subject: String,
    /// Where the subject can be looked at.
    address: Option<String>,
    differences: Vec<Difference>,
}

/// Whose changes, of what kind, and which page of them; what is missing or unknown stands for all, or the first.
#[derive(Deserialize, Default)]
pub(super) struct Choice {
    #[serde(default)]
    who: String,
    #[serde(default)]
    kind: String,
    page: Option<i64>,
}

/// `GET /staff/audit`
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(choice): Query<Choice>,
) -> Result<Response, Refusal> {
    let kind = Kind::from_key(&choice.kind).map_or("", Kind::key);
    let number = choice.page.unwrap_or(1).clamp(1, i64::MAX / PAGE);
    // One more than is shown tells whether there is another page.
    let mut entries = audit_log::list(&app.db, &choice.who, kind, PAGE + 1, (number - 1) * PAGE).await?;
    let has_more = entries.len() as i64 > PAGE;
    entries.truncate(PAGE as usize);
    let page = AuditPage {
        session,
        people: accounts::list(&app.db).await?,
        who: choice.who,
        kind: kind.to_owned(),
        entries: entries.into_iter().map(|entry| line(entry, language)).collect(),
        number,
        has_more,
    };
    render(language, StatusCode::OK, &page)
}

/// What is not known here, written by a later version, stays as it is.
fn line(entry: Entry, language: Language) -> Line {
    let subject = match Kind::from_key(&entry.subject_kind) {
        Some(Kind::Letter) => t(language, dead_letters::what(&entry.subject_name)).to_owned(),
        _ => entry.subject_name,
    };
    let (at, is_ticket) = (local(entry.at), Kind::from_key(&entry.subject_kind) == Some(Kind::Ticket));
    Line {
        when: format!("{}, {}", at.strftime("%H:%M:%S"), language.date(at.date())),
        who: entry.staff_name,
        what: Action::from_key(&entry.action).map_or(entry.action, |action| t(language, action.label()).to_owned()),
        subject,
        address: is_ticket.then(|| format!("/staff/tickets/{}", entry.subject_id)),
        differences: differences(&entry.change, language),
    }
}
