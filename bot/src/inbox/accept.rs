//! What citizens send is stored before it is acknowledged: `accept()` -> [`Accepted`].

use anyhow::{Context as _, Result};
use indexer::database::{Database, DatabaseKind};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::group_commit;
use super::row::{self, Row};
use crate::app::App;
use crate::channel::{Content, Inbound};
use crate::db::Transaction;
use crate::db::conversations;
use crate::hub::Live;
use crate::{attachments, telemetry};

/// The longest text that is kept, in characters; the rest of a longer one is cut, and the citizen is told.
const MOST_CHARS_KEPT: usize = 4_000;

/// Where a stored message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// Its number there.
    pub seq: i64,
}

/// Stores a message; when this returns, no crash can lose it. A redelivery gives the first one's place.
///
/// # Errors
/// When the database fails; then nothing was stored.
pub async fn accept(app: &App, inbound: Inbound) -> Result<Accepted> {
    let accepted = match (app.db.kind, &inbound.content) {
        (_, Content::Media(_)) => accept_in_transaction(app, &inbound).await?,
        (DatabaseKind::Sqlite, _) => group_commit::store(app, inbound.clone()).await?,
        (DatabaseKind::Postgres, _) => accept_at_once(app, &inbound).await?,
    };
    let Some(accepted) = accepted else {
        return find(&app.db, &inbound).await?.context("a redelivered message is not there");
    };
    announce(app, &accepted);
    Ok(accepted)
}

/// Stores a message in a transaction of its own; none when it is a redelivery.
pub(super) async fn accept_in_transaction(app: &App, inbound: &Inbound) -> Result<Option<Accepted>> {
    let mut tx = app.db.begin().await?;
    let accepted = accept_in(&mut tx, app, inbound).await?;
    if accepted.is_some() {
        tx.commit().await?;
    }
    Ok(accepted)
}

/// [`accept_in_transaction`] in one statement: to a server five trips there and back cost more than the work.
async fn accept_at_once(app: &App, inbound: &Inbound) -> Result<Option<Accepted>> {
    let content = shortened(inbound.content.clone());
    let sql = format!(
        "WITH conversation AS ({}), message AS (
             INSERT INTO messages (conversation_id, seq, sender, text, buttons, created_at)
             SELECT id, last_seq, 'citizen', $6, '[]', $4 FROM conversation)
         INSERT INTO inbox (id, channel, external_id, conversation_id, seq, content, state, attempts, run_at, received_at)
         SELECT $7, $2, $8, id, last_seq, $9, 'waiting', 0, $4, $4 FROM conversation RETURNING conversation_id, seq",
        conversations::FIND_OR_BEGIN
    );
    let (new_id, now) = (app.random.id(), app.clock.now_ms());
    let stored = conversations::bind_find_or_begin(sqlx::query(&sql), inbound, &new_id, now)
        .bind(content.shown())
        .bind(app.random.id())
        .bind(&inbound.external_id)
        .bind(serde_json::to_string(&content)?)
        .fetch_one(&app.db.writer)
        .await;
    let row = match stored {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Ok(None),
        stored => stored?,
    };
    telemetry::received(inbound.channel);
    Ok(Some(read(&row)?))
}

/// Stores a message in the transaction of what it came with; none when it is a redelivery. Call [`announce`] once the
/// transaction is committed.
pub(crate) async fn accept_in(tx: &mut Transaction, app: &App, inbound: &Inbound) -> Result<Option<Accepted>> {
    let now = app.clock.now_ms();
    let (conversation_id, seq) = conversations::find_or_begin(tx, inbound, &app.random.id(), now).await?;
    let rows = [Row::new(inbound, conversation_id, seq)];
    if row::add(tx, app, &rows, now).await? == 0 {
        let [Row { accepted, .. }] = rows;
        conversations::take_number_back(tx, &accepted.conversation_id).await?;
        return Ok(None);
    }
    row::add_messages(tx, &rows, now).await?;
    let [Row { accepted, .. }] = rows;
    if let Content::Media(media) = &inbound.content {
        attachments::keep(tx, app, &accepted.conversation_id, accepted.seq, media).await?;
    }
    telemetry::received(inbound.channel);
    Ok(Some(accepted))
}

/// Wakes a worker and open pages.
pub(crate) fn announce(app: &App, accepted: &Accepted) {
    app.hub.publish(&accepted.conversation_id, Live::Message(accepted.seq));
    app.wake.inbox.notify_one();
}

async fn find(db: &Database, inbound: &Inbound) -> Result<Option<Accepted>> {
    let row = sqlx::query("SELECT conversation_id, seq FROM inbox WHERE channel = $1 AND external_id = $2")
        .bind(inbound.channel.key())
        .bind(&inbound.external_id)
        .fetch_optional(&db.reader)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Accepted> {
    Ok(Accepted { conversation_id: row.try_get("conversation_id")?, seq: row.try_get("seq")? })
}

/// How many messages of this citizen wait.
pub(crate) async fn count_waiting(tx: &mut Transaction, inbound: &Inbound) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT COUNT(*) FROM inbox i JOIN conversations c ON c.id = i.conversation_id
         WHERE c.channel = $1 AND c.address = $2 AND i.state = 'waiting'",
    )
    .bind(inbound.channel.key())
    .bind(&inbound.address)
    .fetch_one(&mut **tx)
    .await?)
}

/// Takes an edit as long as the first version waits. False when that has been handled already.
pub(crate) async fn replace_waiting(tx: &mut Transaction, app: &App, external_id: &str, inbound: &Inbound) -> Result<bool> {
    let content = shortened(inbound.content.clone());
    let row = sqlx::query(
        "UPDATE inbox SET content = $3 WHERE channel = $1 AND external_id = $2 AND state = 'waiting' AND claimed_until <= $4
         RETURNING conversation_id, seq",
    )
    .bind(inbound.channel.key())
    .bind(external_id)
    .bind(serde_json::to_string(&content)?)
    .bind(app.clock.now_ms())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    sqlx::query("UPDATE messages SET text = $3 WHERE conversation_id = $1 AND seq = $2")
        .bind(row.try_get::<String, _>("conversation_id")?)
        .bind(row.try_get::<i64, _>("seq")?)
        .bind(content.shown())
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// Whether an edit says something else than the newest version of that message. Platforms tell of changes, too, that are none
/// of the citizen's: a preview of a link, or every step of who shares a position live.
pub(crate) async fn is_changed(tx: &mut Transaction, edit: &Inbound) -> Result<bool> {
    if matches!(edit.content, Content::Location(_)) {
        return Ok(false);
    }
    // "edit:DATE:CHAT:NUMBER" belongs to "message:CHAT:NUMBER".
    let message = edit.external_id.splitn(3, ':').nth(2).unwrap_or_default();
    let newest: Option<String> = sqlx::query_scalar(
        "SELECT i.content FROM inbox i JOIN conversations c ON c.id = i.conversation_id
         WHERE c.channel = $1 AND c.address = $2 AND i.external_id LIKE $3 ORDER BY i.seq DESC LIMIT 1",
    )
    .bind(edit.channel.key())
    .bind(&edit.address)
    .bind(format!("%:{message}"))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(newest != Some(serde_json::to_string(&shortened(edit.content.clone()))?))
}

/// What is kept of it.
pub(super) fn shortened(content: Content) -> Content {
    match content {
        // PostgreSQL's TEXT holds no NUL.
        Content::Text(text) => Content::Text(text.chars().filter(|c| *c != '\0').take(MOST_CHARS_KEPT).collect()),
        other => other,
    }
}
