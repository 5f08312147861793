//! Conversations: who, where, and what is remembered of them.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row as _};

use super::{Transaction, dialect};
use crate::answering::DialogueState;
use crate::channel::{Channel, Inbound};
use crate::language::Language;

/// Who answers in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Sen answers.
    Question,
    /// A person has taken it: Sen is silent.
    WithStaff,
}

impl Mode {
    fn key(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::WithStaff => "with_staff",
        }
    }
}

/// One citizen on one channel.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Row id.
    pub id: String,
    /// Where it takes place.
    pub channel: Channel,
    /// The citizen's address there.
    pub address: String,
    /// Who answers.
    pub mode: Mode,
    /// What has been said so far, as far as answering needs it.
    pub state: DialogueState,
    /// Whether the citizen has been told what is kept.
    pub notice_given: bool,
    /// Since when the platform delivers nothing to the citizen, who has blocked us.
    pub unreachable_at: Option<i64>,
    /// In which language Sen speaks here.
    pub language: Language,
}

impl Conversation {
    /// True in a group, where everybody reads along.
    pub fn is_public(&self) -> bool {
        self.channel == Channel::Telegram && self.address.contains(':')
    }
}

const COLUMNS: &str = "id, channel, address, mode, state, notice_given, unreachable_at, language";

fn read(row: &AnyRow) -> Result<Conversation> {
    let channel: String = row.try_get("channel")?;
    let mode: String = row.try_get("mode")?;
    let state: String = row.try_get("state")?;
    Ok(Conversation {
        id: row.try_get("id")?,
        channel: Channel::from_key(&channel).with_context(|| format!("unknown channel {channel:?}"))?,
        address: row.try_get("address")?,
        mode: if mode == Mode::WithStaff.key() { Mode::WithStaff } else { Mode::Question },
        // What another version of Sen remembered and this one can't read is forgotten: the citizen says it again.
        state: serde_json::from_str(&state).unwrap_or_default(),
        notice_given: row.try_get::<i64, _>("notice_given")? != 0,
        unreachable_at: row.try_get("unreachable_at")?,
        language: Language::from_key(&row.try_get::<String, _>("language")?).unwrap_or_default(),
    })
}

/// The citizen's conversation on this channel, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Database, channel: Channel, address: &str) -> Result<Option<Conversation>> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE channel = $1 AND address = $2");
    sqlx::query(&sql).bind(channel.key()).bind(address).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// The conversation with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Conversation>> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// The conversations with these ids, in any order.
pub(crate) async fn by_ids(db: &Database, ids: &[String]) -> Result<Vec<Conversation>> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE id IN {}", dialect::placeholders(0, ids.len()));
    let rows = ids.iter().fold(sqlx::query(&sql), |query, id| query.bind(id)).fetch_all(&db.reader).await?;
    rows.iter().map(read).collect()
}

/// [`find`] inside a transaction.
pub(crate) async fn find_in(tx: &mut Transaction, channel: Channel, address: &str) -> Result<Option<Conversation>> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE channel = $1 AND address = $2");
    sqlx::query(&sql).bind(channel.key()).bind(address).fetch_optional(&mut **tx).await?.as_ref().map(read).transpose()
}

/// [`find_or_begin`] as a statement, for [`bind_find_or_begin`].
pub(crate) const FIND_OR_BEGIN: &str =
    "INSERT INTO conversations (id, channel, address, mode, state, created_at, last_at, last_seq, language)
     VALUES ($1, $2, $3, 'question', '{}', $4, $4, 1, COALESCE($5, 'vi'))
     ON CONFLICT (channel, address) DO UPDATE
     SET last_at = excluded.last_at, unreachable_at = NULL, last_seq = conversations.last_seq + 1,
         language = COALESCE($5, conversations.language) RETURNING id, last_seq";

/// Binds the first five parameters.
pub(crate) fn bind_find_or_begin<'q>(
    query: Query<'q, Any, AnyArguments<'q>>,
    inbound: &'q Inbound,
    new_id: &'q str,
    now: i64,
) -> Query<'q, Any, AnyArguments<'q>> {
    query.bind(new_id).bind(inbound.channel.key()).bind(&inbound.address).bind(now).bind(inbound.language.map(Language::key))
}

/// The conversation's id and the number of the citizen's next message in it, which is thereby given out; a first message
/// begins a conversation. It is held in the message's language, if that has one. The row stays locked until the transaction
/// ends, so that numbers come without a gap also where several processes write.
pub(crate) async fn find_or_begin(tx: &mut Transaction, inbound: &Inbound, new_id: &str, now: i64) -> Result<(String, i64)> {
    let row = bind_find_or_begin(sqlx::query(FIND_OR_BEGIN), inbound, new_id, now).fetch_one(&mut **tx).await?;
    Ok((row.try_get("id")?, row.try_get("last_seq")?))
}

