//! Updates become stored messages. One transaction holds the raw updates, what they mean, and how far we have read.

use anyhow::Result;
use serde_json::Value;
use teloxide::payloads::AnswerCallbackQuery;
use teloxide::types::{CallbackQueryId, Me, Update};

use super::understand::{Understood, understand};
use crate::app::App;
use crate::channel::{Action, Button, Channel, Content, Inbound};
use crate::db::Transaction;
use crate::db::conversations::{self, NewMessage, Sender};
use crate::db::reachability;
use crate::handoff;
use crate::inbox::{self, Accepted};
use crate::language::t;

/// So many messages of one citizen may wait; more are not taken up, and the citizen is told once.
const MOST_WAITING: i64 = 20;

/// What has to happen once a batch is stored.
#[derive(Default)]
struct Afterwards {
    accepted: Vec<Accepted>,
    presses: Vec<CallbackQueryId>,
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
    for query in afterwards.presses {
        let app = app.clone();
        tokio::spawn(async move { confirm_press(&app, query).await });
    }
    Ok(())
}

async fn take_one(tx: &mut Transaction, app: &App, me: &Me, raw: &Value, afterwards: &mut Afterwards) -> Result<()> {
    let Some(update_id) = raw["update_id"].as_i64() else {
        tracing::error!("an update without a number was dropped");
        return Ok(());
    };
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
    .bind(chat_id(raw))
    .bind(text.replace("\\u0000", ""))
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
            if inbox::replace_waiting(tx, app, &first, &inbound).await? {
                return Ok(());
            }
            accept(tx, app, inbound, afterwards).await
        }
        Understood::Press { address, seq, index, query } => {
            let external_id = format!("press:{}", query.0);
            afterwards.presses.push(query);
            let button = conversations::button(tx, Channel::Telegram, &address, seq, index).await?;
            let button = button.unwrap_or_else(|| Button::new("…", Action::Help));
            let inbound = Inbound { channel: Channel::Telegram, address, external_id, content: Content::Press(button), language: None };
            accept(tx, app, inbound, afterwards).await
        }
        Understood::UnknownPress(query) => {
            afterwards.presses.push(query);
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
    let text = t(language, "Anh/chị gửi nhiều tin quá nhanh. Sen trả lời những tin đã nhận trước, xong anh/chị nhắn tiếp giúp Sen.");
    let last = conversations::last_of_sen(tx, &conversation.id).await?;
    if last.as_deref() != Some(text) {
        let message = NewMessage { sender: Sender::Sen, staff_name: None, text, buttons: &[], answer_id: None, language: Some(language) };
        handoff::say(tx, app, &conversation.id, &message).await?;
        afterwards.said = true;
    }
    Ok(())
}

/// Ends the button's spinner. Best effort: the answer comes as a message.
async fn confirm_press(app: &App, query: CallbackQueryId) {
    if let Some(telegram) = &app.telegram
        && let Err(error) = telegram.api.call(&AnswerCallbackQuery::new(query)).await
    {
        tracing::debug!(%error, "a press could not be confirmed");
    }
}
