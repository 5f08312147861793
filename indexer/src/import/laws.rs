//! "Tên văn bản pháp lýMã văn bảnLuật Căn cước26/2023/QH15Nghị định…70/2024/NĐ-CP": titles and numbers.

use super::papers::one_line;
use crate::guide::LegalRow;

const HEADER: &str = "Tên văn bản pháp lýMã văn bản";

/// Reads the list; `None` where nothing of it can be told apart.
pub(super) fn parse(text: &str, source: &str) -> Option<Vec<LegalRow>> {
    let mut rest = text.trim().strip_prefix(HEADER)?;
    let mut laws = Vec::new();
    while let Some((at, end)) = number_at_end_of_row(rest) {
        let number = rest[at..end].to_owned();
        let title = one_line(rest[..at].trim_end_matches("Số").trim_end_matches("số").trim());
        let title = if title.is_empty() { number.clone() } else { title };
        laws.push(LegalRow { number, title, issued_on: None, source: source.to_owned(), valid_from: None, valid_to: None });
        rest = &rest[end..];
    }
    (!laws.is_empty() && rest.trim().is_empty()).then_some(laws)
}

/// A number such as "70/2024/NĐ-CP" or "966/QĐ-BTP" that follows the title at once or ends the text, and after which the next title begins.
fn number_at_end_of_row(text: &str) -> Option<(usize, usize)> {
    text.match_indices('/').filter_map(|(slash, _)| number_around(text, slash)).find(|(at, end)| {
        let joined = text[..*at].chars().next_back().is_none_or(|before| !before.is_whitespace() || *end == text.len());
        let next = text[*end..].chars().next();
        joined && next.is_none_or(|next| next.is_uppercase())
    })
}

fn number_around(text: &str, slash: usize) -> Option<(usize, usize)> {
    let run = text[..slash].bytes().rev().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let digits = text[slash - run..slash].trim_start_matches('.').len();
    let mut at = slash - digits;
    // "Luật Cư trú 202068/2020/QH14": a year ends the title.
    if digits > 4 && (text[at..].starts_with("19") || text[at..].starts_with("20")) {
        at += 4;
    }
    let code = text[slash + 1..]
        .find(|c: char| !(c.is_ascii_digit() || c.is_uppercase() || matches!(c, '/' | '-')))
        .unwrap_or(text.len() - slash - 1);
    let mut end = slash + 1 + code;
    // The next title's first letter is upper case too: "NĐ-CPThông tư".
    if text[end..].chars().next().is_some_and(char::is_lowercase) {
        end -= text[..end].chars().next_back().filter(|last| last.is_uppercase()).map_or(0, char::len_utf8);
    }
    (digits > 0 && text[slash + 1..end].contains(char::is_uppercase)).then_some((at, end))
}
