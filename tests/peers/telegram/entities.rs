//! Marked pieces of a text. Offsets and lengths are UTF-16 code units, as the Bot API counts.

use serde::{Deserialize, Serialize};

/// A piece of a text with a meaning of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// `bold`, `text_link`, `bot_command`, `mention`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// First UTF-16 code unit.
    pub offset: usize,
    /// Number of UTF-16 code units.
    pub length: usize,
    /// Where a `text_link` leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The language of a `pre`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Which emoji a `custom_emoji` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_emoji_id: Option<String>,
}

impl Entity {
    pub(super) fn new(kind: &str, offset: usize, length: usize) -> Self {
        Self { kind: kind.to_owned(), offset, length, url: None, language: None, custom_emoji_id: None }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.offset < other.offset + other.length && other.offset < self.offset + self.length
    }
}

/// Length in UTF-16 code units.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The piece of a text that an entity marks.
pub(super) fn piece(text: &str, entity: &Entity) -> String {
    let units: Vec<u16> = text.encode_utf16().skip(entity.offset).take(entity.length).collect();
    String::from_utf16_lossy(&units)
}

/// Commands, mentions and addresses, which Telegram marks by itself where nothing else is marked.
pub(super) fn add_found(text: &str, entities: &mut Vec<Entity>) {
    let mut offset = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        if let Some((kind, length)) = recognise(piece.trim_end()) {
            let found = Entity::new(kind, offset, length);
            if !entities.iter().any(|entity| is_opaque(entity) && entity.overlaps(&found)) {
                entities.push(found);
            }
        }
        offset += units(piece);
    }
    entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
}

/// Nothing is looked for in code and links.
fn is_opaque(entity: &Entity) -> bool {
    ["code", "pre", "text_link"].contains(&entity.kind.as_str())
}

/// What a word is, and how much of it: all kinds are ASCII, so bytes are UTF-16 code units.
fn recognise(word: &str) -> Option<(&'static str, usize)> {
    if word.starts_with("http://") || word.starts_with("https://") {
        let address = word.trim_end_matches(['.', ',', ';', ':', ')', '?', '!']);
        return address.is_ascii().then_some(("url", address.len()));
    }
    if let Some(rest) = word.strip_prefix('/') {
        return command(rest).map(|length| ("bot_command", length + 1));
    }
    let length = name_length(word.strip_prefix('@')?);
    (5..=32).contains(&length).then_some(("mention", length + 1))
}

fn command(word: &str) -> Option<usize> {
    let length = name_length(word);
    let bot = word[length..].strip_prefix('@').map_or(0, name_length);
    (1..=64).contains(&length).then_some(if bot >= 5 { length + 1 + bot } else { length })
}

fn name_length(word: &str) -> usize {
    word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let mut entities = Vec::new();
        add_found(text, &mut entities);
        entities.iter().map(|entity| (entity.kind.clone(), piece(text, entity))).collect()
    }

    #[test]
    fn commands_mentions_and_addresses_are_marked_behind_emoji_and_vietnamese() {
        let marked = found("🎉 ạ /start@sen_bot, chào @sen_bot: xem https://nghean.gov.vn/a.");
        let expected = [("bot_command", "/start@sen_bot"), ("mention", "@sen_bot"), ("url", "https://nghean.gov.vn/a")];
        assert_eq!(marked, expected.map(|(kind, text)| (kind.to_owned(), text.to_owned())));
        assert_eq!(found("1/2 và a@b, @ab / "), []);
    }
}
