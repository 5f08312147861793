//! `parse_mode` HTML.
//!
//! Held to the documentation: only the listed tags, properly nested, and every `<`, `>` and `&` that is no markup escaped. The real
//! server lets a bare `>` and `&` pass; a bot that relies on it has forgotten to escape what it was given.

use super::entities::{Entity, units};

/// A tag that waits for its end.
struct Open {
    name: String,
    offset: usize,
    start: usize,
    attributes: Vec<(String, String)>,
}

#[derive(Default)]
struct Parsed {
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// Text and marked pieces, or what is wrong (after "can't parse entities: ").
pub(super) fn parse(html: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parsed = Parsed::default();
    let mut at = 0;
    while let Some(character) = html[at..].chars().next() {
        at += match character {
            '<' if html[at..].starts_with("</") => parsed.end_tag(&html[at..], at)?,
            '<' => parsed.start_tag(&html[at..], at)?,
            '&' => parsed.reference(&html[at..], at)?,
            '>' => return Err(format!("Unescaped \">\" at byte offset {at}")),
            other => parsed.push(other),
        };
    }
    if let Some(open) = parsed.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.name));
    }
    parsed.entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    Ok((parsed.text, parsed.entities))
}

impl Parsed {
    /// Each of these returns how many bytes it has read.
    fn push(&mut self, character: char) -> usize {
        self.text.push(character);
        self.units += character.len_utf16();
        character.len_utf8()
    }

    fn reference(&mut self, rest: &str, at: usize) -> Result<usize, String> {
        let (character, length) = reference(rest).ok_or_else(|| format!("Unescaped \"&\" at byte offset {at}"))?;
        self.push(character);
        Ok(length)
    }

    fn start_tag(&mut self, rest: &str, at: usize) -> Result<usize, String> {
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>');
        let name = rest[1..name_end.ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?].to_ascii_lowercase();
        if kind(&name).is_none() && name != "span" {
            return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
        }
        let end = tag_end(rest).ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?;
        let attributes =
            attributes(&rest[1 + name.len()..end]).map_err(|why| format!("{why} of the tag \"{name}\" at byte offset {at}"))?;
        if name == "span" && value(&attributes, "class") != Some("tg-spoiler") {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"));
        }
        self.open.push(Open { name, offset: self.units, start: self.text.len(), attributes });
        Ok(end + 1)
    }

    fn end_tag(&mut self, rest: &str, at: usize) -> Result<usize, String> {
        let open = self.open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {at}"))?;
        let end = rest.find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {at}"))?;
        let name = rest[2..end].trim_end().to_ascii_lowercase();
        if name != open.name {
            return Err(format!("Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"", open.name));
        }
        if self.units > open.offset {
            self.close(&open)?;
        }
        Ok(end + 1)
    }

    fn close(&mut self, open: &Open) -> Result<(), String> {
        let mut entity = Entity::new(kind(&open.name).unwrap_or("spoiler"), open.offset, self.units - open.offset);
        match open.name.as_str() {
            "a" => entity.url = link(value(&open.attributes, "href").unwrap_or(&self.text[open.start..])),
            "tg-emoji" => {
                let id = value(&open.attributes, "emoji-id").filter(|id| id.parse::<u64>().is_ok());
                entity.custom_emoji_id = Some(id.ok_or("Invalid custom emoji identifier specified")?.to_owned());
            }
            "blockquote" if value(&open.attributes, "expandable").is_some() => entity.kind = "expandable_blockquote".to_owned(),
            "code" => {
                entity.language = value(&open.attributes, "class").and_then(|class| class.strip_prefix("language-")).map(str::to_owned)
            }
            "pre" => entity.language = self.language_within(&entity),
            _ => {}
        }
        // An address that is none leaves plain words.
        if open.name != "a" || entity.url.is_some() {
            self.entities.push(entity);
        }
        Ok(())
    }

    /// `<pre><code class="language-…">` is one piece.
    fn language_within(&mut self, pre: &Entity) -> Option<String> {
        let code = self.entities.pop_if(|last| last.kind == "code" && (last.offset, last.length) == (pre.offset, pre.length))?;
        code.language
    }
}

fn kind(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "a" => "text_link",
        "tg-emoji" => "custom_emoji",
        "code" => "code",
        "pre" => "pre",
        "blockquote" => "blockquote",
        _ => return None,
    })
}

fn link(url: &str) -> Option<String> {
    let known = ["http://", "https://", "tg://", "mailto:", "tel:"].iter().any(|scheme| url.starts_with(scheme));
    match known {
        true => Some(url.to_owned()),
        false if url.contains('.') && !url.contains([' ', ':']) => Some(format!("http://{url}")),
        false => None,
    }
}

