//! "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp3 Ngày làm việc10,000 Việt Nam Đồng(…)…": the ways to hand in, with the
//! time and fee of each.
//!
//! A figure is taken only where the text leaves no doubt: a number runs into the next one ("Trực tuyến120 VNĐ"), an amount
//! lacks its thousands ("25 VNĐ"), "Miễn phí" stands beside a note that names a fee. What is left out is told as a [`Fault`].

use super::Fault;
use crate::guide::Submission;

const HEADER: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";
const WAYS: [(&str, Submission); 3] =
    [("Trực tiếp", Submission::InPerson), ("Trực tuyến", Submission::Online), ("Dịch vụ bưu chính", Submission::Post)];
const UNITS: [&str; 8] = ["Ngày làm việc", "Ngày", "Giờ làm việc", "Giờ", "Tháng", "Tuần", "Năm", "Phút"];
const NO_TIME: [&str; 4] = ["Không có thông tin", "Không quy định", "Không phải trả kết quả cho người nộp thuế", "Không "];
const CURRENCIES: [(&str, &str); 3] = [(" Việt Nam Đồng", "đồng"), (" VNĐ", "đồng"), (" USD", "USD")];
/// Amounts below this are thousands whose zeros were lost.
const LEAST_AMOUNT: u64 = 1_000;

/// One way to hand in.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) way: Submission,
    /// "3 ngày làm việc".
    pub(super) time: Option<String>,
    pub(super) fee: Option<Fee>,
    /// What the portal says of this way, with cases of the time.
    pub(super) note: String,
}

/// A fee as it may be told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fee {
    pub(super) case: Option<String>,
    pub(super) amount: String,
}

/// Reads the table; `None` where it isn't one.
pub(super) fn parse(text: &str, faults: &mut Vec<Fault>) -> Option<Vec<Row>> {
    let table = text.trim().strip_prefix(HEADER)?;
    let starts: Vec<usize> = table.char_indices().map(|(at, _)| at).filter(|at| head(&table[*at..]).is_some()).collect();
    if starts.first() != Some(&0) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([table.len()]);
    Some(starts.iter().zip(ends).filter_map(|(start, end)| row(&table[*start..end], faults)).collect())
}

/// What a row begins with: the way, the digits that follow it, the unit, and the rest, which begins with the fee.
struct Head<'a> {
    way: Submission,
    number: &'a str,
    unit: Option<&'a str>,
    rest: &'a str,
}

fn head(text: &str) -> Option<Head<'_>> {
    let (way, rest) = WAYS.iter().find_map(|(name, way)| Some((*way, text.strip_prefix(name)?)))?;
    if let Some(rest) = NO_TIME.iter().find_map(|none| rest.strip_prefix(none)).filter(|rest| begins_fee(rest)) {
        return Some(Head { way, number: "", unit: None, rest });
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(rest.len());
    let (number, after) = rest.split_at(digits);
    let trimmed = after.trim_start();
    if let Some((unit, rest)) = UNITS.iter().find_map(|unit| Some((*unit, trimmed.strip_prefix(unit)?)))
        && begins_fee(rest)
        && !number.is_empty()
    {
        return Some(Head { way, number, unit: Some(unit), rest });
    }
    // Without a unit the time's number and the amount's run into one another: both are unknown.
    let without_unit = !number.is_empty() && (begins_fee(after) || CURRENCIES.iter().any(|(currency, _)| after.starts_with(currency)));
    without_unit.then_some(Head { way, number, unit: None, rest: after })
}

fn begins_fee(text: &str) -> bool {
    text.starts_with("Miễn phí") || text.starts_with("Không có thông tin") || amount(text).is_some()
}

/// An amount at the beginning: its digits, its currency, and what follows.
fn amount(text: &str) -> Option<(u64, &'static str, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))?;
    let number = text[..digits].replace([',', '.'], "").parse().ok()?;
    CURRENCIES.iter().find_map(|(written, currency)| Some((number, *currency, text[digits..].strip_prefix(written)?)))
}

