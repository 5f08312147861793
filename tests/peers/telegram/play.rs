//! What a test does as a person. Each fails where the person could not do it.

use anyhow::{Context as _, Result};
use serde_json::{Map, json};

use super::params::Upload;
use super::people::{Draft, Media, Said};
use super::simulator::Simulator;

impl Simulator {
    /// Somebody whom the bot does not know yet. Their private chat has their id, which is positive.
    pub fn citizen(&self, id: i64, first_name: &str) {
        self.shared.change(|world| world.meet(id, first_name));
    }

    /// Writes to the bot in private.
    ///
    /// # Errors
    /// For an unknown citizen, or one who has blocked the bot.
    pub fn say(&self, user: i64, text: &str) -> Result<Said> {
        self.hear(Draft { chat: user, from: user, text: text.to_owned(), ..Draft::default() })
    }

    /// Writes `/name`, as from the menu.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn command(&self, user: i64, name: &str) -> Result<Said> {
        self.say(user, &format!("/{name}"))
    }

    /// Answers a message in the private chat.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn reply(&self, user: i64, to: i64, text: &str) -> Result<Said> {
        self.hear(Draft { chat: user, from: user, text: text.to_owned(), reply_to: Some(to), ..Draft::default() })
    }

    /// Presses a button by its label or data, in the private chat.
    ///
    /// # Errors
    /// Where there is no such button.
    pub fn press(&self, user: i64, message_id: i64, button: &str) -> Result<Said> {
        self.press_in(user, user, message_id, button)
    }

    /// Presses a button in any chat.
    ///
    /// # Errors
    /// As [`Simulator::press`].
    pub fn press_in(&self, chat: i64, user: i64, message_id: i64, button: &str) -> Result<Said> {
        self.shared.change(|world| world.press(chat, user, message_id, button))
    }

    /// Changes what one has written.
    ///
    /// # Errors
    /// Where it is not one's own message.
    pub fn edit(&self, user: i64, message_id: i64, text: &str) -> Result<Said> {
        self.shared.change(|world| world.edit_own(user, message_id, text))
    }

    /// Sends a picture.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn send_photo(&self, user: i64, name: &str, bytes: &[u8], caption: &str) -> Result<Said> {
        self.send_file(user, Media::Photo, name, bytes, caption)
    }

    /// Sends a spoken message.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn send_voice(&self, user: i64, bytes: &[u8]) -> Result<Said> {
        self.send_file(user, Media::Voice, "voice.ogg", bytes, "")
    }

    /// Sends a file.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn send_document(&self, user: i64, name: &str, bytes: &[u8], caption: &str) -> Result<Said> {
        self.send_file(user, Media::Document, name, bytes, caption)
    }

    /// Sends where one is, in degrees.
    ///
    /// # Errors
    /// As [`Simulator::say`].
    pub fn send_location(&self, user: i64, latitude: f64, longitude: f64) -> Result<Said> {
        let content = Map::from_iter([("location".to_owned(), json!({ "latitude": latitude, "longitude": longitude }))]);
        self.hear(Draft { chat: user, from: user, content, ..Draft::default() })
    }

    /// Adds the bot to a group. Ids from −1,000,000,000,000 down are supergroups.
    ///
    /// # Errors
    /// Where the id is not negative.
    pub fn group(&self, id: i64, title: &str) -> Result<()> {
        self.shared.change(|world| world.form_group(id, title))
    }

    /// Writes in a group. In privacy mode the bot sees only commands, mentions of it and answers to it.
    ///
    /// # Errors
    /// For an unknown group or citizen.
    pub fn say_in_group(&self, group: i64, user: i64, text: &str, reply_to: Option<i64>) -> Result<Said> {
        self.hear(Draft { chat: group, from: user, text: text.to_owned(), reply_to, ..Draft::default() })
    }

    /// The group `old` becomes the supergroup `new`.
    ///
    /// # Errors
    /// Where there is no such group.
    pub fn migrate_group(&self, old: i64, new: i64) -> Result<()> {
        self.shared.change(|world| world.migrate_group(old, new))
    }

    /// From now on the bot can't write to this person.
    ///
    /// # Errors
    /// For an unknown citizen.
    pub fn block(&self, user: i64) -> Result<()> {
        self.shared.change(|world| world.set_blocked(user, true))
    }

    /// Lets the bot write again.
    ///
    /// # Errors
    /// For an unknown citizen.
    pub fn unblock(&self, user: i64) -> Result<()> {
        self.shared.change(|world| world.set_blocked(user, false))
    }

    /// Delivers an update once more, as Telegram does when it did not see that it was taken.
    ///
    /// # Errors
    /// Where there was no such update.
    pub fn redeliver(&self, update_id: i64) -> Result<()> {
        self.shared.change(|world| world.redeliver(update_id)).with_context(|| format!("there was no update {update_id}"))
    }

    fn hear(&self, draft: Draft) -> Result<Said> {
        self.shared.change(|world| world.hear(draft))
    }

    fn send_file(&self, user: i64, media: Media, name: &str, bytes: &[u8], caption: &str) -> Result<Said> {
        let upload = Upload { name: name.to_owned(), bytes: bytes.to_vec() };
        self.shared.change(|world| world.send_file(user, media, upload, caption))
    }
}
