//! Tickets: questions that wait for a person.

use anyhow::Result;
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Transaction, dialect};
use crate::answering::TicketKind;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Waits for staff: for the first reply, or because the citizen has opened it again or written again.
    Open,
    /// Staff have replied; the conversation is theirs, and nothing new was written in it.
    Answered,
    /// Done.
    Closed,
}

impl TicketState {
    /// The name in tables and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Reads back [`TicketState::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Open, Self::Answered, Self::Closed].into_iter().find(|state| state.key() == key)
    }
}

/// One ticket.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Row id.
    pub id: String,
    /// The receipt code that the citizen holds.
    pub code: String,
    /// A question or a petition.
    pub kind: TicketKind,
    /// Where the citizen waits.
    pub conversation_id: String,
    /// In the citizen's words.
    pub question: String,
    /// Where it stands.
    pub state: TicketState,
    /// Milliseconds since the epoch.
    pub opened_at: i64,
    /// The message that it was opened with.
    pub opened_seq: i64,
    /// The name of the member of staff who took it.
    pub taken_by: Option<String>,
    /// First reply.
    pub replied_at: Option<i64>,
    /// When it was closed.
    pub closed_at: Option<i64>,
}

const COLUMNS: &str = "id, code, kind, conversation_id, question, state, opened_at, opened_seq, taken_by, replied_at, closed_at";

fn read(row: &AnyRow) -> Result<Ticket> {
    Ok(Ticket {
        id: row.try_get("id")?,
        code: row.try_get("code")?,
        kind: TicketKind::from_key(&row.try_get::<String, _>("kind")?).unwrap_or(TicketKind::Question),
        conversation_id: row.try_get("conversation_id")?,
        question: row.try_get("question")?,
        state: TicketState::from_key(&row.try_get::<String, _>("state")?).unwrap_or(TicketState::Open),
        opened_at: row.try_get("opened_at")?,
        opened_seq: row.try_get("opened_seq")?,
        taken_by: row.try_get("taken_by")?,
        replied_at: row.try_get("replied_at")?,
        closed_at: row.try_get("closed_at")?,
    })
}

/// Writes a new ticket.
pub(crate) async fn insert(tx: &mut Transaction, ticket: &Ticket) -> Result<()> {
    sqlx::query(
        "INSERT INTO tickets (id, code, kind, conversation_id, question, state, opened_at, opened_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&ticket.id)
    .bind(&ticket.code)
    .bind(ticket.kind.key())
    .bind(&ticket.conversation_id)
    .bind(&ticket.question)
    .bind(ticket.state.key())
    .bind(ticket.opened_at)
    .bind(ticket.opened_seq)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// At most 500 tickets in one state, or all; those that have waited longest first, of those that are dealt with the latest.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Database, state: Option<TicketState>) -> Result<Vec<Ticket>> {
    let order = match state {
        Some(TicketState::Closed) => "closed_at DESC",
        Some(TicketState::Answered) => "replied_at DESC",
        Some(TicketState::Open) | None => "opened_at",
    };
    let sql = format!("SELECT {COLUMNS} FROM tickets WHERE $1 = '' OR state = $1 ORDER BY {order} LIMIT 500");
    let rows = sqlx::query(&sql).bind(state.map_or("", TicketState::key)).fetch_all(&db.reader).await?;
    rows.iter().map(read).collect()
}

/// The ticket with this id.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Database, id: &str) -> Result<Option<Ticket>> {
    let sql = format!("SELECT {COLUMNS} FROM tickets WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// [`find`] inside a transaction.
pub(crate) async fn find_in(tx: &mut Transaction, id: &str) -> Result<Option<Ticket>> {
    let sql = format!("SELECT {COLUMNS} FROM tickets WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// How many wait for a reply.
///
/// # Errors
/// When the database fails.
pub async fn count_open(db: &Database) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM tickets WHERE state = 'open'").fetch_one(&db.reader).await?)
}

/// [`count_open`] inside a transaction.
pub(crate) async fn count_open_in(tx: &mut Transaction) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM tickets WHERE state = 'open'").fetch_one(&mut **tx).await?)
}

/// The ticket with this receipt code.
pub(crate) async fn by_code(tx: &mut Transaction, code: &str) -> Result<Option<Ticket>> {
    let sql = format!("SELECT {COLUMNS} FROM tickets WHERE code = $1");
    sqlx::query(&sql).bind(code).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// Records a reply; none when the ticket is closed or unknown.
pub(crate) async fn mark_replied(tx: &mut Transaction, id: &str, staff_name: &str, now: i64) -> Result<Option<Ticket>> {
    let sql = format!(
        "UPDATE tickets SET state = 'answered', taken_by = COALESCE(taken_by, $2), replied_at = COALESCE(replied_at, $3)
         WHERE id = $1 AND state <> 'closed' RETURNING {COLUMNS}"
    );
    sqlx::query(&sql).bind(id).bind(staff_name).bind(now).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// Closes a ticket; none when it was closed already or is unknown.
pub(crate) async fn mark_closed(tx: &mut Transaction, id: &str, staff_name: &str, now: i64) -> Result<Option<Ticket>> {
    let sql = format!(
        "UPDATE tickets SET state = 'closed', taken_by = COALESCE(taken_by, $2), closed_at = $3
         WHERE id = $1 AND state <> 'closed' RETURNING {COLUMNS}"
    );
    sqlx::query(&sql).bind(id).bind(staff_name).bind(now).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// Opens a closed ticket again, of this conversation only.
pub(crate) async fn reopen(tx: &mut Transaction, code: &str, conversation_id: &str, now: i64) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE tickets SET state = 'open', opened_at = $3, closed_at = NULL WHERE code = $1 AND conversation_id = $2 AND state = 'closed'",
    )
    .bind(code)
    .bind(conversation_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets the ticket that staff took up last in each of these conversations wait for them again: the citizen has written on.
pub(crate) async fn wait_again(tx: &mut Transaction, conversation_ids: &[String], now: i64) -> Result<()> {
    if conversation_ids.is_empty() {
        return Ok(());
    }
    let places = dialect::placeholders(1, conversation_ids.len());
    let sql = format!(
        "UPDATE tickets SET state = 'open', opened_at = $1 WHERE state = 'answered' AND conversation_id IN {places}
         AND NOT EXISTS (SELECT 1 FROM tickets AS later WHERE later.conversation_id = tickets.conversation_id
                         AND later.state = 'answered' AND later.replied_at > tickets.replied_at)"
    );
    conversation_ids.iter().fold(sqlx::query(&sql).bind(now), |query, id| query.bind(id)).execute(&mut **tx).await?;
    Ok(())
}

/// Whether staff still hold a ticket of this conversation: they have replied, or the citizen has opened it again.
pub(crate) async fn has_taken(tx: &mut Transaction, conversation_id: &str) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM tickets WHERE conversation_id = $1 AND state <> 'closed' AND taken_by IS NOT NULL";
    Ok(sqlx::query_scalar::<_, i64>(sql).bind(conversation_id).fetch_one(&mut **tx).await? > 0)
}