/// Where the tag's `>` stands; quoted ones don't count.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.char_indices().find_map(|(at, character)| match (quote, character) {
        (None, '>') => Some(at),
        (None, '"' | '\'') => {
            quote = Some(character);
            None
        }
        (Some(open), _) if open == character => {
            quote = None;
            None
        }
        _ => None,
    })
}

fn attributes(mut rest: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(found);
        }
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            if name != "expandable" {
                return Err("Expected equal sign in declaration of an attribute".to_owned());
            }
            found.push((name, String::new()));
            continue;
        };
        let (value, after) = attribute_value(after.trim_start())?;
        found.push((name, value));
        rest = after;
    }
}

fn attribute_value(rest: &str) -> Result<(String, &str), String> {
    if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        let (value, after) = rest[1..].split_once(quote).ok_or("Unclosed attribute")?;
        return Ok((unescape(value), after));
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Ok((rest[..end].to_ascii_lowercase(), &rest[end..]))
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// In addresses a bare `&` is common and does no harm.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (character, length) = reference(rest).unwrap_or((character, character.len_utf8()));
        plain.push(character);
        rest = &rest[length..];
    }
    plain
}

/// The four names that the API knows, and numbers.
fn reference(rest: &str) -> Option<(char, usize)> {
    let name = rest.strip_prefix('&')?.split_once(';')?.0;
    let number = || {
        let digits = name.strip_prefix('#')?;
        let hexadecimal = digits.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
        char::from_u32(hexadecimal.unwrap_or_else(|| digits.parse()).ok()?)
    };
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => number()?,
    };
    Some((character, name.len() + 2))
}

/// Cuts white space from both ends, as the server does, and moves the pieces along.
pub(super) fn trimmed(text: &str, entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let lead = units(text) - units(text.trim_start());
    let text = text.trim();
    let end = units(text);
    let moved = entities.into_iter().filter_map(|entity| {
        let from = entity.offset.saturating_sub(lead).min(end);
        let to = (entity.offset + entity.length).saturating_sub(lead).min(end);
        (to > from).then_some(Entity { offset: from, length: to - from, ..entity })
    });
    (text.to_owned(), moved.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_utf16_units_and_references_are_one_character() {
        let (text, entities) = parse("🪷 &lt;<b>Lệ <i>phí</i></b>&gt; &#273;&amp;<a href=\"https://a.vn/?x=1&amp;y=2\">đây</a>").unwrap();
        assert_eq!(text, "🪷 <Lệ phí> đ&đây");
        let seen: Vec<_> = entities.iter().map(|entity| (entity.kind.as_str(), entity.offset, entity.length)).collect();
        assert_eq!(seen, [("bold", 4, 6), ("italic", 7, 3), ("text_link", 14, 3)]);
        assert_eq!(entities[2].url.as_deref(), Some("https://a.vn/?x=1&y=2"));
    }

    #[test]
    fn code_with_a_language_and_quotes_that_unfold() {
        let (_, entities) = parse("<pre><code class=\"language-rust\">fn</code></pre><blockquote expandable>x</blockquote>").unwrap();
        let seen: Vec<_> = entities.iter().map(|entity| (entity.kind.as_str(), entity.language.as_deref())).collect();
        assert_eq!(seen, [("pre", Some("rust")), ("expandable_blockquote", None)]);
    }

    #[test]
    fn what_the_documentation_forbids_is_refused() {
        let wrong = [
            ("<b>đậm", "Can't find end tag corresponding to start tag \"b\""),
            ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<p>x</p>", "Unsupported start tag \"p\" at byte offset 0"),
            ("<br>", "Unsupported start tag \"br\" at byte offset 0"),
            ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
            ("1 <2", "Unclosed start tag at byte offset 2"),
            ("2 > 1", "Unescaped \">\" at byte offset 2"),
            ("A&B", "Unescaped \"&\" at byte offset 1"),
            ("A&nbsp;B", "Unescaped \"&\" at byte offset 1"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
            ("<b id>x</b>", "Expected equal sign in declaration of an attribute of the tag \"b\" at byte offset 0"),
        ];
        for (html, why) in wrong {
            assert_eq!(parse(html), Err(why.to_owned()), "{html}");
        }
    }

    #[test]
    fn white_space_at_the_ends_is_cut_and_pieces_move() {
        let (text, entities) = trimmed("  xin chào \n", vec![Entity::new("bold", 2, 10)]);
        assert_eq!((text.as_str(), &entities), ("xin chào", &vec![Entity::new("bold", 0, 8)]));
    }
}
