//! Messages of citizens as rows: of the inbox, and of their conversations.

use anyhow::Result;

use super::accept::{Accepted, shortened};
use crate::app::App;
use crate::channel::{Content, Inbound};
use crate::db::messages::{self, NewMessage, Sender};
use crate::db::{Transaction, dialect};

/// A message that has its number.
pub(super) struct Row<'a> {
    inbound: &'a Inbound,
    content: Content,
    pub(super) accepted: Accepted,
}

impl<'a> Row<'a> {
    pub(super) fn new(inbound: &'a Inbound, conversation_id: String, seq: i64) -> Self {
        Self { inbound, content: shortened(inbound.content.clone()), accepted: Accepted { conversation_id, seq } }
    }

    fn message(&self) -> (&str, i64, NewMessage<'_>) {
        let text = self.content.shown();
        let message = NewMessage { sender: Sender::Citizen, staff_name: None, text, buttons: &[], answer_id: None, language: None };
        (&self.accepted.conversation_id, self.accepted.seq, message)
    }
}

/// Adds them to the inbox but for redeliveries; how many were added.
pub(super) async fn add(tx: &mut Transaction, app: &App, rows: &[Row<'_>], now: i64) -> Result<usize> {
    let columns = "id, channel, external_id, conversation_id, seq, content, state, attempts, run_at, received_at";
    let sql =
        format!("INSERT INTO inbox ({columns}) VALUES {} ON CONFLICT (channel, external_id) DO NOTHING", dialect::rows(rows.len(), 10));
    let mut query = sqlx::query(&sql);
    for Row { inbound, content, accepted } in rows {
        query = query
            .bind(app.random.id())
            .bind(inbound.channel.key())
            .bind(&inbound.external_id)
            .bind(&accepted.conversation_id)
            .bind(accepted.seq)
            .bind(serde_json::to_string(content)?)
            .bind("waiting")
            .bind(0_i64)
            .bind(now)
            .bind(now);
    }
    Ok(usize::try_from(query.execute(&mut **tx).await?.rows_affected())?)
}

/// Adds them to their conversations.
pub(super) async fn add_messages(tx: &mut Transaction, rows: &[Row<'_>], now: i64) -> Result<()> {
    messages::add_all(tx, &rows.iter().map(Row::message).collect::<Vec<_>>(), now).await
}
