//! What the bot sends, edits and deletes.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::entities::{Entity, add_found, units};
use super::files::StoredFile;
use super::html;
use super::keyboard;
use super::message::SimMessage;
use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::{BOT_ID, World};

/// UTF-16 code units after parsing.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

impl World {
    pub(super) fn send_message(&mut self, params: &Params) -> Answer {
        self.send(params, "text", |_| Ok(Map::new()))
    }

    pub(super) fn send_document(&mut self, params: &Params) -> Answer {
        self.send(params, "caption", |world| Ok(world.sent_file(params, "document")?.document()))
    }

    pub(super) fn send_photo(&mut self, params: &Params) -> Answer {
        self.send(params, "caption", |world| Ok(world.sent_file(params, "photo")?.photo()))
    }

    fn send(&mut self, params: &Params, field: &str, content: impl FnOnce(&mut Self) -> Result<Map<String, Value>, Refusal>) -> Answer {
        let chat_id = self.writable(params.integer("chat_id"))?;
        let (text, entities) = read_text(params, field)?;
        let keyboard = keyboard::read(params)?;
        let reply_to = self.answered(chat_id, params)?;
        self.limiter.admit(chat_id, Instant::now()).map_err(Refusal::too_many_requests)?;
        let content = content(self)?;
        let html = params.text(field).to_owned();
        let message = SimMessage {
            chat_id,
            message_id: 0,
            from: BOT_ID,
            date: 0,
            edit_date: None,
            text,
            entities,
            html,
            keyboard,
            reply_to,
            content,
        };
        let message = self.append(message).ok_or_else(|| Refusal::bad_request("chat not found"))?;
        self.sent += 1;
        Ok(self.message_json(&message))
    }

    /// An upload, `attach://NAME`, or the id of a file that is here already.
    fn sent_file(&mut self, params: &Params, field: &str) -> Result<StoredFile, Refusal> {
        let text = params.text(field);
        let upload = params.files.get(text.strip_prefix("attach://").unwrap_or(field));
        let known = || self.files.get(text).cloned().ok_or_else(|| Refusal::bad_request("wrong remote file identifier specified"));
        match upload {
            Some(upload) if upload.bytes.is_empty() => Err(Refusal::bad_request("file must be non-empty")),
            Some(upload) => Ok(self.files.keep(&format!("{field}s"), upload.clone())),
            None => known(),
        }
    }

    fn answered(&self, chat: i64, params: &Params) -> Result<Option<i64>, Refusal> {
        let reply = params.json("reply_parameters")?.unwrap_or_default();
        let Some(id) = reply["message_id"].as_i64().or_else(|| params.integer("reply_to_message_id")) else { return Ok(None) };
        let tolerant = reply["allow_sending_without_reply"] == json!(true) || params.flag("allow_sending_without_reply");
        match self.message(chat, id) {
            Some(_) => Ok(Some(id)),
            None if tolerant => Ok(None),
            None => Err(Refusal::bad_request("message to be replied not found")),
        }
    }

    pub(super) fn edit_message_text(&mut self, params: &Params) -> Answer {
        let (chat, id) = self.own_message(params)?;
        let (text, entities) = read_text(params, "text")?;
        let keyboard = keyboard::read(params)?;
        let html = params.text("text").to_owned();
        self.edit(chat, id, |message| SimMessage { text, entities, html, keyboard, ..message })
    }

    pub(super) fn edit_message_reply_markup(&mut self, params: &Params) -> Answer {
        let (chat, id) = self.own_message(params)?;
        let keyboard = keyboard::read(params)?;
        self.edit(chat, id, |message| SimMessage { keyboard, ..message })
    }

    fn own_message(&self, params: &Params) -> Result<(i64, i64), Refusal> {
        let chat = self.writable(params.integer("chat_id"))?;
        let message = params.integer("message_id").and_then(|id| self.message(chat, id));
        match message.ok_or_else(|| Refusal::bad_request("message to edit not found"))? {
            message if message.from == BOT_ID => Ok((chat, message.message_id)),
            _ => Err(Refusal::bad_request("message can't be edited")),
        }
    }

    fn edit(&mut self, chat: i64, id: i64, change: impl FnOnce(SimMessage) -> SimMessage) -> Answer {
        let now = self.now();
        let message = self.message_mut(chat, id).ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
        let changed = change(message.clone());
        if (&changed.text, &changed.entities, &changed.keyboard) == (&message.text, &message.entities, &message.keyboard) {
            return Err(Refusal::bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a current content and \
                 reply markup of the message",
            ));
        }
        *message = SimMessage { edit_date: Some(now), ..changed };
        let message = message.clone();
        Ok(self.message_json(&message))
    }

    /// In a private chat a bot may delete both sides' messages, in a group its own.
    pub(super) fn delete_message(&mut self, params: &Params) -> Answer {
        let chat = self.writable(params.integer("chat_id"))?;
        let message = params.integer("message_id").and_then(|id| self.message(chat, id));
        let (id, from) =
            message.map(|message| (message.message_id, message.from)).ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
        if chat < 0 && from != BOT_ID {
            return Err(Refusal::bad_request("message can't be deleted"));
        }
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.messages.retain(|message| message.message_id != id);
        }
        Ok(json!(true))
    }

    pub(super) fn send_chat_action(&mut self, params: &Params) -> Answer {
        let chat = self.writable(params.integer("chat_id"))?;
        let action = params.text("action");
        if !ACTIONS.contains(&action) {
            return Err(Refusal::bad_request("wrong parameter action in request"));
        }
        let now = self.now_ms();
        if let Some(chat) = self.chats.get_mut(&chat).filter(|_| action == "typing") {
            chat.typing += 1;
            chat.typing_at_ms = now;
        }
        Ok(json!(true))
    }

    pub(super) fn leave_chat(&mut self, params: &Params) -> Answer {
        let chat = self.writable(params.integer("chat_id"))?;
        if chat > 0 {
            return Err(Refusal::bad_request("chat member status can't be changed in private chats"));
        }
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.left = true;
        }
        Ok(json!(true))
    }
}

/// Text and its marked pieces, as they will be shown.
fn read_text(params: &Params, field: &str) -> Result<(String, Vec<Entity>), Refusal> {
    let raw = params.text(field);
    let (text, entities) = match params.text("parse_mode").to_ascii_lowercase().as_str() {
        "" => (raw.to_owned(), given_entities(params, field)?),
        "html" => html::parse(raw).map_err(|why| Refusal::bad_request(&format!("can't parse entities: {why}")))?,
        _ => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    let (text, mut entities) = html::trimmed(&text, entities);
    let (most, too_long) = if field == "text" { (MAX_TEXT, "message is too long") } else { (MAX_CAPTION, "message caption is too long") };
    if text.is_empty() && field == "text" {
        return Err(Refusal::bad_request("message text is empty"));
    }
    if units(&text) > most {
        return Err(Refusal::bad_request(too_long));
    }
    add_found(&text, &mut entities);
    Ok((text, entities))
}

fn given_entities(params: &Params, field: &str) -> Result<Vec<Entity>, Refusal> {
    let name = if field == "text" { "entities" } else { "caption_entities" };
    let Some(entities) = params.json(name)? else { return Ok(Vec::new()) };
    serde_json::from_value(entities).map_err(|why| Refusal::bad_request(&format!("can't parse entities: {why}")))
}