fn row(text: &str, faults: &mut Vec<Fault>) -> Option<Row> {
    let head = head(text)?;
    let time = match (head.number, head.unit) {
        ("", _) => None,
        (_, None) => {
            faults.push(Fault::TimeWithoutUnit);
            None
        }
        (number, Some(unit)) => Some(format!("{number} {}", unit.to_lowercase())),
    };
    let (fee, note) = fee(&head, faults);
    Some(Row { way: head.way, time, fee, note: note.trim().to_owned() })
}

fn fee<'a>(head: &Head<'a>, faults: &mut Vec<Fault>) -> (Option<Fee>, &'a str) {
    if let Some(rest) = head.rest.strip_prefix("Không có thông tin") {
        return (None, rest);
    }
    if let Some(rest) = head.rest.strip_prefix("Miễn phí") {
        let (bracket, note) = bracketed(rest);
        return (free(bracket, faults), note);
    }
    let runs_together = CURRENCIES.iter().find_map(|(currency, _)| head.rest.strip_prefix(currency));
    if let Some(rest) = runs_together {
        let (bracket, note) = bracketed(rest);
        let told = bracket.filter(|bracket| states_amount(bracket)).map(|bracket| Fee { case: None, amount: bracket.to_owned() });
        faults.extend(told.is_none().then_some(Fault::FeeWithoutUnit));
        return (told, note);
    }
    let Some((number, currency, rest)) = amount(head.rest) else { return (None, head.rest) };
    let (bracket, note) = bracketed(rest);
    (charged(number, currency, bracket, faults), note)
}

/// "Miễn phí" is also what the portal fills in where the note says what is to be paid: then the note is the fee.
fn free(bracket: Option<&str>, faults: &mut Vec<Fault>) -> Option<Fee> {
    let Some(bracket) = bracket else { return Some(Fee { case: None, amount: "Miễn phí".to_owned() }) };
    let lower = bracket.to_lowercase();
    if ["phí", "đồng", "mức", "thu", "%", "quy định", "miễn"].iter().any(|word| lower.contains(word)) {
        faults.push(Fault::FreeButNoteSaysOtherwise);
        return Some(Fee { case: None, amount: bracket.to_owned() });
    }
    faults.push(Fault::FeeUnclear);
    None
}

fn charged(number: u64, currency: &str, bracket: Option<&str>, faults: &mut Vec<Fault>) -> Option<Fee> {
    let stated: Vec<u64> = bracket.map(amounts).unwrap_or_default();
    if currency == "đồng" && !stated.is_empty() {
        // "50 VNĐ (50.000đ/giấy)": the note has the zeros. Another amount in it contradicts the field.
        if stated.contains(&number) || (number < LEAST_AMOUNT && stated.contains(&(number * 1_000))) {
            return bracket.map(|bracket| Fee { case: None, amount: bracket.to_owned() });
        }
        faults.push(Fault::FeeContradictsNote);
        return None;
    }
    if currency == "đồng" && number > 0 && number < LEAST_AMOUNT {
        faults.push(Fault::FeeWithoutUnit);
        return None;
    }
    Some(Fee { case: bracket.map(str::to_owned), amount: format!("{} {currency}", grouped(number)) })
}

/// The text in the brackets at the beginning, and what follows them. Unbalanced ones end with the text.
fn bracketed(text: &str) -> (Option<&str>, &str) {
    if !text.starts_with('(') {
        return (None, text);
    }
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return (Some(text[1..at].trim()).filter(|inner| !inner.is_empty()), &text[at + 1..]);
        }
    }
    (None, text)
}

fn states_amount(text: &str) -> bool {
    !amounts(text).is_empty()
}

/// The amounts of money that a note names: numbers of four digits and more before "đ", "đồng", "vnđ".
fn amounts(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    let mut rest = lower.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).map_or(rest.len(), |length| start + length);
        let unit = rest[end..].trim_start();
        if unit.starts_with('đ') || unit.starts_with("vnđ") || unit.starts_with("vnd") {
            found.extend(rest[start..end].replace(['.', ','], "").parse::<u64>().ok().filter(|amount| *amount >= LEAST_AMOUNT));
        }
        rest = &rest[end..];
    }
    found
}

/// 1200000 as "1.200.000".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(".")
}
