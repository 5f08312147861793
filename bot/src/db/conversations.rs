//! Conversations, their messages and the answers in them.

use anyhow::{Context as _, Result};
use indexer::database::Database;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Transaction, dialect};
use crate::answering::{Answer, Citation, DialogueState};
use crate::channel::{Button, Channel};

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

/// A citizen's vote on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// 👍
    Up,
    /// 👎
    Down,
}

/// A passage as it was shown.
#[derive(Clone, Debug)]
pub struct ShownPassage {
    /// The guide's id.
    pub guide_id: String,
    /// The guide's title.
    pub title: String,
    /// The section's label.
    pub section: String,
    /// The official page.
    pub url: Option<String>,
    /// When the source was checked, ISO date.
    pub checked_on: Option<String>,
    /// The passage itself.
    pub quote: String,
}

/// A message to write.
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
}

const PASSAGE_COLUMNS: [&str; 10] =
    ["answer_id", "rank", "guide_id", "revision", "codes", "title", "section", "url", "checked_on", "quote"];
const COLUMNS: &str = "id, channel, address, mode, state, notice_given, unreachable_at";

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

/// The citizen has blocked us at that time, or lets us in again.
pub(crate) async fn mark_blocked(tx: &mut Transaction, channel: Channel, address: &str, since: Option<i64>) -> Result<()> {
    let sql = "UPDATE conversations SET unreachable_at = $3 WHERE channel = $1 AND address = $2";
    sqlx::query(sql).bind(channel.key()).bind(address).bind(since).execute(&mut **tx).await?;
    Ok(())
}

/// A Telegram group has another id from now on: its citizens' addresses follow.
pub(crate) async fn move_group_in(tx: &mut Transaction, from: &str, to: &str) -> Result<()> {
    sqlx::query(
        "UPDATE conversations SET address = REPLACE(address, $2, $3) WHERE channel = $1 AND address LIKE $4
         AND NOT EXISTS (SELECT 1 FROM conversations other WHERE other.channel = $1
                         AND other.address = REPLACE(conversations.address, $2, $3))",
    )
    .bind(Channel::Telegram.key())
    .bind(format!("{from}:"))
    .bind(format!("{to}:"))
    .bind(format!("{from}:%"))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// [`move_group_in`] in a transaction of its own.
///
/// # Errors
/// When the database fails.
pub async fn move_group(db: &Database, from: &str, to: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    move_group_in(&mut tx, from, to).await?;
    Ok(tx.commit().await?)
}

/// The conversation's id and the number of the citizen's next message in it, which is thereby given out; a first message
/// begins a conversation. The row stays locked until the transaction ends, so that numbers come without a gap also where
/// several processes write.
pub(crate) async fn find_or_begin(tx: &mut Transaction, channel: Channel, address: &str, new_id: &str, now: i64) -> Result<(String, i64)> {
    let row = sqlx::query(
        "INSERT INTO conversations (id, channel, address, mode, state, created_at, last_at, last_seq)
         VALUES ($1, $2, $3, 'question', '{}', $4, $4, 1)
         ON CONFLICT (channel, address) DO UPDATE
         SET last_at = excluded.last_at, unreachable_at = NULL, last_seq = conversations.last_seq + 1 RETURNING id, last_seq",
    )
    .bind(new_id)
    .bind(channel.key())
    .bind(address)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.try_get("id")?, row.try_get("last_seq")?))
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

/// [`next_number`] for an answer, keeping what answering remembers in the same statement. None when staff have taken the
/// conversation since.
pub(crate) async fn next_number_of_answer(tx: &mut Transaction, before: &Conversation, state: &DialogueState) -> Result<Option<i64>> {
    let sql = "UPDATE conversations SET last_seq = last_seq + 1, state = $2 WHERE id = $1 AND mode = $3 RETURNING last_seq";
    let query = sqlx::query_scalar(sql).bind(&before.id).bind(serde_json::to_string(state)?).bind(before.mode.key());
    Ok(query.fetch_optional(&mut **tx).await?)
}

/// Says who answers from now on.
pub(crate) async fn set_mode(tx: &mut Transaction, id: &str, mode: Mode) -> Result<()> {
    sqlx::query("UPDATE conversations SET mode = $2 WHERE id = $1").bind(id).bind(mode.key()).execute(&mut **tx).await?;
    Ok(())
}

