//! What an update means: a message to answer, a change of the chat, or nothing for us.

use teloxide::types::{
    CallbackQuery, CallbackQueryId, ChatMemberUpdated, Me, MediaKind as TelegramMedia, Message, MessageEntityKind, MessageKind, Update,
    UpdateKind,
};

use super::press_data::PressData;
use crate::channel::{Action, Button, Channel, Content, Inbound, Media, MediaKind, PlatformFile, Point};

/// What an update means to us.
#[derive(Debug)]
pub(super) enum Understood {
    /// A citizen says something.
    Message(Inbound),
    /// A citizen has corrected the message with this external id.
    Edit(String, Inbound),
    /// A citizen presses a button of ours.
    Press { address: String, data: PressData, query: CallbackQueryId },
    /// A button that is not ours, or no more.
    UnknownPress(CallbackQueryId),
    /// The citizen has blocked us (true) or lets us in again.
    Blocked { address: String, is_blocked: bool },
    /// A group has another id from now on.
    Moved { from: String, to: String },
    /// Nothing for us: a group's own talk, another bot, a channel.
    Nothing,
    /// Not understood; it is kept to be looked at.
    Unreadable(String),
}

/// Reads an update as the bot `me`.
pub(super) fn understand(update: Update, me: &Me) -> Understood {
    match update.kind {
        UpdateKind::Message(message) => message_in(&message, me, false),
        UpdateKind::EditedMessage(message) => message_in(&message, me, true),
        UpdateKind::CallbackQuery(query) => pressed(query),
        UpdateKind::MyChatMember(change) => member_changed(&change),
        UpdateKind::Error(_) => Understood::Unreadable("an update of an unknown form".into()),
        _ => Understood::Nothing,
    }
}

fn message_in(message: &Message, me: &Me, is_edit: bool) -> Understood {
    if let Some(to) = message.migrate_to_chat_id() {
        return Understood::Moved { from: message.chat.id.to_string(), to: to.to_string() };
    }
    let Some(from) = message.from.as_ref().filter(|from| !from.is_bot) else { return Understood::Nothing };
    let (chat, number) = (message.chat.id, message.id.0);
    let address = if message.chat.is_private() {
        chat.to_string()
    } else if message.chat.is_group() || message.chat.is_supergroup() {
        if !is_addressed(message, me) {
            return Understood::Nothing;
        }
        format!("{chat}:{}", from.id)
    } else {
        return Understood::Nothing;
    };
    let Some(content) = content(message, me) else { return Understood::Nothing };
    let first = format!("message:{chat}:{number}");
    let external_id = match message.edit_date().filter(|_| is_edit) {
        Some(date) => format!("edit:{}:{chat}:{number}", date.timestamp()),
        None => first.clone(),
    };
    let inbound = Inbound { channel: Channel::Telegram, address, external_id, content, language: None };
    if is_edit { Understood::Edit(first, inbound) } else { Understood::Message(inbound) }
}

/// In a group Sen answers only a command, a mention of its name, or a reply to itself.
fn is_addressed(message: &Message, me: &Me) -> bool {
    let to_us = message.reply_to_message().and_then(|replied| replied.from.as_ref()).is_some_and(|from| from.id == me.user.id);
    let name = me.mention();
    let entities = message.parse_entities().or_else(|| message.parse_caption_entities()).unwrap_or_default();
    let is_ours = |kind: &MessageEntityKind, text: &str| match kind {
        MessageEntityKind::Mention => text.eq_ignore_ascii_case(&name),
        // "/hoi@another_bot" is for another one.
        MessageEntityKind::BotCommand => text.split_once('@').is_none_or(|(_, bot)| bot.eq_ignore_ascii_case(&name[1..])),
        _ => false,
    };
    to_us || entities.iter().any(|entity| is_ours(entity.kind(), entity.text()))
}

