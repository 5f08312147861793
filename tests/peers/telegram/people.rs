//! What people do: write, press, edit, send files, block the bot.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::callbacks::Callback;
use super::entities::{add_found, piece};
use super::message::{SimMessage, bot_json, user_json};
use super::params::Upload;
use super::state::{ADMIN_ID, BOT_ID, BOT_USERNAME, Chat, User, World};

/// What came of something that a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The update that the bot gets; none where it may not or does not want to see it.
    pub update_id: Option<i64>,
    /// The message written, edited, or pressed on.
    pub message_id: i64,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// A picture.
    Photo,
    /// A spoken message.
    Voice,
    /// Any file.
    Document,
}

/// What a person writes.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) chat: i64,
    pub(super) from: i64,
    pub(super) text: String,
    pub(super) reply_to: Option<i64>,
    pub(super) content: Map<String, Value>,
}

impl World {
    /// Somebody who has a phone; the bot does not know them before they write.
    pub(super) fn meet(&mut self, id: i64, first_name: &str) {
        self.users.insert(id, User { id, first_name: first_name.to_owned() });
        self.chats.entry(id).or_insert_with(|| Chat { id, ..Chat::default() });
    }

    pub(super) fn hear(&mut self, draft: Draft) -> Result<Said> {
        ensure!(self.users.contains_key(&draft.from), "there is no citizen {}", draft.from);
        let chat = self.chats.get_mut(&draft.chat).with_context(|| format!("there is no chat {}", draft.chat))?;
        ensure!(!chat.blocked, "{} has blocked the bot", draft.from);
        ensure!(chat.migrated_to.is_none(), "the group {} is now another", draft.chat);
        chat.open = true;
        let message = self.written(draft).context("the chat is gone")?;
        let update_id = if self.may_read(&message) { self.push_update("message", self.message_json(&message)) } else { None };
        Ok(Said { update_id, message_id: message.message_id })
    }

    fn written(&mut self, draft: Draft) -> Option<SimMessage> {
        let Draft { chat: chat_id, from, text, reply_to, content } = draft;
        let mut entities = Vec::new();
        add_found(&text, &mut entities);
        let (html, keyboard) = (String::new(), Vec::new());
        self.append(SimMessage {
            chat_id,
            message_id: 0,
            from,
            date: 0,
            edit_date: None,
            text,
            entities,
            html,
            keyboard,
            reply_to,
            content,
        })
    }

    /// Privacy mode: of a group's talk, a bot sees commands, mentions of itself and answers to itself.
    fn may_read(&self, message: &SimMessage) -> bool {
        if message.chat_id > 0 {
            return true;
        }
        let called = message.entities.iter().any(|entity| {
            let text = piece(&message.text, entity);
            match entity.kind.as_str() {
                "mention" => text.trim_start_matches('@').eq_ignore_ascii_case(BOT_USERNAME),
                "bot_command" => text.split_once('@').is_none_or(|(_, bot)| bot.eq_ignore_ascii_case(BOT_USERNAME)),
                _ => false,
            }
        });
        let answered = message.reply_to.and_then(|id| self.message(message.chat_id, id));
        let here = self.chats.get(&message.chat_id).is_some_and(|chat| !chat.left);
        here && (called || answered.is_some_and(|answered| answered.from == BOT_ID))
    }

    pub(super) fn press(&mut self, chat: i64, user: i64, message_id: i64, button: &str) -> Result<Said> {
        let person = self.users.get(&user).map(user_json).with_context(|| format!("there is no citizen {user}"))?;
        ensure!(!self.chats.get(&chat).is_some_and(|chat| chat.blocked), "{user} has blocked the bot");
        let message = self.message(chat, message_id).with_context(|| format!("there is no message {message_id}"))?;
        let mut buttons = message.keyboard.iter().flatten();
        let pressed = buttons.find(|found| found.text == button || found.callback_data.as_deref() == Some(button));
        let Some(data) = pressed.and_then(|button| button.callback_data.clone()) else {
            bail!("no button {button:?} to press on: {:?}", message.keyboard)
        };
        let id = format!("{}", 4_000_000_000_000_i64 + i64::try_from(self.callbacks.len())?);
        let query =
            json!({ "id": id, "from": person, "message": self.message_json(message), "chat_instance": format!("-87{chat}"), "data": data });
        self.callbacks.insert(id, Callback { user, answered: false });
        Ok(Said { update_id: self.push_update("callback_query", query), message_id })
    }

