//! Updates become stored messages. One transaction holds the raw updates, what they mean, and how far we have read.

use anyhow::Result;
use serde_json::Value;
use teloxide::payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters as _};
use teloxide::types::{CallbackQueryId, Me, Update};

use super::understand::{Understood, understand};
use crate::app::App;
use crate::channel::{Action, Button, Channel, Content, Inbound};
use crate::db::Transaction;
use crate::db::messages::{self, NewMessage, Sender};
use crate::db::{conversations, reachability};
use crate::handoff;
use crate::inbox::{self, Accepted};
use crate::language::t;

/// So many messages of one citizen may wait; more are not taken up, and the citizen is told once.
const MOST_WAITING: i64 = 20;

/// Shown for a moment over the chat, to somebody whose language is not known: both.
const NOT_YOURS: &str =
    "Nút này không còn dùng được, hoặc dành cho người khác. / This button is no longer in use, or is for somebody else.";

/// What has to happen once a batch is stored.
#[derive(Default)]
struct Afterwards {
    accepted: Vec<Accepted>,
    presses: Vec<CallbackQueryId>,
    /// Of buttons that were shown to somebody else, or are no more.
    strange_presses: Vec<CallbackQueryId>,
    said: bool,
}

/// Stores a batch of updates. Those that came before are passed over.
///
/// # Errors
/// When the database fails; then nothing of the batch was stored.
pub(super) async fn take(app: &App, me: &Me, updates: &[Value]) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let mut afterwards = Afterwards::default();
    for raw in updates {
        take_one(&mut tx, app, me, raw, &mut afterwards).await?;
    }
    tx.commit().await?;
    for accepted in &afterwards.accepted {
        inbox::announce(app, accepted);
    }
    if afterwards.said {
        app.wake.outbox();
    }
    let strange = afterwards.strange_presses.into_iter().map(|query| AnswerCallbackQuery::new(query).text(NOT_YOURS));
    for answer in afterwards.presses.into_iter().map(AnswerCallbackQuery::new).chain(strange) {
        let app = app.clone();
        tokio::spawn(async move { confirm_press(&app, &answer).await });
    }
    Ok(())
}

async fn take_one(tx: &mut Transaction, app: &App, me: &Me, raw: &Value, afterwards: &mut Afterwards) -> Result<()> {
    let Some(update_id) = raw["update_id"].as_i64() else {
        tracing::error!("an update without a number was dropped");
        return Ok(());
    };
    let mut raw = raw.clone();
    remove_nul(&mut raw);
    // From text: out of a `Value` teloxide's types read every update as unknown.
    let text = raw.to_string();
    let understood = match serde_json::from_str::<Update>(&text) {
        Ok(update) => understand(update, me),
        Err(error) => Understood::Unreadable(format!("an update that can't be read: {error}")),
    };
    let stored = sqlx::query(
        "INSERT INTO telegram_updates (update_id, chat_id, raw, state, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (update_id) DO NOTHING",
    )
    .bind(update_id)
    .bind(chat_id(&raw))
    .bind(text)
    .bind(match &understood {
        Understood::Nothing | Understood::UnknownPress(_) => "ignored",
        Understood::Unreadable(_) => "unreadable",
        _ => "taken",
    })
    .bind(app.clock.now_ms())
    .execute(&mut **tx)
    .await?;
    if stored.rows_affected() == 0 {
        return Ok(());
    }
    act(tx, app, understood, afterwards).await
}

/// PostgreSQL's TEXT holds no NUL; no word of a person does either.
fn remove_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|letter| letter != '\0'),
        Value::Array(values) => values.iter_mut().for_each(remove_nul),
        Value::Object(fields) => fields.values_mut().for_each(remove_nul),
        _ => {}
    }
}

/// The chat that an update comes from, so that it goes when the citizen's data go.
fn chat_id(raw: &Value) -> Option<String> {
    let parts = ["message", "edited_message", "my_chat_member"].map(|part| &raw[part]);
    let chat = parts.into_iter().chain([&raw["callback_query"]["message"]]).find_map(|part| part["chat"]["id"].as_i64());
    chat.map(|id| id.to_string())
}

async fn act(tx: &mut Transaction, app: &App, understood: Understood, afterwards: &mut Afterwards) -> Result<()> {
    match understood {
        Understood::Message(inbound) => accept(tx, app, inbound, afterwards).await,
        Understood::Edit(first, inbound) => {
            if inbox::replace_waiting(tx, app, &first, &inbound).await? || !inbox::is_changed(tx, &inbound).await? {
                return Ok(());
            }
            accept(tx, app, inbound, afterwards).await
        }
        Understood::Press { address, data, query } => {
            let conversation = conversations::find_in(tx, Channel::Telegram, &address).await?;
            if conversation.is_none_or(|conversation| conversation.id != data.conversation) {
                afterwards.strange_presses.push(query);
                return Ok(());
            }
            let external_id = format!("press:{}", query.0);
            afterwards.presses.push(query);
            let button = messages::button(tx, &data.conversation, data.seq, data.index).await?;
            let button = button.unwrap_or_else(|| Button::new("…", Action::Help));
            let inbound = Inbound { channel: Channel::Telegram, address, external_id, content: Content::Press(button), language: None };
            accept(tx, app, inbound, afterwards).await
        }
        Understood::UnknownPress(query) => {
            afterwards.strange_presses.push(query);
            Ok(())
        }
        Understood::Blocked { address, is_blocked } => {
            let since = is_blocked.then(|| app.clock.now_ms());
            reachability::mark_blocked(tx, Channel::Telegram, &address, since).await
        }
        Understood::Moved { from, to } => reachability::move_group_in(tx, &from, &to).await,
        Understood::Unreadable(why) => {
            tracing::warn!(why, "an update was kept unread");
            Ok(())
        }
        Understood::Nothing => Ok(()),
    }
}

/// Takes a message up, unless this citizen has too many waiting.
async fn accept(tx: &mut Transaction, app: &App, inbound: Inbound, afterwards: &mut Afterwards) -> Result<()> {
    let waiting = inbox::count_waiting(tx, &inbound).await?;
    if waiting < MOST_WAITING {
        afterwards.accepted.extend(inbox::accept_in(tx, app, &inbound).await?);
        return Ok(());
    }
    let Some(conversation) = conversations::find_in(tx, inbound.channel, &inbound.address).await? else { return Ok(()) };
    let language = conversation.language;
    let text = t(
        language,
        "Anh/chị gửi nhanh quá, Sen chưa nhận được tin vừa rồi. Sen trả lời các tin trước đã; xong anh/chị gửi lại tin ấy giúp Sen.",
    );
    let last = messages::last_of_sen(tx, &conversation.id).await?;
    if last.as_deref() != Some(text) {
        let message = NewMessage { sender: Sender::Sen, staff_name: None, text, buttons: &[], answer_id: None, language: Some(language) };
        handoff::say(tx, app, &conversation.id, &message).await?;
        afterwards.said = true;
    }
    Ok(())
}

/// Ends the button's spinner. Best effort: the answer comes as a message.
async fn confirm_press(app: &App, answer: &AnswerCallbackQuery) {
    if let Some(telegram) = &app.telegram
        && let Err(error) = telegram.api.call(answer).await
    {
        tracing::debug!(%error, "a press could not be confirmed");
    }
}
