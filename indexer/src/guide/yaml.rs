//! The little of YAML that a guide's front matter is written in.

/// A value of the front matter.
pub(super) enum Yaml {
    /// Not written at all.
    Absent,
    /// As it stands: a day, a key of a closed set.
    Plain(String),
    /// A person's words, quoted where YAML would read something else.
    Text(String),
    /// Short words on one line, in brackets.
    Words(Vec<String>),
    /// One item a line.
    List(Vec<Yaml>),
    /// Keys and values.
    Row(Vec<(&'static str, Yaml)>),
}

/// "key: value" with its line end, and the lines below it; nothing where the value is absent.
pub(super) fn entry(key: &str, value: &Yaml) -> String {
    let mut text = String::new();
    push(&mut text, key, value, 0);
    text
}

fn push(text: &mut String, key: &str, value: &Yaml, indent: usize) {
    let line = |value: String| format!("{:indent$}{key}: {value}\n", "");
    match value {
        Yaml::Absent => {}
        Yaml::Plain(plain) => text.push_str(&line(plain.clone())),
        Yaml::Text(words) => text.push_str(&line(scalar(words))),
        Yaml::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| bracketed(word)).collect();
            text.push_str(&line(format!("[{}]", words.join(", "))));
        }
        Yaml::List(items) if items.is_empty() => text.push_str(&line("[]".to_owned())),
        Yaml::List(items) => {
            text.push_str(&format!("{:indent$}{key}:\n", ""));
            items.iter().for_each(|item| push_item(text, item, indent + 2));
        }
        // Rows stand in lists only.
        Yaml::Row(_) => {}
    }
}

fn push_item(text: &mut String, item: &Yaml, indent: usize) {
    match item {
        Yaml::Row(pairs) => {
            let mut row = String::new();
            pairs.iter().for_each(|(key, value)| push(&mut row, key, value, indent + 2));
            text.push_str(&format!("{:indent$}- {}", "", row.trim_start()));
        }
        Yaml::Text(words) => text.push_str(&format!("{:indent$}- {}\n", "", scalar(words))),
        _ => {}
    }
}

fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Inside brackets, commas and brackets mean something too.
fn bracketed(text: &str) -> String {
    let is_word = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if is_word && is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether YAML reads the text back as it stands: it begins with a letter, is no word with a meaning of its own, and
/// nothing in it ends a plain scalar.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(char::is_alphabetic)
        && !text.ends_with([' ', ':'])
        && ![": ", " #"].iter().any(|mark| text.contains(mark))
        && !text.chars().any(must_be_escaped)
        && !WORDS.contains(&text.to_lowercase().as_str())
}

/// Control characters, the line and paragraph separators, and the byte order mark.
fn must_be_escaped(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            letter if must_be_escaped(letter) => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
