//! `/staff/tickets/{id}`: the question, the conversation with what was shown, and the reply.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::attachment::{self, AttachmentView};
use super::csrf;
use super::inbox::label;
use super::login::SessionFields;
use crate::answering::TicketKind;
use crate::app::App;
use crate::attachments;
use crate::channel::web_chat::message_view::{self, MessageView};
use crate::clock::local;
use crate::db::conversations;
use crate::db::messages::{self, PAGE, Sender};
use crate::db::staff::Session;
use crate::handoff::{self, Ticket, TicketState};
use crate::language::{Language, filters, vi};
use crate::router::form::{Form, readable};
use crate::router::page::{Refusal, render};

/// The longest reply, in characters.
const LONGEST_REPLY: usize = 4_000;

/// The ticket's page.
#[derive(Template)]
#[template(path = "staff/ticket.html")]
struct TicketPage {
    session: Session,
    ticket: Ticket,
    petition: bool,
    state_label: &'static str,
    opened: String,
    closed: bool,
    messages: Vec<MessageView>,
    /// The number before which there are earlier messages.
    earlier: Option<i64>,
    /// Whether this is one of the earlier pages, which nothing comes to.
    is_earlier: bool,
    attachments: Vec<AttachmentView>,
    /// The citizen has blocked us on the platform: a reply does not arrive.
    unreachable: bool,
    notice: Option<&'static str>,
    error: Option<&'static str>,
    draft: String,
}

/// What has just been done, and which page of the conversation.
#[derive(Deserialize)]
pub(super) struct Arrival {
    done: Option<String>,
    before: Option<i64>,
}

/// The reply form's fields.
#[derive(Deserialize)]
pub(super) struct Reply {
    csrf_token: String,
    text: String,
}

/// `GET /staff/tickets/{id}`
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let ticket = find(&app, &id).await?;
    let page = page(&app, language, session, ticket, arrival.before).await?;
    render(language, StatusCode::OK, &TicketPage { notice: arrival.done.map(|_| vi("Đã gửi câu trả lời.")), ..page })
}

/// `POST /staff/tickets/{id}/reply`
pub(super) async fn reply(
    State(app): State<App>,
    session: Session,
    language: Language,
    Path(id): Path<String>,
    Form(fields): Form<Reply>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let ticket = find(&app, &id).await?;
    let text = readable(&fields.text);
    if let Some(error) = error(&ticket, &text) {
        let page = page(&app, language, session, ticket, None).await?;
        return render(language, StatusCode::UNPROCESSABLE_ENTITY, &TicketPage { error: Some(error), draft: text, ..page });
    }
    if !is_repeated(&app, &ticket, &text).await? {
        handoff::reply(&app, &session, &id, &text).await?;
    }
    Ok(Redirect::to(&format!("/staff/tickets/{id}?done=reply")).into_response())
}

/// `POST /staff/tickets/{id}/close`
pub(super) async fn close(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    // Closing what a colleague has closed meanwhile is no error.
    if find(&app, &id).await?.state != TicketState::Closed {
        handoff::close(&app, &session, &id).await?;
    }
    Ok(Redirect::to("/staff?done=close").into_response())
}

async fn find(app: &App, id: &str) -> Result<Ticket, Refusal> {
    handoff::find(&app.db, id).await?.ok_or(Refusal::NotFound)
}

/// With the messages before `before`, a page of them.
async fn page(app: &App, language: Language, session: Session, ticket: Ticket, before: Option<i64>) -> Result<TicketPage, Refusal> {
    let messages = messages::before(&app.db, &ticket.conversation_id, before.unwrap_or(i64::MAX)).await?;
    let conversation = conversations::by_id(&app.db, &ticket.conversation_id).await?;
    let attachments = attachments::of_conversation(&app.db, &ticket.conversation_id).await?;
    Ok(TicketPage {
        session,
        unreachable: conversation.is_some_and(|conversation| conversation.unreachable_at.is_some()),
        attachments: attachments.iter().map(|attachment| attachment::view(attachment, language)).collect(),
        petition: ticket.kind == TicketKind::Petition,
        state_label: label(ticket.state),
        opened: language.time_and_date(local(ticket.opened_at)),
        closed: ticket.state == TicketState::Closed,
        messages: message_view::for_staff(app, language, &messages),
        earlier: messages.first().filter(|_| messages.len() == PAGE).map(|message| message.seq),
        is_earlier: before.is_some(),
        notice: None,
        error: None,
        draft: String::new(),
        ticket,
    })
}

