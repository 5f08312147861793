//! `/staff/content/{id}/preview`: what citizens would read of the draft, on the web and on Telegram.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::guide::Guide;
use serde::Deserialize;

use crate::answering::preview::{Preview, preview};
use crate::answering::{Citation, Fact};
use crate::app::App;
use crate::channel::telegram;
use crate::channel::web_chat::guide_page;
use crate::channel::web_chat::message_view::{self, MessageView};
use crate::db::answers::ShownPassage;
use crate::db::messages::{Message, Sender};
use crate::db::staff::Session;
use crate::knowledge::open;
use crate::knowledge::value::to_guide;
use crate::language::{Language, filters, vi};
use crate::router::page::{Refusal, render};

/// What can be asked, in the order of the tabs.
const FACTS: [Fact; 9] =
    [Fact::Fee, Fact::Time, Fact::Papers, Fact::Place, Fact::Online, Fact::Steps, Fact::Conditions, Fact::LegalBasis, Fact::Outcome];

/// The page.
#[derive(Template)]
#[template(path = "staff/content/preview.html")]
struct PreviewPage {
    session: Session,
    id: String,
    title: String,
    has_draft: bool,
    tabs: Vec<(&'static str, &'static str, bool)>,
    message: MessageView,
    /// Parts as Telegram's HTML.
    telegram: Vec<String>,
    buttons: Vec<String>,
    ungrounded: Vec<String>,
}

/// Which fact is asked.
#[derive(Deserialize)]
pub(super) struct Asked {
    fact: Option<String>,
}

/// Shows the reply to one question.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (guide, revision, has_draft) = guide(&app, &session, &id).await?;
    let fact = asked.fact.as_deref().and_then(Fact::from_key);
    let title = guide.title.clone();
    let Preview { text, buttons, citations, ungrounded } = preview(guide, revision, fact, app.clock.today());
    let labels = buttons.iter().map(|button| button.label.clone()).collect();
    let message = message(text, citations, app.clock.now_ms());
    let page = PreviewPage {
        session,
        id,
        title,
        has_draft,
        tabs: tabs(fact),
        telegram: telegram::send::written(&message, Language::Vietnamese),
        message: message_view::for_staff(&app, language, &[message]).remove(0),
        buttons: labels,
        ungrounded,
    };
    render(language, StatusCode::OK, &page)
}

/// The draft as the page that citizens open under "Xem cả hướng dẫn".
pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (guide, revision, _) = guide(&app, &session, &id).await?;
    render(language, StatusCode::OK, &guide_page::page(guide, revision, app.clock.today(), language))
}

/// The guide as the draft has it, the number that it would get, and whether there is a draft.
async fn guide(app: &App, session: &Session, id: &str) -> Result<(Guide, i64, bool), Refusal> {
    let opened = open(app, session, id).await?.ok_or(Refusal::NotFound)?;
    let (guide, _) = to_guide(id, &opened.fields, app.clock.today()).map_err(anyhow::Error::from)?;
    let revision = opened.head.map_or(0, |head| head.revision) + i64::from(opened.version > 0);
    Ok((guide, revision, opened.version > 0))
}

fn message(text: String, citations: Vec<Citation>, now: i64) -> Message {
    let passage = |citation: Citation| ShownPassage {
        guide_id: citation.id,
        title: citation.title,
        section: citation.section,
        url: citation.url,
        checked_on: citation.checked_on,
        quote: citation.quote,
    };
    Message {
        seq: 1,
        sender: Sender::Sen,
        staff_name: None,
        text,
        buttons: Vec::new(),
        answer_id: Some("preview".to_owned()),
        passages: citations.into_iter().map(passage).collect(),
        vote: None,
        language: Some(Language::Vietnamese),
        created_at: now,
    }
}

fn tabs(current: Option<Fact>) -> Vec<(&'static str, &'static str, bool)> {
    let general = ("", vi("Hỏi chung"), current.is_none());
    let tab = |fact: Fact| (fact.key(), fact.button_label(), current == Some(fact));
    [general].into_iter().chain(FACTS.map(tab)).collect()
}
