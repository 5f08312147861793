//! `GET /staff`: the tickets that wait for a reply, those that have one, and those that are done.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::answering::TicketKind;
use crate::app::App;
use crate::clock::local;
use crate::db::staff::Session;
use crate::handoff::{self, Ticket, TicketState};
use crate::language::{Language, filters, tf, vi};
use crate::router::page::{Refusal, render};

/// How much of a question the list shows, in characters.
const BEGINNING: usize = 140;

/// The list's page.
#[derive(Template)]
#[template(path = "staff/inbox.html")]
struct InboxPage {
    session: Session,
    state_key: &'static str,
    open_count: i64,
    notice: Option<&'static str>,
    tabs: Vec<Tab>,
    tickets: Vec<TicketLine>,
    empty: &'static str,
}

struct Tab {
    key: &'static str,
    label: &'static str,
    count: Option<i64>,
    current: bool,
}

struct TicketLine {
    id: String,
    code: String,
    petition: bool,
    /// Staff had it already; the citizen goes on.
    again: bool,
    beginning: String,
    when: String,
}

/// Which list, and what has just been done.
#[derive(Deserialize)]
pub(super) struct Choice {
    state: Option<String>,
    done: Option<String>,
}

/// The list of one state; whoever has waited longest comes first, of what is done the latest.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(choice): Query<Choice>,
) -> Result<Response, Refusal> {
    let state = choice.state.as_deref().and_then(TicketState::from_key).unwrap_or(TicketState::Open);
    let open_count = handoff::count_open(&app.db).await?;
    let tickets = handoff::list(&app.db, Some(state)).await?;
    let now = app.clock.now_ms();
    let page = InboxPage {
        session,
        state_key: state.key(),
        open_count,
        notice: choice.done.map(|_| vi("Đã đóng câu hỏi.")),
        tabs: tabs(state, open_count),
        tickets: tickets.iter().map(|ticket| line(ticket, now, language)).collect(),
        empty: empty(state),
    };
    render(language, StatusCode::OK, &page)
}

fn tabs(current: TicketState, open_count: i64) -> Vec<Tab> {
    let tab = |state: TicketState, count| Tab { key: state.key(), label: label(state), count, current: state == current };
    vec![tab(TicketState::Open, Some(open_count)), tab(TicketState::Answered, None), tab(TicketState::Closed, None)]
}

/// The state as staff read it.
pub(super) fn label(state: TicketState) -> &'static str {
    match state {
        TicketState::Open => vi("Đang chờ"),
        TicketState::Answered => vi("Đã trả lời"),
        TicketState::Closed => vi("Đã đóng"),
    }
}

fn empty(state: TicketState) -> &'static str {
    match state {
        TicketState::Open => vi("Không có câu hỏi nào đang chờ."),
        TicketState::Answered => vi("Chưa có câu hỏi nào đã trả lời mà chưa đóng."),
        TicketState::Closed => vi("Chưa có câu hỏi nào đã đóng."),
    }
}

fn line(ticket: &Ticket, now: i64, language: Language) -> TicketLine {
    let since = |at: Option<i64>| language.time_and_date(local(at.unwrap_or(ticket.opened_at)));
    let when = match ticket.state {
        TicketState::Open => tf(language, "Đã chờ {time}", &[("time", &waited(now - ticket.opened_at, language))]),
        TicketState::Answered => tf(language, "Trả lời lúc {time}", &[("time", &since(ticket.replied_at))]),
        TicketState::Closed => tf(language, "Đóng lúc {time}", &[("time", &since(ticket.closed_at))]),
    };
    TicketLine {
        id: ticket.id.clone(),
        code: ticket.code.clone(),
        petition: ticket.kind == TicketKind::Petition,
        again: ticket.state == TicketState::Open && ticket.taken_by.is_some(),
        beginning: beginning(&ticket.question),
        when,
    }
}

/// How long a citizen has waited, in words.
fn waited(ms: i64, language: Language) -> String {
    let minutes = ms.max(0) / 60_000;
    let (hours, days) = (minutes / 60, minutes / (60 * 24));
    let words = match (minutes, hours, days) {
        (0, _, _) => vi("chưa đến 1 phút"),
        (_, 0, _) => vi("{minutes} phút"),
        (_, _, 0) => vi("{hours} giờ {minutes} phút"),
        _ => vi("{days} ngày {hours} giờ"),
    };
    tf(language, words, &[("minutes", &(minutes % 60)), ("hours", &(hours % 24)), ("days", &days)])
}

fn beginning(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_told_in_words() {
        let minute = 60_000;
        let waited = |ms| waited(ms, Language::Vietnamese);
        assert_eq!(waited(0), "chưa đến 1 phút");
        assert_eq!(waited(5 * minute), "5 phút");
        assert_eq!(waited(125 * minute), "2 giờ 5 phút");
        assert_eq!(waited(50 * 60 * minute), "2 ngày 2 giờ");
    }

    #[test]
    fn a_long_question_is_cut_between_characters() {
        assert_eq!(beginning("một\n hai"), "một hai");
        let cut = beginning(&"ệ".repeat(500));
        assert_eq!(cut.chars().count(), BEGINNING + 1);
    }

    #[test]
    fn the_page_shows_lists_and_their_emptiness() {
        let page = |tickets| InboxPage {
            session: Session::default(),
            state_key: "open",
            open_count: 1,
            notice: None,
            tabs: tabs(TicketState::Open, 1),
            tickets,
            empty: empty(TicketState::Open),
        };
        let line = TicketLine {
            id: "ab12".into(),
            code: "NA-7K3Q-21".into(),
            petition: true,
            again: true,
            beginning: "<b>Xã tôi</b>".into(),
            when: "Đã chờ 5 phút".into(),
        };
        let html = page(vec![line]).render().unwrap_or_default();
        assert!(
            html.contains("NA-7K3Q-21")
                && html.contains("Hỏi tiếp")
                && html.contains("/staff/tickets/ab12")
                && html.contains("aria-current=\"page\"")
        );
        assert!(!html.contains("<b>Xã"));
        assert!(page(Vec::new()).render().unwrap_or_default().contains("Không có câu hỏi nào đang chờ."));
    }
}