fn error(ticket: &Ticket, text: &str) -> Option<&'static str> {
    if ticket.state == TicketState::Closed {
        return Some(vi("Câu hỏi này đã đóng, không gửi thêm được."));
    }
    if text.is_empty() {
        return Some(vi("Anh/chị chưa nhập câu trả lời."));
    }
    let too_long = vi("Câu trả lời dài quá 4.000 ký tự. Anh/chị viết ngắn lại hoặc gửi làm hai lần.");
    (text.chars().count() > LONGEST_REPLY).then_some(too_long)
}

/// A form that is sent twice says the same thing once.
async fn is_repeated(app: &App, ticket: &Ticket, text: &str) -> Result<bool, Refusal> {
    let messages = messages::before(&app.db, &ticket.conversation_id, i64::MAX).await?;
    Ok(messages.last().is_some_and(|last| last.sender == Sender::Staff && last.text == text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::web_chat::message_view::tests::samples;

    fn ticket(state: TicketState) -> Ticket {
        Ticket {
            id: "t1".into(),
            code: "NA-7K3Q-21".into(),
            kind: TicketKind::Petition,
            conversation_id: "c1".into(),
            question: "<b>xã tôi</b>".into(),
            state,
            opened_at: 0,
            opened_seq: 1,
            taken_by: Some("Hoa".into()),
            replied_at: None,
            closed_at: None,
        }
    }

    fn page(state: TicketState) -> TicketPage {
        TicketPage {
            session: Session { csrf_token: "c1".into(), ..Session::default() },
            petition: true,
            state_label: label(state),
            opened: "14:05, 24/11/2026".into(),
            closed: state == TicketState::Closed,
            messages: samples(),
            attachments: Vec::new(),
            unreachable: false,
            earlier: None,
            is_earlier: false,
            notice: None,
            error: None,
            draft: String::new(),
            ticket: ticket(state),
        }
    }

    #[test]
    fn an_open_ticket_can_be_answered_and_closed() {
        let html = page(TicketState::Open).render().unwrap_or_default();
        assert!(html.contains("/staff/tickets/t1/reply") && html.contains("/staff/tickets/t1/close"));
        assert_eq!(html.matches("name=\"csrf_token\" value=\"c1\"").count(), 3);
        assert!(html.contains("NA-7K3Q-21") && html.contains("Phản ánh") && !html.contains("<b>xã"));
    }

    #[test]
    fn a_closed_one_only_read() {
        let html = page(TicketState::Closed).render().unwrap_or_default();
        assert!(!html.contains("/reply") && html.contains("đã đóng"));
    }

    #[test]
    fn a_reply_says_something_and_not_too_much() {
        assert_eq!(error(&ticket(TicketState::Answered), "Chào anh/chị"), None);
        assert!(error(&ticket(TicketState::Open), "").is_some());
        assert!(error(&ticket(TicketState::Open), &"ệ".repeat(LONGEST_REPLY + 1)).is_some());
        assert!(error(&ticket(TicketState::Closed), "Chào").is_some());
        let page =
            TicketPage { error: Some("Anh/chị chưa nhập câu trả lời."), draft: "giữ lại".into(), ..page(TicketState::Open) };
        let html = page.render().unwrap_or_default();
        assert!(html.contains("reply-hint reply-error") && html.contains(">giữ lại</textarea>"));
    }
}
