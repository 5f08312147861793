//! The portal's texts made tidy, word for word.

use regex::Regex;

/// What the portal writes where it has nothing to say.
const NOTHING: [&str; 10] =
    ["", "-", "--", "không", "không có", "không có thông tin", "không quy định", "chưa có thông tin", "không có yêu cầu", "không yêu cầu"];

/// The text with plain spaces, without blank lines, breaks within a sentence, spaces at line ends or marks of Markdown
/// headings.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines().map(inline).filter(|line| !line.is_empty()) {
        let line = line.strip_prefix("## ").unwrap_or(&line);
        if !tidy.is_empty() {
            tidy.push(if goes_on(&tidy, line) { ' ' } else { '\n' });
        }
        tidy.push_str(line);
    }
    tidy
}

/// Whether a line only continues the sentence before it, as in text copied from a printed page. "a)" and "1." begin points.
fn goes_on(before: &str, line: &str) -> bool {
    let mut letters = line.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    let is_word = first.is_lowercase() && (second.is_alphabetic() || second == ' ');
    let is_number = first.is_ascii_digit() && !line.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with(['.', ')', '/']);
    !before.ends_with(['.', ';', ':', '!', '?', ')', '”', '"']) && (is_word || is_number)
}

/// The text on one line.
pub(super) fn inline(text: &str) -> String {
    let is_space = |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '\u{feff}' | '\u{200b}');
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the text only says that there is nothing to say.
pub(super) fn says_nothing(text: &str) -> bool {
    let text = inline(text).to_lowercase();
    NOTHING.contains(&text.trim_matches(['.', ' ', '-', '+', '*', ':', ';']))
}

/// The text, or none where it says nothing.
pub(super) fn stated(text: &str) -> Option<String> {
    (!says_nothing(text)).then(|| tidy(text))
}

/// A pattern of this program's own.
pub(super) fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("a pattern of our own: {error}"))
}
