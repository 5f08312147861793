//! Whether the unit of before or of after the reform is meant.

use super::text::{Gap, Token};

/// Whether the unit of before or of after the reform is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Before,
    After,
}

/// What one word says: "cũ", "mới".
pub(super) fn age(token: &Token) -> Option<Era> {
    if token.says("cũ") {
        return Some(Era::Before);
    }
    token.says("mới").then_some(Era::After)
}

/// Phrases that follow a name.
const AFTER: [(&[&str], Era); 21] = [
    (&["trước", "đây"], Era::Before),
    (&["trước", "kia"], Era::Before),
    (&["ngày", "trước"], Era::Before),
    (&["hồi", "trước"], Era::Before),
    (&["ngày", "xưa"], Era::Before),
    (&["hồi", "xưa"], Era::Before),
    (&["trước", "sáp"], Era::Before),
    (&["trước", "sát"], Era::Before),
    (&["trước", "khi", "sáp"], Era::Before),
    (&["trước", "khi", "nhập"], Era::Before),
    (&["sáp", "nhập"], Era::Before),
    (&["sát", "nhập"], Era::Before),
    (&["nhập", "vào"], Era::Before),
    (&["nhập", "vô"], Era::Before),
    (&["nhập", "với"], Era::Before),
    (&["nhập", "về"], Era::Before),
    (&["đổi", "tên"], Era::Before),
    (&["nay", "là"], Era::Before),
    (&["nay", "thuộc"], Era::Before),
    (&["giờ", "thuộc"], Era::Before),
    (&["chừ", "thuộc"], Era::Before),
];

/// Phrases that follow a name of today, unless its fate is told or asked.
const AFTER_MERGING: [&[&str]; 4] =
    [&["sau", "sáp", "nhập"], &["sau", "sát", "nhập"], &["sau", "khi", "sáp", "nhập"], &["sau", "khi", "sát", "nhập"]];
const FATE: [&str; 7] = ["là", "thuộc", "về", "đổi", "thành", "vào", "vô"];

/// Phrases before a name.
const BEFORE: [(&[&str], Era); 14] = [
    (&["trước", "đây"], Era::Before),
    (&["trước", "kia"], Era::Before),
    (&["trước", "là"], Era::Before),
    (&["hồi", "trước"], Era::Before),
    (&["ngày", "trước"], Era::Before),
    (&["ngày", "xưa"], Era::Before),
    (&["địa", "chỉ", "cũ"], Era::Before),
    (&["nhập", "vào"], Era::After),
    (&["nhập", "vô"], Era::After),
    (&["nhập", "thành"], Era::After),
    (&["nay", "là"], Era::After),
    (&["giờ", "là"], Era::After),
    (&["chừ", "là"], Era::After),
    (&["đổi", "thành"], Era::After),
];

fn says(tokens: &[Token], at: usize, phrase: &[&str]) -> bool {
    let typed = tokens.get(at..at + phrase.len());
    typed.is_some_and(|typed| typed.iter().zip(phrase).all(|(token, word)| token.says(word)))
}

/// A phrase directly before `start`, or with one or two words between ("trước đây là ở xã").
pub(super) fn era_before(tokens: &[Token], start: usize) -> Option<Era> {
    let ends_within = |length: usize, between: usize| start.checked_sub(length + between);
    let matching =
        |between| BEFORE.iter().find(|(phrase, _)| ends_within(phrase.len(), between).is_some_and(|at| says(tokens, at, phrase)));
    (0..=2).find_map(matching).map(|(_, era)| *era)
}

/// What follows a name that ends before `end`: the age that it says, and the first word that no longer belongs to it.
pub(super) fn after(tokens: &[Token], end: usize) -> (Option<Era>, usize) {
    let Some(next) = tokens.get(end) else { return (None, end) };
    if next.says("cũ") && !is_joined_old(tokens, end) {
        return (Some(Era::Before), end + 1);
    }
    if next.says("mới")
        && tokens.get(end + 1).is_none_or(|then| then.gap == Gap::Break || ["ở", "thì", "là"].iter().any(|word| then.says(word)))
    {
        return (Some(Era::After), end + 1);
    }
    if let Some(phrase) = AFTER_MERGING.iter().find(|phrase| says(tokens, end, phrase)) {
        let then = tokens.get(end + phrase.len());
        let tells_fate = then.is_some_and(|then| FATE.iter().any(|word| then.says(word)));
        return (Some(if tells_fate { Era::Before } else { Era::After }), end);
    }
    // One word may stand between: "đã sáp nhập", "bị nhập vào".
    let at = |skip| AFTER.iter().find(|(phrase, _)| says(tokens, end + skip, phrase));
    (at(0).or_else(|| at(1)).map(|(_, era)| *era), end)
}

/// "cu tru", "cụ thể" and the like without diacritics.
fn is_joined_old(tokens: &[Token], at: usize) -> bool {
    let joined = ["tru", "the", "dan", "su"];
    tokens[at].exact.is_ascii() && tokens.get(at + 1).is_some_and(|next| joined.contains(&next.exact.as_str()))
}
