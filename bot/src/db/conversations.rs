//! Conversations and their messages.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row as _};

use super::answers::{self, ShownPassage, Vote};
use super::{Transaction, dialect};
use crate::answering::DialogueState;
use crate::channel::{Button, Channel, Inbound};
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

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The citizen.
    Citizen,
    /// Sen.
    Sen,
    /// A member of staff.
    Staff,
}

impl Sender {
    fn key(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Sen => "sen",
            Self::Staff => "staff",
        }
    }
}

/// A message to write.
#[derive(Clone, Copy)]
pub struct NewMessage<'a> {
    /// Who says it.
    pub sender: Sender,
    /// The name that the citizen sees, for staff.
    pub staff_name: Option<&'a str>,
    /// Light markup for Sen, plain text for people.
    pub text: &'a str,
    /// Quick replies.
    pub buttons: &'a [Button],
    /// The answer that it carries.
    pub answer_id: Option<&'a str>,
    /// In which language Sen says it; none for people, who write as they like.
    pub language: Option<Language>,
}

/// A message as pages show it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Number within the conversation, from 1.
    pub seq: i64,
    /// Who said it.
    pub sender: Sender,
    /// The name that the citizen sees, for staff.
    pub staff_name: Option<String>,
    /// Light markup when Sen says it, plain text otherwise.
    pub text: String,
    /// Quick replies.
    pub buttons: Vec<Button>,
    /// The answer that it carries.
    pub answer_id: Option<String>,
    /// Set with `answer_id`: what it rests on.
    pub passages: Vec<ShownPassage>,
    /// The citizen's vote.
    pub vote: Option<Vote>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// In which language Sen said it; none for people.
    pub language: Option<Language>,
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
        state: serde_json::from_str(&state)?,
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

/// The button `index` under message `seq` of this citizen's conversation, if it was shown there.
pub(crate) async fn button(tx: &mut Transaction, channel: Channel, address: &str, seq: i64, index: usize) -> Result<Option<Button>> {
    let buttons: Option<String> = sqlx::query_scalar(
        "SELECT m.buttons FROM messages m JOIN conversations c ON c.id = m.conversation_id
         WHERE c.channel = $1 AND c.address = $2 AND m.seq = $3",
    )
    .bind(channel.key())
    .bind(address)
    .bind(seq)
    .fetch_optional(&mut **tx)
    .await?;
    let buttons: Vec<Button> = buttons.as_deref().map_or(Ok(Vec::new()), serde_json::from_str)?;
    Ok(buttons.into_iter().nth(index))
}

/// What Sen said last.
pub(crate) async fn last_of_sen(tx: &mut Transaction, id: &str) -> Result<Option<String>> {
    let sql = "SELECT text FROM messages WHERE conversation_id = $1 AND sender = 'sen' ORDER BY seq DESC LIMIT 1";
    Ok(sqlx::query_scalar(sql).bind(id).fetch_optional(&mut **tx).await?)
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

/// Writes a message under a number that was given out in this transaction.
pub(crate) async fn add_message(tx: &mut Transaction, conversation_id: &str, seq: i64, message: &NewMessage<'_>, now: i64) -> Result<()> {
    add_messages(tx, &[(conversation_id, seq, *message)], now).await
}

/// [`add_message`] for several: each with its conversation and its number there.
pub(crate) async fn add_messages(tx: &mut Transaction, messages: &[(&str, i64, NewMessage<'_>)], now: i64) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO messages (conversation_id, seq, sender, staff_name, text, buttons, answer_id, created_at, language) VALUES {}",
        dialect::rows(messages.len(), 9)
    );
    let mut query = sqlx::query(&sql);
    for (conversation_id, seq, message) in messages {
        query = query
            .bind(*conversation_id)
            .bind(*seq)
            .bind(message.sender.key())
            .bind(message.staff_name)
            .bind(message.text)
            .bind(serde_json::to_string(message.buttons)?)
            .bind(message.answer_id)
            .bind(now)
            .bind(message.language.map(Language::key));
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// Messages after `after_seq` in order, with what they rest on and the citizen's votes.
///
/// # Errors
/// When the database fails.
pub async fn messages(db: &Database, conversation_id: &str, after_seq: i64) -> Result<Vec<Message>> {
    let rows = sqlx::query(
        "SELECT m.seq, m.sender, m.staff_name, m.text, m.buttons, m.answer_id, m.created_at, m.language, f.vote
         FROM messages m LEFT JOIN feedback f ON f.answer_id = m.answer_id
         WHERE m.conversation_id = $1 AND m.seq > $2 ORDER BY m.seq",
    )
    .bind(conversation_id)
    .bind(after_seq)
    .fetch_all(&db.reader)
    .await?;
    let mut messages = rows.iter().map(read_message).collect::<Result<Vec<_>>>()?;
    for message in &mut messages {
        if let Some(answer_id) = &message.answer_id {
            message.passages = answers::passages(db, answer_id).await?;
        }
    }
    Ok(messages)
}

fn read_message(row: &AnyRow) -> Result<Message> {
    let sender: String = row.try_get("sender")?;
    let vote: Option<String> = row.try_get("vote")?;
    Ok(Message {
        seq: row.try_get("seq")?,
        sender: [Sender::Citizen, Sender::Sen, Sender::Staff].into_iter().find(|s| s.key() == sender).context("unknown sender")?,
        staff_name: row.try_get("staff_name")?,
        text: row.try_get("text")?,
        buttons: serde_json::from_str(&row.try_get::<String, _>("buttons")?)?,
        answer_id: row.try_get("answer_id")?,
        passages: Vec::new(),
        vote: vote.map(|vote| if vote == "up" { Vote::Up } else { Vote::Down }),
        created_at: row.try_get("created_at")?,
        language: row.try_get::<Option<String>, _>("language")?.as_deref().and_then(Language::from_key),
    })
}

/// One message.
///
/// # Errors
/// When the database fails.
pub async fn message(db: &Database, conversation_id: &str, seq: i64) -> Result<Option<Message>> {
    let row = sqlx::query(
        "SELECT seq, sender, staff_name, text, buttons, answer_id, created_at, language, CAST(NULL AS TEXT) AS vote FROM messages
         WHERE conversation_id = $1 AND seq = $2",
    )
    .bind(conversation_id)
    .bind(seq)
    .fetch_optional(&db.reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut message = read_message(&row)?;
    if let Some(answer_id) = &message.answer_id {
        message.passages = answers::passages(db, answer_id).await?;
    }
    Ok(Some(message))
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