fn content(message: &Message, me: &Me) -> Option<Content> {
    if let Some(text) = message.text() {
        return Some(text_content(&without_name(text, me)));
    }
    let caption = without_name(message.caption().unwrap_or_default(), me);
    if let Some(point) = position(message) {
        return Some(Content::Location(point));
    }
    let (kind, file) = media(message)?;
    let shown = format!("[{}] {caption}", capitalised(kind.label())).trim_end().to_owned();
    Some(Content::Media(Media { kind, caption, shown, file }))
}

/// A command or a plain text.
fn text_content(text: &str) -> Content {
    let Some(command) = text.strip_prefix('/') else { return Content::Text(text.to_owned()) };
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let rest = rest.trim();
    let press = |action| Content::Press(Button::new(text, action));
    match (name.split('@').next().unwrap_or_default(), rest) {
        ("hoi", question) if !question.is_empty() => Content::Text(question.to_owned()),
        ("hoc", "") => press(Action::Learn),
        ("hoc", what) => Content::Text(format!("học {what}")),
        ("hoso", code) if !code.is_empty() => Content::Text(format!("hồ sơ {code}")),
        ("start", _) => press(Action::Start),
        ("canbo", _) => press(Action::AskStaff),
        ("ngonngu", _) => press(Action::Language),
        ("xoadulieu", _) => press(Action::EraseData),
        _ => press(Action::Help),
    }
}

/// The text without our own name, which only says whom it is for.
fn without_name(text: &str, me: &Me) -> String {
    let name = me.mention();
    let words = text.split(' ').filter(|word| !word.eq_ignore_ascii_case(&name));
    words.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// What a message without text is, and its file. None for what a group or the platform itself says.
fn media(message: &Message) -> Option<(MediaKind, Option<PlatformFile>)> {
    let MessageKind::Common(common) = &message.kind else { return None };
    let file = |meta: &teloxide::types::FileMeta, name: Option<&String>, media_type: Option<String>| {
        let bytes = Some(i64::from(meta.size)).filter(|bytes| *bytes != i64::from(u32::MAX));
        Some(PlatformFile { id: meta.id.0.clone(), name: name.cloned(), media_type, bytes })
    };
    Some(match &common.media_kind {
        TelegramMedia::Photo(photo) => {
            let largest = photo.photo.iter().max_by_key(|size| size.width * size.height)?;
            (MediaKind::Photo, file(&largest.file, None, Some("image/jpeg".into())))
        }
        TelegramMedia::Voice(voice) => (MediaKind::Voice, file(&voice.voice.file, None, Some("audio/ogg".into()))),
        TelegramMedia::Audio(audio) => (MediaKind::Voice, file(&audio.audio.file, audio.audio.file_name.as_ref(), None)),
        TelegramMedia::Video(video) => (MediaKind::Video, file(&video.video.file, video.video.file_name.as_ref(), None)),
        TelegramMedia::VideoNote(note) => (MediaKind::Video, file(&note.video_note.file, None, None)),
        TelegramMedia::Document(document) => {
            let media_type = document.document.mime_type.as_ref().map(ToString::to_string);
            (MediaKind::Document, file(&document.document.file, document.document.file_name.as_ref(), media_type))
        }
        _ => (MediaKind::Other, None),
    })
}

/// A shared position or the one of a named place.
fn position(message: &Message) -> Option<Point> {
    let shared = message.location().or_else(|| message.venue().map(|venue| &venue.location))?;
    Point::new(shared.latitude, shared.longitude)
}

fn capitalised(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn pressed(query: CallbackQuery) -> Understood {
    let parsed = || {
        let chat = query.message.as_ref()?.chat();
        let data = PressData::parse(query.data.as_deref()?)?;
        let address = if chat.is_private() { chat.id.to_string() } else { format!("{}:{}", chat.id, query.from.id) };
        Some((address, data))
    };
    match parsed() {
        Some((address, data)) => Understood::Press { address, data, query: query.id },
        None => Understood::UnknownPress(query.id),
    }
}

fn member_changed(change: &ChatMemberUpdated) -> Understood {
    if !change.chat.is_private() {
        return Understood::Nothing;
    }
    Understood::Blocked { address: change.chat.id.to_string(), is_blocked: change.new_chat_member.is_banned() }
}
