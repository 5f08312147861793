//! Facts about people: those of others are not told, one's own need not be sent.

use std::sync::LazyLock;

use indexer::lexical::fold;
use serde::Deserialize;

use super::concept::Subject;
use super::view::View;
use crate::answering::answer::AnswerStatus;
use crate::answering::{Context, Reply};
use crate::language::{Language, t};

static WORDS: LazyLock<Subject<About>> = LazyLock::new(|| Subject::embedded(include_str!("words/personal.toml")));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum About {
    /// Another person, by what they are to the citizen.
    Other,
    /// Another person if a name is there.
    IfNamed,
}

/// What comes before a name.
const TITLES: &[&str] =
    &["ông", "bà", "anh", "chị", "cô", "chú", "bác", "thằng", "con", "tên", "mr", "mrs", "ms", "giáo", "ong", "ba", "chi", "co", "chu"];

/// The most frequent family names, folded.
const FAMILIES: &[&str] = &[
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ngo", "duong", "ly", "dinh", "trinh",
    "dau", "luong", "dao", "doan", "luu", "phung",
];

/// The reply to whoever wants to learn about somebody else.
pub(super) fn guard(clean: &str, view: &View, language: Language) -> Option<Reply> {
    let about = WORDS.find(&view.plain)?;
    if about == About::IfNamed && !names_somebody(clean) {
        return None;
    }
    let text =
        t(language, "Sen không giữ và không tra thông tin của người khác. Cần xác minh việc gì, anh/chị liên hệ Công an xã, phường.");
    Some(Reply::text(AnswerStatus::Refused, text))
}

/// Whether a title or a family name and a capitalised word stand side by side: "ông An", "Mr Binh", "Nguyễn Hùng".
fn names_somebody(clean: &str) -> bool {
    let words: Vec<&str> = clean.split_whitespace().collect();
    let is_named = |before: &str| {
        let folded = fold(before);
        TITLES.contains(&before.to_lowercase().as_str()) || (before.starts_with(char::is_uppercase) && FAMILIES.contains(&folded.as_str()))
    };
    let is_name =
        |word: &str| word.starts_with(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase) && !word.starts_with("Sen");
    words.windows(2).any(|pair| is_named(pair[0]) && is_name(pair[1]))
}

/// Says under an answer that its question had no need of an identity or phone number.
pub(in super::super) fn advise(context: &Context, reply: &mut Reply) {
    use AnswerStatus::{Answered, Clarification, NotFound, Partial};
    if matches!(reply.status, Answered | Clarification | NotFound | Partial) && has_number_of_person(&context.question.clean) {
        let advice = t(context.language, "_Anh/chị đừng gửi số căn cước, số điện thoại vào đây. Sen không cần những số ấy._");
        reply.text = format!("{}\n{advice}", reply.text);
    }
}

/// Twelve digits of an identity number or the ten of a mobile phone, also in groups.
fn has_number_of_person(clean: &str) -> bool {
    let groups = clean.split(|c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '.' | '-' | '+'));
    groups
        .map(|group| group.chars().filter(char::is_ascii_digit).collect::<String>())
        .any(|digits| is_identity(&digits) || is_phone(&digits))
}

fn is_identity(digits: &str) -> bool {
    digits.len() == 12 && digits.starts_with('0')
}

fn is_phone(digits: &str) -> bool {
    let national = digits.strip_prefix("84").or_else(|| digits.strip_prefix('0'));
    national.is_some_and(|rest| rest.len() == 9 && rest.starts_with(['3', '5', '7', '8', '9']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_seen() {
        for text in ["cccd 040085001234 bị mất", "số 040 085 001 234", "sđt 0912 345 678, con tui", "+84 912345678", "0987.654.321"]
        {
            assert!(has_number_of_person(text), "{text}");
        }
        for text in ["thủ tục 1.001193", "123/2015/NĐ-CP", "phí 70.000 đồng", "năm 2026 có 12 tháng", "1900 1234"] {
            assert!(!has_number_of_person(text), "{text}");
        }
    }

    #[test]
    fn a_name_is_a_title_and_a_capital() {
        assert!(names_somebody("tra số của ông Nguyễn An") && names_somebody("address of Mr Binh"));
        assert!(!names_somebody("xin số điện thoại Công an xã") && !names_somebody("Anh cho hỏi"));
    }
}
