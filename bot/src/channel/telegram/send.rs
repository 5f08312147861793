//! A message of ours to the citizen's chat.

use anyhow::Result;
use indexer::database::Database;
use teloxide::payloads::SendMessage;
use teloxide::types::{
    ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode, Recipient, ReplyMarkup, ReplyParameters,
};

use super::api::ApiError;
use super::markup::{self, LONGEST};
use super::press_data::PressData;
use super::{Telegram, chat_of};
use crate::app::App;
use crate::channel::Button;
use crate::channel::web_chat::message_view::staff_author;
use crate::db::conversations::Conversation;
use crate::db::messages::{Message, Sender};
use crate::db::reachability;
use crate::language::Language;
use crate::outbox::{self, Claimed, Delivery};

/// Room for the speaker's name and the source's address beside the text, in UTF-16 units.
const ROOM: usize = 400;

/// Delivers a message in parts, beginning after those that the platform has accepted before.
pub(crate) async fn deliver(app: &App, claimed: &Claimed, conversation: &Conversation, message: &Message) -> Result<Delivery> {
    let Some(telegram) = &app.telegram else { return Ok(Delivery::Undeliverable("Telegram is switched off".into())) };
    let parts = written(message, conversation.language);
    let reply_to = if conversation.is_public() { asked_in(&app.db, &conversation.id, message.seq).await? } else { None };
    for (index, part) in parts.iter().enumerate().skip(claimed.parts_done) {
        // A later part is a message of its own for the platform. Meanwhile other chats have their turn.
        if index > claimed.parts_done
            && let Some(pause) = telegram.pause_before(&conversation.address, app.clock.now_ms())
        {
            return Ok(Delivery::Later("the next part waits for its chat's turn".into(), Some(pause.as_millis() as i64)));
        }
        let buttons: &[Button] = if index + 1 == parts.len() { &message.buttons } else { &[] };
        let Some(mut payload) = payload(conversation, part, message.seq, buttons) else {
            return Ok(Delivery::Undeliverable("the address is no chat".into()));
        };
        payload.reply_parameters = reply_to.map(|id| ReplyParameters::new(MessageId(id)).allow_sending_without_reply());
        if let Err(error) = send(telegram, payload, part).await {
            return failed(app, conversation, error).await;
        }
        if parts.len() > 1 {
            outbox::record_parts(app, claimed, index + 1).await?;
        }
    }
    Ok(Delivery::Done)
}

/// What is sent, in Sen's light markup or as HTML already, in parts.
pub(crate) fn written(message: &Message, language: Language) -> Vec<String> {
    if message.sender == Sender::Staff {
        let author = markup::escaped(&staff_author(message.staff_name.as_deref(), language));
        let texts = markup::parts(&message.text, LONGEST - ROOM);
        return texts.into_iter().map(|text| format!("<b>{author}</b>\n{}", markup::escaped(text))).collect();
    }
    let mut text = message.text.clone();
    if let Some(url) = message.passages.first().and_then(|passage| passage.url.as_deref()) {
        text.push_str(&format!("\n{url}"));
    }
    markup::parts(&text, LONGEST).into_iter().map(markup::html).collect()
}

fn payload(conversation: &Conversation, html: &str, seq: i64, buttons: &[Button]) -> Option<SendMessage> {
    let chat = Recipient::Id(ChatId(chat_of(&conversation.address).parse().ok()?));
    let mut payload = SendMessage::new(chat, html);
    payload.parse_mode = Some(ParseMode::Html);
    let preview =
        LinkPreviewOptions { is_disabled: true, url: None, prefer_small_media: false, prefer_large_media: false, show_above_text: false };
    payload.link_preview_options = Some(preview);
    if !buttons.is_empty() {
        let data = |index| PressData { conversation: conversation.id.clone(), seq, index }.to_string();
        let button = |(index, button): (usize, &Button)| vec![InlineKeyboardButton::callback(&button.label, data(index))];
        payload.reply_markup = Some(ReplyMarkup::InlineKeyboard(InlineKeyboardMarkup::new(buttons.iter().enumerate().map(button))));
    }
    Some(payload)
}

/// Sends; where the platform does not understand the markup, the words go without it.
async fn send(telegram: &Telegram, payload: SendMessage, html: &str) -> Result<(), ApiError> {
    match telegram.api.call(&payload).await {
        Err(ApiError::Refused(why)) if why.contains("can't parse entities") => {
            tracing::error!(why, "our markup was not understood");
            let mut plain = payload;
            plain.parse_mode = None;
            plain.text = strip_tags(html);
            telegram.api.call(&plain).await.map(|_| ())
        }
        other => other.map(|_| ()),
    }
}

fn strip_tags(html: &str) -> String {
    let without =
        ["<b>", "</b>", "<i>", "</i>", "<blockquote>", "</blockquote>"].iter().fold(html.to_owned(), |text, tag| text.replace(tag, ""));
    without.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

async fn failed(app: &App, conversation: &Conversation, error: ApiError) -> Result<Delivery> {
    Ok(match error {
        ApiError::RetryAfter(pause) => Delivery::Later(error.to_string(), Some(pause.as_millis() as i64 + app.random.below(500))),
        ApiError::Unavailable(_) => Delivery::Later(error.to_string(), None),
        ApiError::Blocked(_) => {
            reachability::set_unreachable(&app.db, &conversation.id, app.clock.now_ms()).await?;
            Delivery::Undeliverable(error.to_string())
        }
        ApiError::Migrated(chat) => {
            reachability::move_group(&app.db, chat_of(&conversation.address), &chat.to_string()).await?;
            Delivery::Later(error.to_string(), Some(0))
        }
        ApiError::Refused(_) => Delivery::Failed(error.to_string()),
    })
}

/// The platform's number of the message that this one answers, in a group where many talk.
async fn asked_in(db: &Database, conversation_id: &str, seq: i64) -> Result<Option<i32>> {
    let external_id: Option<String> = sqlx::query_scalar(
        "SELECT external_id FROM inbox WHERE conversation_id = $1 AND seq < $2 AND external_id LIKE 'message:%' ORDER BY seq DESC LIMIT 1",
    )
    .bind(conversation_id)
    .bind(seq)
    .fetch_optional(&db.reader)
    .await?;
    Ok(external_id.and_then(|id| id.rsplit(':').next()?.parse().ok()))
}
