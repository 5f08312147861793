//! The table of ways to hand in ("cách thức thực hiện"): way, time, fee and a description, run together.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{inline, pattern, says_nothing, tidy};
use crate::guide::Submission;

const HEAD: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";

/// Where a row begins: a way with its time glued to it.
static ROW: LazyLock<Regex> = LazyLock::new(|| pattern(r"(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)(?:\d|Không|Hệ thống giải quyết)"));
/// A time with its unit, or words instead of one, in front of the fee.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(\d+(?:[.,]\d+)?) (Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm|Phút|Tuần)|(Không có thông tin|Không phải trả kết quả cho người nộp thuế|Không quy định|Không ?|Hệ thống giải quyết[^.]*\.))",
    )
});
/// What stands in the column of fees, perhaps behind a time that lacks its unit.
static FEE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:(\d*)(Miễn phí|Không có thông tin)|(\d[\d,.]*) (VNĐ|Việt Nam Đồng|USD))"));

/// Points and sentences of their own that run together on one line.
static SEAM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"([.;:)]) +([-+*] ?\p{Lu}|Thời gian tiếp nhận|Thời hạn giải quyết|Thời gian giải quyết)"));
/// The first point of a description: "(1) Trường hợp…", "(i) …".
static POINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\((?:\d{1,2}(?:\.\d+)*|[a-zđ]|[ivx]+)\)"));
static WRAPPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:(?:(?:Phí|Lệ phí) ?: ?)?(?:0 )?Đồng ?)?\((.*)\)\.?$"));

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    pub(super) kind: Submission,
    pub(super) time: Time,
    pub(super) fee: Fee,
    /// What stands in brackets behind the fee.
    pub(super) note: String,
    /// The description.
    pub(super) text: String,
    /// Way, time and fee as the portal shows them.
    pub(super) head: String,
}

/// The column of times.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Time {
    /// A duration with its unit, as a citizen reads it.
    Stated(String),
    /// Words of the portal.
    Words(String),
    /// A number whose unit is missing.
    NoUnit,
    /// Nothing.
    Silent,
}

/// The column of fees.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fee {
    /// "Miễn phí", which the note may contradict.
    Free,
    /// Đồng.
    Dong(u64),
    /// US dollars, as written.
    Dollars(String),
    /// A number that can't be told from the time before it.
    Ambiguous,
    /// Nothing.
    Silent,
}

/// The table's rows, and what stands outside them.
pub(super) fn ways(text: &str) -> (Vec<Way>, String) {
    let text = tidy(text);
    let text = text.strip_prefix(HEAD).unwrap_or(&text);
    let mut starts: Vec<usize> = ROW.find_iter(text).map(|row| row.start()).collect();
    let outside = text[..starts.first().copied().unwrap_or(text.len())].to_owned();
    starts.push(text.len());
    let mut ways: Vec<Way> = Vec::new();
    let mut rest = outside;
    for ends in starts.windows(2) {
        let raw = &text[ends[0]..ends[1]];
        match (way(raw), ways.last_mut()) {
            (Some(way), _) => ways.push(way),
            // A way named inside a description.
            (None, Some(before)) => before.text.push_str(raw),
            (None, None) => rest.push_str(raw),
        }
    }
    let mut seen: Vec<Way> = Vec::new();
    ways.into_iter().for_each(|way| {
        if !seen.contains(&way) {
            seen.push(way)
        }
    });
    (seen, rest)
}

fn way(raw: &str) -> Option<Way> {
    let kinds = [("Trực tiếp", Submission::InPerson), ("Trực tuyến", Submission::Online), ("Dịch vụ bưu chính", Submission::Post)];
    let (kind, rest) = kinds.iter().find_map(|(name, kind)| Some((*kind, raw.strip_prefix(name)?)))?;
    let (time, behind) = time(rest);
    let (unitless, fee, rest) = fee(behind, behind.len() < rest.len())?;
    let (note, text) = note(rest);
    let time = if unitless { Time::NoUnit } else { time };
    let head = raw[..raw.len() - rest.len()].to_owned();
    let text = tidy(&SEAM.replace_all(text.trim_start_matches([')', ' ']), "$1\n$2"));
    Some(Way { kind, time, fee, note, text, head })
}

fn time(text: &str) -> (Time, &str) {
    let Some(found) = TIME.captures(text) else { return (Time::Silent, text) };
    let rest = &text[found[0].len()..];
    match (found.get(1), found.get(2), found.get(3)) {
        (Some(number), Some(unit), _) => {
            let number = number.as_str().replace('.', ",");
            let is_real = number.chars().any(|digit| ('1'..='9').contains(&digit));
            let stated = Time::Stated(format!("{number} {}", unit.as_str().to_lowercase()));
            (if is_real { stated } else { Time::NoUnit }, rest)
        }
        (_, _, Some(words)) if says_nothing(words.as_str()) => (Time::Silent, rest),
        (_, _, Some(words)) => (Time::Words(inline(words.as_str())), rest),
        _ => (Time::Silent, text),
    }
}

/// Whether a number without a unit stands before the fee, the fee, and what follows. Where no time has been read, an amount
/// may have swallowed one: "Trực tuyến310,000 VNĐ".
fn fee(text: &str, has_time: bool) -> Option<(bool, Fee, &str)> {
    let found = FEE.captures(text)?;
    let rest = &text[found[0].len()..];
    if let (Some(number), Some(currency)) = (found.get(3), found.get(4)) {
        let fee = if has_time { amount(number.as_str(), currency.as_str()) } else { Fee::Ambiguous };
        return Some((!has_time, fee, rest));
    }
    let unitless = found.get(1).is_some_and(|number| !number.is_empty());
    let fee = if found.get(2).is_some_and(|word| word.as_str() == "Miễn phí") { Fee::Free } else { Fee::Silent };
    Some((unitless, fee, rest))
}

fn amount(number: &str, currency: &str) -> Fee {
    match (currency, number.replace(',', "").parse()) {
        ("USD", _) => Fee::Dollars(number.replace(',', ".")),
        (_, Ok(dong)) => Fee::Dong(dong),
        _ => Fee::Ambiguous,
    }
}

/// The text in the brackets that open at once, and what follows them. Brackets that never close hold the whole.
fn note(text: &str) -> (String, &str) {
    if !text.starts_with('(') || POINT.is_match(text) {
        return (String::new(), text);
    }
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return (unwrapped(&inline(&text[1..at])), &text[at + 1..]);
        }
    }
    (unwrapped(&inline(&text[1..])), "")
}

/// The note without the brackets and the empty amount that the portal's own form put around it: "(Phí : 0 Đồng (…))".
fn unwrapped(note: &str) -> String {
    let found = WRAPPED.captures(note).and_then(|found| found.get(1)).map_or(note, |inner| inner.as_str());
    let is_whole = found.len() < note.len() && balance(found) == Some(0);
    if is_whole { unwrapped(found) } else { note.to_owned() }
}

/// How many brackets stay open; none where one closes too early.
fn balance(text: &str) -> Option<usize> {
    text.chars().try_fold(0_usize, |depth, letter| match letter {
        '(' => Some(depth + 1),
        ')' => depth.checked_sub(1),
        _ => Some(depth),
    })
}