/// Remembers that the citizen has been told what is kept.
pub(crate) async fn set_notice_given(tx: &mut Transaction, id: &str) -> Result<()> {
    sqlx::query("UPDATE conversations SET notice_given = 1 WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Remembers that the platform delivers nothing to the citizen.
///
/// # Errors
/// When the database fails.
pub async fn set_unreachable(db: &Database, id: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE conversations SET unreachable_at = $2 WHERE id = $1").bind(id).bind(now).execute(&db.writer).await?;
    Ok(())
}

/// Writes a message under a number that was given out in this transaction.
pub(crate) async fn add_message(tx: &mut Transaction, conversation_id: &str, seq: i64, message: &NewMessage<'_>, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO messages (conversation_id, seq, sender, staff_name, text, buttons, answer_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(conversation_id)
    .bind(seq)
    .bind(message.sender.key())
    .bind(message.staff_name)
    .bind(message.text)
    .bind(serde_json::to_string(message.buttons)?)
    .bind(message.answer_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps an answer together with the passages that were shown.
pub(crate) async fn add_answer(
    tx: &mut Transaction,
    id: &str,
    conversation_id: &str,
    question: &str,
    answer: &Answer,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO answers (id, conversation_id, question, status, confidence, timings, created_at)
         VALUES ($1, $2, $3, $4, NULLIF($5, CAST(-1 AS DOUBLE PRECISION)), $6, $7)",
    )
    .bind(id)
    .bind(conversation_id)
    .bind(question)
    .bind(answer.status.key())
    // sqlx's Any sends a missing f64 to PostgreSQL as a missing f32, and the prepared statement then takes no f64.
    .bind(answer.confidence.unwrap_or(-1.0))
    .bind(serde_json::to_string(&answer.timings_ms)?)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    add_passages(tx, id, &answer.citations).await
}

/// All in one statement: an answer rests on a few.
async fn add_passages(tx: &mut Transaction, answer_id: &str, citations: &[Citation]) -> Result<()> {
    if citations.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> =
        (0..citations.len()).map(|row| dialect::placeholders(row * PASSAGE_COLUMNS.len(), PASSAGE_COLUMNS.len())).collect();
    let sql = format!("INSERT INTO answer_passages ({}) VALUES {}", PASSAGE_COLUMNS.join(", "), rows.join(", "));
    let mut query = sqlx::query(&sql);
    for (rank, citation) in citations.iter().enumerate() {
        query = query
            .bind(answer_id)
            .bind(rank as i64)
            .bind(&citation.id)
            .bind(citation.revision)
            .bind(serde_json::to_string(&citation.codes)?)
            .bind(&citation.title)
            .bind(&citation.section)
            .bind(&citation.url)
            .bind(&citation.checked_on)
            .bind(&citation.quote);
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
        "SELECT m.seq, m.sender, m.staff_name, m.text, m.buttons, m.answer_id, m.created_at, f.vote
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
            message.passages = passages(db, answer_id).await?;
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
    })
}

/// One message.
///
/// # Errors
/// When the database fails.
pub async fn message(db: &Database, conversation_id: &str, seq: i64) -> Result<Option<Message>> {
    let row = sqlx::query(
        "SELECT seq, sender, staff_name, text, buttons, answer_id, created_at, CAST(NULL AS TEXT) AS vote FROM messages
         WHERE conversation_id = $1 AND seq = $2",
    )
    .bind(conversation_id)
    .bind(seq)
    .fetch_optional(&db.reader)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut message = read_message(&row)?;
    if let Some(answer_id) = &message.answer_id {
        message.passages = passages(db, answer_id).await?;
    }
    Ok(Some(message))
}

async fn passages(db: &Database, answer_id: &str) -> Result<Vec<ShownPassage>> {
    let rows =
        sqlx::query("SELECT guide_id, title, section, url, checked_on, quote FROM answer_passages WHERE answer_id = $1 ORDER BY rank")
            .bind(answer_id)
            .fetch_all(&db.reader)
            .await?;
    let read = |row: &AnyRow| {
        Ok(ShownPassage {
            guide_id: row.try_get("guide_id")?,
            title: row.try_get("title")?,
            section: row.try_get("section")?,
            url: row.try_get("url")?,
            checked_on: row.try_get("checked_on")?,
            quote: row.try_get("quote")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Records a vote; false when the answer is not of this conversation. The last vote counts.
///
/// # Errors
/// When the database fails.
pub async fn vote(db: &Database, conversation_id: &str, answer_id: &str, vote: Vote, now: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO feedback (answer_id, vote, created_at) SELECT id, $3, $4 FROM answers WHERE id = $1 AND conversation_id = $2
         ON CONFLICT (answer_id) DO UPDATE SET vote = excluded.vote, created_at = excluded.created_at",
    )
    .bind(answer_id)
    .bind(conversation_id)
    .bind(match vote {
        Vote::Up => "up",
        Vote::Down => "down",
    })
    .bind(now)
    .execute(&db.writer)
    .await?;
    Ok(done.rows_affected() > 0)
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