    pub(super) fn edit_own(&mut self, user: i64, message_id: i64, text: &str) -> Result<Said> {
        let now = self.now();
        let message = self.message_mut(user, message_id).filter(|message| message.from == user);
        let message = message.with_context(|| format!("{user} has no message {message_id}"))?;
        message.text = text.to_owned();
        message.entities.clear();
        add_found(text, &mut message.entities);
        message.edit_date = Some(now);
        let message = message.clone();
        Ok(Said { update_id: self.push_update("edited_message", self.message_json(&message)), message_id })
    }

    pub(super) fn send_file(&mut self, user: i64, media: Media, upload: Upload, caption: &str) -> Result<Said> {
        let content = match media {
            Media::Photo => self.files.keep("photos", upload).photo(),
            Media::Voice => self.files.keep("voice", upload).voice(),
            Media::Document => self.files.keep("documents", upload).document(),
        };
        self.hear(Draft { chat: user, from: user, text: caption.to_owned(), content, ..Draft::default() })
    }

    pub(super) fn set_blocked(&mut self, user: i64, blocked: bool) -> Result<()> {
        let chat = self.chats.get_mut(&user).with_context(|| format!("there is no citizen {user}"))?;
        if chat.blocked == blocked {
            return Ok(());
        }
        chat.blocked = blocked;
        let statuses = if blocked { ["member", "kicked"] } else { ["kicked", "member"] };
        self.tell_membership(user, user, statuses);
        Ok(())
    }

    pub(super) fn form_group(&mut self, id: i64, title: &str) -> Result<()> {
        ensure!(id < 0, "a group's id is negative");
        self.chats.insert(id, Chat { id, title: title.to_owned(), open: true, ..Chat::default() });
        self.tell_membership(id, ADMIN_ID, ["left", "member"]);
        Ok(())
    }

    /// `my_chat_member`: the bot was added, blocked, …
    fn tell_membership(&mut self, chat: i64, by: i64, statuses: [&str; 2]) {
        let [old, new] = statuses.map(|status| match status {
            "kicked" => json!({ "user": bot_json(), "status": status, "until_date": 0 }),
            _ => json!({ "user": bot_json(), "status": status }),
        });
        let (Some(chat), Some(from)) = (self.chats.get(&chat), self.users.get(&by)) else { return };
        let change = json!({ "chat": self.chat_json(chat), "from": user_json(from), "date": self.now(), "old_chat_member": old, "new_chat_member": new });
        self.push_update("my_chat_member", change);
    }

    /// A group becomes a supergroup with another id; both sides hear of it.
    pub(super) fn migrate_group(&mut self, old: i64, new: i64) -> Result<()> {
        let title = self.chats.get(&old).with_context(|| format!("there is no group {old}"))?.title.clone();
        self.chats.insert(new, Chat { id: new, title, open: true, ..Chat::default() });
        for (chat, field, other) in [(old, "migrate_to_chat_id", new), (new, "migrate_from_chat_id", old)] {
            let content = Map::from_iter([(field.to_owned(), json!(other))]);
            let message = self.written(Draft { chat, from: ADMIN_ID, content, ..Draft::default() }).context("the group is gone")?;
            self.push_update("message", self.message_json(&message));
        }
        let chat = self.chats.get_mut(&old).context("the group is gone")?;
        chat.migrated_to = Some(new);
        Ok(())
    }
}