/// The id of the citizen's conversation, in which something other than a message happens; the first time begins it.
pub(crate) async fn begin(tx: &mut Transaction, channel: Channel, address: &str, new_id: &str, now: i64) -> Result<String> {
    let sql = "INSERT INTO conversations (id, channel, address, mode, state, created_at, last_at)
               VALUES ($1, $2, $3, 'question', '{}', $4, $4)
               ON CONFLICT (channel, address) DO UPDATE SET last_at = excluded.last_at RETURNING id";
    let query = sqlx::query_scalar(sql).bind(new_id).bind(channel.key()).bind(address).bind(now);
    Ok(query.fetch_one(&mut **tx).await?)
}

/// Takes back the number that was given out last in this transaction.
pub(crate) async fn take_number_back(tx: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query("UPDATE conversations SET last_seq = last_seq - 1 WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Gives out the number of the next message.
pub(crate) async fn next_number(tx: &mut Transaction, id: &str) -> Result<i64> {
    let sql = "UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq";
    Ok(sqlx::query_scalar(sql).bind(id).fetch_one(&mut **tx).await?)
}

/// [`next_number`] for an answer in each of these conversations, keeping what answering remembers in the same statement: the
/// numbers by conversation. Those that staff have taken since get none.
pub(crate) async fn next_numbers_of_answers(
    tx: &mut Transaction,
    answered: &[(&Conversation, &DialogueState)],
) -> Result<HashMap<String, i64>> {
    if answered.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "UPDATE conversations SET last_seq = last_seq + 1, state = answered.column2 FROM (VALUES {}) AS answered
         WHERE id = answered.column1 AND mode = answered.column3 RETURNING id, last_seq",
        dialect::rows(answered.len(), 3)
    );
    let mut query = sqlx::query(&sql);
    for (before, state) in answered {
        query = query.bind(&before.id).bind(serde_json::to_string(state)?).bind(before.mode.key());
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("last_seq")?))).collect()
}

/// Keeps what answering remembers.
pub(crate) async fn set_state(tx: &mut Transaction, id: &str, state: &DialogueState) -> Result<()> {
    let state = serde_json::to_string(state)?;
    sqlx::query("UPDATE conversations SET state = $2 WHERE id = $1").bind(id).bind(state).execute(&mut **tx).await?;
    Ok(())
}

/// Says who answers from now on.
pub(crate) async fn set_mode(tx: &mut Transaction, id: &str, mode: Mode) -> Result<()> {
    sqlx::query("UPDATE conversations SET mode = $2 WHERE id = $1").bind(id).bind(mode.key()).execute(&mut **tx).await?;
    Ok(())
}

/// Whether staff have all of these conversations, which they then can't give back until the transaction ends.
pub(crate) async fn are_with_staff(tx: &mut Transaction, ids: &[String]) -> Result<bool> {
    if ids.is_empty() {
        return Ok(true);
    }
    let places = dialect::placeholders(0, ids.len());
    let sql = format!("UPDATE conversations SET mode = mode WHERE id IN {places} AND mode = 'with_staff'");
    let held = ids.iter().fold(sqlx::query(&sql), |query, id| query.bind(id)).execute(&mut **tx).await?;
    Ok(held.rows_affected() == ids.len() as u64)
}

/// Keeps others from changing a conversation until the transaction ends.
pub(crate) async fn lock(tx: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query("UPDATE conversations SET mode = mode WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// In which language Sen speaks in a conversation.
pub(crate) async fn language(tx: &mut Transaction, id: &str) -> Result<Language> {
    let key: String = sqlx::query_scalar("SELECT language FROM conversations WHERE id = $1").bind(id).fetch_one(&mut **tx).await?;
    Ok(Language::from_key(&key).unwrap_or_default())
}

/// Speaks another language from now on.
pub(crate) async fn set_language(tx: &mut Transaction, id: &str, language: Language) -> Result<()> {
    sqlx::query("UPDATE conversations SET language = $2 WHERE id = $1").bind(id).bind(language.key()).execute(&mut **tx).await?;
    Ok(())
}

/// Remembers that the citizen has been told what is kept.
pub(crate) async fn set_notice_given(tx: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query("UPDATE conversations SET notice_given = 1 WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Whether a message of this conversation is still unanswered.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &Database, conversation_id: &str) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM inbox WHERE conversation_id = $1 AND state = 'waiting'")
        .bind(conversation_id)
        .fetch_one(&db.reader)
        .await?;
    Ok(count > 0)
}
