//! From a question that Sen can't answer to a person and back: tickets with receipt codes.

pub mod receipt_code;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::answering::TicketKind;
use crate::app::App;
use crate::audit::{self, Subject};
use crate::channel::{Action, Button};
use crate::db::Transaction;
use crate::db::conversations::{self, Mode};
use crate::db::messages::{self, NewMessage, Sender};
use crate::db::staff::Session;
use crate::db::tickets;
pub use crate::db::tickets::{Ticket, TicketState, count_open, find, list};
use crate::language::{t, tf};
use crate::outbox::{self, Job};
use crate::telemetry;

/// What the citizen is told after a handoff.
pub struct Opened {
    /// The receipt code.
    pub code: String,
    /// Tickets that wait in front of this one.
    pub ahead: i64,
}

/// Opens a ticket and tells staff, in the transaction of its cause.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Transaction, app: &App, conversation_id: &str, question: &str, kind: TicketKind, seq: i64) -> Result<Opened> {
    let ahead = tickets::count_open_in(tx).await?;
    let code = receipt_code::new(&app.random);
    let ticket = Ticket {
        id: app.random.id(),
        code: code.clone(),
        kind,
        conversation_id: conversation_id.to_owned(),
        question: question.to_owned(),
        state: TicketState::Open,
        opened_at: app.clock.now_ms(),
        opened_seq: seq,
        taken_by: None,
        replied_at: None,
        closed_at: None,
    };
    tickets::insert(tx, &ticket).await?;
    telemetry::handed_over(kind);
    outbox::enqueue(tx, app, conversation_id, Job::NotifyStaff).await?;
    Ok(Opened { code, ahead })
}

/// Sends a reply to the citizen. The member of staff has thereby taken the conversation: Sen is silent in it until the
/// ticket is closed.
///
/// # Errors
/// When the ticket is unknown or closed, or the database fails.
pub(crate) async fn reply(app: &App, session: &Session, ticket_id: &str, text: &str) -> Result<()> {
    let (mut tx, name) = (app.db.begin().await?, session.display_name.as_str());
    let before = find_locked(&mut tx, ticket_id).await?;
    let replied = tickets::mark_replied(&mut tx, ticket_id, name, app.clock.now_ms()).await?;
    let ticket = replied.with_context(|| format!("ticket {ticket_id} is closed"))?;
    conversations::set_mode(&mut tx, &ticket.conversation_id, Mode::WithStaff).await?;
    let message = NewMessage { sender: Sender::Staff, staff_name: Some(name), text, buttons: &[], answer_id: None, language: None };
    say(&mut tx, app, &ticket.conversation_id, &message).await?;
    record(&mut tx, app, session, audit::Action::AnswerTicket, &before, &ticket).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(())
}

/// Closes a ticket, gives the conversation back to Sen and asks the citizen whether it is solved.
///
/// # Errors
/// When the ticket is unknown or closed, or the database fails.
pub(crate) async fn close(app: &App, session: &Session, ticket_id: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let before = find_locked(&mut tx, ticket_id).await?;
    let closed = tickets::mark_closed(&mut tx, ticket_id, &session.display_name, app.clock.now_ms()).await?;
    let ticket = closed.with_context(|| format!("ticket {ticket_id} is closed"))?;
    if !tickets::has_taken(&mut tx, &ticket.conversation_id).await? {
        conversations::set_mode(&mut tx, &ticket.conversation_id, Mode::Question).await?;
    }
    record(&mut tx, app, session, audit::Action::CloseTicket, &before, &ticket).await?;
    let language = conversations::language(&mut tx, &ticket.conversation_id).await?;
    let text = tf(language, "Việc {code} đã giải quyết xong chưa ạ?", &[("code", &ticket.code)]);
    let buttons = [
        Button::new(t(language, "Rồi"), Action::Solved(ticket.code.clone())),
        Button::new(t(language, "Chưa, hỏi tiếp"), Action::NotSolved(ticket.code)),
    ];
    let message =
        NewMessage { sender: Sender::Sen, staff_name: None, text: &text, buttons: &buttons, answer_id: None, language: Some(language) };
    say(&mut tx, app, &ticket.conversation_id, &message).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(())
}

/// A ticket whose conversation nobody else changes meanwhile. Whoever changes both locks the conversation first, as each message
/// of the citizen does: two that wait for each other would both be refused.
async fn find_locked(tx: &mut Transaction, ticket_id: &str) -> Result<Ticket> {
    let ticket = tickets::find_in(tx, ticket_id).await?.with_context(|| format!("there is no ticket {ticket_id}"))?;
    conversations::lock(tx, &ticket.conversation_id).await?;
    Ok(ticket)
}

/// What staff did to a ticket, without anybody's words.
async fn record(tx: &mut Transaction, app: &App, session: &Session, action: audit::Action, before: &Ticket, after: &Ticket) -> Result<()> {
    let state = |ticket: &Ticket| json!({ "state": ticket.state.key(), "taken_by": ticket.taken_by });
    let subject = Subject { kind: audit::Kind::Ticket, id: &after.id, name: &after.code };
    audit::record(tx, app, session, action, subject, &json!({ "before": state(before), "after": state(after) })).await
}

/// Writes a message and its delivery in one transaction.
pub(crate) async fn say(tx: &mut Transaction, app: &App, conversation_id: &str, message: &NewMessage<'_>) -> Result<i64> {
    let seq = conversations::next_number(tx, conversation_id).await?;
    messages::add(tx, conversation_id, seq, message, app.clock.now_ms()).await?;
    outbox::enqueue(tx, app, conversation_id, Job::DeliverReply { seq }).await?;
    Ok(seq)
}
