//! A message and the objects around it, as the Bot API shows them.

use serde_json::{Map, Value, json};

use super::entities::Entity;
use super::keyboard::Button;
use super::state::{BOT_ID, BOT_USERNAME, Chat, User, World};

/// A message as it stands now, edits applied.
#[derive(Clone, Debug, PartialEq)]
pub struct SimMessage {
    /// The chat; positive for a person, negative for a group.
    pub chat_id: i64,
    /// Increasing in its chat.
    pub message_id: i64,
    /// The person's or the bot's id.
    pub from: i64,
    /// Seconds since the epoch.
    pub date: i64,
    /// Seconds since the epoch.
    pub edit_date: Option<i64>,
    /// Without markup; the caption where there is a file.
    pub text: String,
    /// Marked pieces of the text.
    pub entities: Vec<Entity>,
    /// The text as the bot sent it, markup included.
    pub html: String,
    /// Inline buttons by row.
    pub keyboard: Vec<Vec<Button>>,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// Fields of a photo, file, place or service message; empty for plain text.
    pub content: Map<String, Value>,
}

impl SimMessage {
    /// A button by its label.
    pub fn button(&self, label: &str) -> Option<&Button> {
        self.keyboard.iter().flatten().find(|button| button.text == label)
    }
}

impl World {
    /// The object Message; one that it answers is shown without the one that that answers.
    pub(super) fn message_json(&self, message: &SimMessage) -> Value {
        let mut shown = self.shallow_json(message);
        let answered = message.reply_to.and_then(|id| self.message(message.chat_id, id));
        if let Some(answered) = answered {
            shown["reply_to_message"] = self.shallow_json(answered);
        }
        shown
    }

    fn shallow_json(&self, message: &SimMessage) -> Value {
        let from = self.users.get(&message.from).map_or_else(bot_json, user_json);
        let chat = self.chats.get(&message.chat_id).map_or(Value::Null, |chat| self.chat_json(chat));
        let mut shown = json!({ "message_id": message.message_id, "from": from, "chat": chat, "date": message.date });
        let (text, entities) = if message.content.is_empty() { ("text", "entities") } else { ("caption", "caption_entities") };
        if !message.text.is_empty() {
            shown[text] = json!(message.text);
        }
        if !message.entities.is_empty() {
            shown[entities] = json!(message.entities);
        }
        if let Some(date) = message.edit_date {
            shown["edit_date"] = json!(date);
        }
        if !message.keyboard.is_empty() {
            shown["reply_markup"] = json!({ "inline_keyboard": message.keyboard });
        }
        for (name, value) in &message.content {
            shown[name] = value.clone();
        }
        shown
    }

    /// The object Chat.
    pub(super) fn chat_json(&self, chat: &Chat) -> Value {
        match self.users.get(&chat.id) {
            Some(user) => json!({ "id": user.id, "type": "private", "first_name": user.first_name }),
            None if is_supergroup(chat.id) => json!({ "id": chat.id, "type": "supergroup", "title": chat.title }),
            None => json!({ "id": chat.id, "type": "group", "title": chat.title, "all_members_are_administrators": false }),
        }
    }
}

pub(super) fn is_supergroup(chat: i64) -> bool {
    chat <= -1_000_000_000_000
}

/// The object User of a person.
pub(super) fn user_json(user: &User) -> Value {
    json!({ "id": user.id, "is_bot": false, "first_name": user.first_name, "language_code": "vi" })
}

/// The object User of the bot.
pub(super) fn bot_json() -> Value {
    json!({ "id": BOT_ID, "is_bot": true, "first_name": "Sen thử nghiệm", "username": BOT_USERNAME })
}
