//! What a row of the table says of money.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::descriptions::{Tells, told};
use super::reason::Reason;
use super::rows::Pair;
use super::text::{pattern, says_nothing};
use super::ways::{Fee, Way};

/// Nothing is paid.
pub(super) const FREE: &str = "Miễn phí";
/// A case that the portal gives no name.
const FEE_CASE: &str = "Phí, lệ phí";
/// The smallest amount that is charged, in đồng.
const SMALLEST: u64 = 1_000;
/// The longest note that is taken for the name of a case, in characters.
const LONGEST_CASE: usize = 200;

/// An amount with its unit.
pub(super) static MONEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\d[\d.,]*\s*(?:đồng|vnđ|vnd|usd|đ\b|triệu|%)"));
static FIGURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d.,]*"));
/// Words by which a note says who sets the amount.
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)theo|quy định|mức|hội đồng nhân dân|hđnd|thông tư|nghị định|trả phí|miễn"));
/// Words by which a note changes the amount for a time or for some.
static CHANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)áp dụng|giảm|bằng|%|miễn|từ ngày|đến (?:hết )?ngày"));
static REDUCTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)miễn|giảm|bằng \d|%|từ ngày"));
static LAST_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"áp dụng đến (?:hết )?(?:ngày )?(\d{1,2})/(\d{1,2})/(\d{4})"));
/// Words that no name of a case has.
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^đồng|giảm|không|nộp hồ sơ|\. |\(.*đồng"));

/// Whether the row itself tells of something to pay.
pub(super) fn is_paid(way: &Way) -> bool {
    match way.fee {
        Fee::Dong(dong) => dong > 0,
        Fee::Dollars(_) | Fee::Ambiguous => true,
        Fee::Free | Fee::Silent => !agrees_free(&way.note) || !told(way, Tells::Fee).is_empty(),
    }
}

/// Whether a note says no more than "Miễn phí" does.
fn agrees_free(note: &str) -> bool {
    let note = note.to_lowercase();
    says_nothing(&note)
        || ["miễn phí", "miễn lệ phí", "miễn", "0", "0 đồng", "không thu phí", "không thu phí, lệ phí", "không thu lệ phí"]
            .contains(&note.trim_matches(['.', ' ', '-', '(', ')', ';']))
}

/// What the row and its description say of the fee: a case and an amount, nothing, or why it can't be served.
pub(super) fn fee(way: &Way, is_charged: bool) -> Result<Option<Pair>, Reason> {
    let (stated, more) = (stated_fee(way, is_charged), told(way, Tells::Fee));
    match stated {
        stated if more.is_empty() => stated,
        Ok(Some((case, amount))) if amount != FREE => Ok(Some((case, format!("{amount} ({more})")))),
        _ => Ok(Some((FEE_CASE.to_owned(), more))),
    }
}

fn stated_fee(way: &Way, is_charged: bool) -> Result<Option<Pair>, Reason> {
    let note = way.note.as_str();
    let only_note = || Ok(Some((FEE_CASE.to_owned(), note.to_owned())));
    let free = || Ok(Some((FEE_CASE.to_owned(), FREE.to_owned())));
    match &way.fee {
        Fee::Silent if says_nothing(note) => Ok(None),
        Fee::Silent => only_note(),
        Fee::Free | Fee::Dong(0) if !agrees_free(note) && tells_amount(note) => only_note(),
        Fee::Free | Fee::Dong(0) if !agrees_free(note) => Err(Reason::FreeContradicted),
        Fee::Free | Fee::Dong(0) if is_charged && note.is_empty() => Err(Reason::FreeContradicted),
        Fee::Free | Fee::Dong(0) => free(),
        Fee::Ambiguous if tells_amount(note) => only_note(),
        Fee::Ambiguous => Err(Reason::FeeRunTogether),
        Fee::Dong(dong) if is_impossible(*dong, note) && mends(*dong, note) => only_note(),
        Fee::Dong(dong) if is_impossible(*dong, note) => Err(Reason::FeeImpossible),
        Fee::Dong(dong) if says_other(*dong, note) => only_note(),
        Fee::Dong(dong) => Ok(Some(noted(&format!("{} đồng", grouped(*dong)), *dong, note))),
        Fee::Dollars(dollars) => Ok(Some(noted(&format!("{dollars} USD"), dollars.parse().unwrap_or_default(), note))),
    }
}

fn tells_amount(note: &str) -> bool {
    MONEY.is_match(note) || RULE.is_match(note)
}

/// Whether a note tells what an impossible amount means: in thousands, in dollars, or by a rule. Another amount in it is as
/// doubtful as the first.
fn mends(dong: u64, note: &str) -> bool {
    let amounts = amounts(note);
    tells_amount(note) && (amounts.is_empty() || amounts.iter().any(|amount| [dong, dong * 1_000].contains(amount)))
}

/// Too small, in thousands as the note shows, or dollars as the note says.
fn is_impossible(dong: u64, note: &str) -> bool {
    let says = |figure: u64| figures(note).any(|other| other == figure);
    dong < SMALLEST || says(dong * 1_000) || (note.contains("USD") && !says(dong))
}

/// Whether the note tells another amount, and not a change of this one, or leaves it to the province.
fn says_other(dong: u64, note: &str) -> bool {
    let amounts = amounts(note);
    let is_local = note.to_lowercase().contains("hội đồng nhân dân");
    !amounts.contains(&dong) && (is_local || (!amounts.is_empty() && !CHANGE.is_match(note)))
}

/// The last day of an amount that is said to hold until then ("áp dụng đến hết ngày 31/12/2026"), and not of a reduction.
pub(super) fn last_day(amount: &str) -> Option<Date> {
    let found = LAST_DAY.captures(amount).filter(|_| !REDUCTION.is_match(amount))?;
    let number = |at: usize| found.get(at)?.as_str().parse::<i16>().ok();
    Date::new(number(3)?, number(2)?.try_into().ok()?, number(1)?.try_into().ok()?).ok()
}

/// The amounts of money that a note tells.
fn amounts(note: &str) -> Vec<u64> {
    let unit = |text: &str| if text.contains("triệu") { 1_000_000 } else { 1 };
    let found = MONEY.find_iter(note).map(|found| found.as_str()).filter(|text| !text.ends_with('%'));
    found.flat_map(|text| figures(text).map(move |figure| figure * unit(text))).collect()
}

fn figures(text: &str) -> impl Iterator<Item = u64> {
    FIGURE.find_iter(text).filter_map(|figure| figure.as_str().replace(['.', ','], "").parse().ok())
}

/// An amount with its note, which is a unit, the amount again in full, a case, or conditions.
fn noted(amount: &str, figure: u64, note: &str) -> Pair {
    let case = FEE_CASE.to_owned();
    let repeats = note.starts_with(|letter: char| letter.is_ascii_digit()) && figures(note).next() == Some(figure) && MONEY.is_match(note);
    match note {
        note if says_nothing(note) => (case, amount.to_owned()),
        note if note.starts_with('/') => (case, format!("{amount}{note}")),
        note if repeats => (case, note.to_owned()),
        note if is_case(note) => (note.trim_start_matches(['-', '+', ' ']).to_owned(), amount.to_owned()),
        note => (case, format!("{amount} ({note})")),
    }
}

/// Whether a note says what the amount is for, and no more.
fn is_case(note: &str) -> bool {
    note.chars().count() <= LONGEST_CASE && !tells_amount(note) && !OTHERWISE.is_match(note) && !CHANGE.is_match(note)
}

/// 7000 gives "7.000".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let group =
        |(at, digit): (usize, char)| if at > 0 && (digits.len() - at).is_multiple_of(3) { format!(".{digit}") } else { digit.to_string() };
    digits.chars().enumerate().map(group).collect()
}
