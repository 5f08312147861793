//! From the table of ways to channels, fees and times. A wrong fee is worse than none: what is doubtful stays text.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::reason::Reason;
use super::text::{pattern, says_nothing};
use super::ways::{Fee, Time, Way};
use crate::guide::{Channel, FeeRow, Submission, TimeRow};

/// A case that the portal gives no name.
const FEE_CASE: &str = "Phí, lệ phí";
const FREE: &str = "Miễn phí";
const TIME_CASE: &str = "Thời hạn giải quyết";
/// The smallest amount that is charged, in đồng.
const SMALLEST: u64 = 1_000;

/// The longest note that is taken for the name of a case, in characters.
const LONGEST_CASE: usize = 200;

static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^đồng|giảm|không|nộp hồ sơ|\. |\(.*đồng"));
static MONEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\d[\d.,]*\s*(?:đồng|vnđ|vnd|usd|đ\b|triệu|%)"));
static FIGURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d.,]*"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)theo|quy định|mức|hội đồng nhân dân|hđnd|thông tư|nghị định|trả phí|miễn"));
static CHANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)áp dụng|giảm|bằng|%|miễn|từ ngày|đến (?:hết )?ngày"));
/// Days of the calendar, which are no durations.
static CALENDAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:ngày )?\d{1,2} tháng \d{1,2} năm \d{4}|ngày \d{1,2}/\d{1,2}(?:/\d{4})?|tháng \d{1,2}(?: năm \d{4}|/\d{4})|năm \d{4}")
});
static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)thời gian (?:tiếp nhận|nhận hồ sơ|làm việc)|giờ hành chính|các ngày làm việc|thứ (?:2|hai)\b|(?:sáng|chiều)[ :]")
});
static CHARGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bphí\b|\d\s*(?:đồng|đ|usd)\s*/"));
static LAST_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"áp dụng đến (?:hết )?(?:ngày )?(\d{1,2})/(\d{1,2})/(\d{4})"));
static REDUCTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)miễn|giảm|bằng \d|%|từ ngày"));
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\d+ ?(?:\([^)]*\) ?)?(?:ngày|giờ|tháng|năm|phút|tuần)|thời hạn|thời gian|trong ngày|ngay sau|trả ngay|ngay khi")
});

/// The rows of a record, and what is left of its table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) channels: Vec<Channel>,
    pub(super) fees: Vec<FeeRow>,
    pub(super) times: Vec<TimeRow>,
    /// Lines of the portal that no row says.
    pub(super) left: Vec<String>,
    pub(super) reasons: Vec<Reason>,
}

/// A case and what holds for it.
type Pair = (String, String);

/// Reads the rows. `is_charged`: the record says elsewhere that something is paid.
pub(super) fn rows(ways: &[Way], is_charged: bool, body: &str, source: &str) -> Rows {
    let mut rows = Rows::default();
    let (mut fees, mut times) = (Vec::<(Submission, Pair)>::new(), Vec::<(Submission, Pair)>::new());
    let is_charged = is_charged || ways.iter().any(is_paid);
    for way in ways {
        let (fee, time) = (fee(way, is_charged), time(way));
        if way.fee == Fee::Free && matches!(&fee, Ok(Some((_, amount))) if amount != FREE) {
            rows.reasons.push(Reason::FreeNoted);
        }
        if fee.is_err() || time.is_err() {
            let note = if fee.is_ok() || way.note.is_empty() { String::new() } else { format!(" ({})", way.note) };
            rows.left.push(format!("Cổng ghi (chưa rõ, nên hỏi lại nơi tiếp nhận): {}{note}", way.head));
        }
        match fee {
            Ok(fee) => fees.extend(fee.map(|fee| (way.kind, fee))),
            Err(reason) => rows.reasons.push(reason),
        }
        match time {
            Ok(time) => times.extend(time.map(|time| (way.kind, time))),
            Err(reason) => {
                rows.reasons.push(reason);
                times.extend(described(way).map(|time| (way.kind, time)));
            }
        }
    }
    let kinds = kinds(ways);
    rows.channels = kinds.iter().map(|kind| channel(*kind, ways, body)).collect();
    let source = source.to_owned();
    let fee = |(channel, (case, amount)): (Option<Submission>, Pair)| {
        let valid_to = last_day(&amount);
        FeeRow { case, amount, channel, source: source.clone(), valid_from: None, valid_to }
    };
    rows.fees = by_channel(fees, &kinds).into_iter().map(fee).collect();
    let time = |(channel, (case, duration))| TimeRow { case, duration, channel, source: source.clone(), valid_from: None, valid_to: None };
    rows.times = by_channel(times, &kinds).into_iter().map(time).collect();
    rows
}

fn kinds(ways: &[Way]) -> Vec<Submission> {
    let mut kinds = Vec::new();
    ways.iter().for_each(|way| {
        if !kinds.contains(&way.kind) {
            kinds.push(way.kind)
        }
    });
    kinds
}

/// The rows without doubles; one that holds for every channel names none.
fn by_channel(rows: Vec<(Submission, Pair)>, kinds: &[Submission]) -> Vec<(Option<Submission>, Pair)> {
    let mut kept: Vec<(Option<Submission>, Pair)> = Vec::new();
    for (kind, pair) in &rows {
        let holds_always = kinds.iter().all(|kind| rows.contains(&(*kind, pair.clone())));
        let row = ((!holds_always).then_some(*kind), pair.clone());
        if !kept.contains(&row) {
            kept.push(row);
        }
    }
    kept
}

/// Whether the row itself tells of something to pay.
fn is_paid(way: &Way) -> bool {
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
fn fee(way: &Way, is_charged: bool) -> Result<Option<Pair>, Reason> {
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
fn last_day(amount: &str) -> Option<Date> {
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

/// What the row says of the time, as [`fee`] does.
fn time(way: &Way) -> Result<Option<Pair>, Reason> {
    let case = || TIME_CASE.to_owned();
    match &way.time {
        Time::Stated(time) | Time::Words(time) => Ok(Some(match described(way) {
            Some((_, text)) if text.trim_start_matches('0').to_lowercase().starts_with(time) => (case(), text),
            Some((_, text)) => (case(), format!("{time} ({text})")),
            None => (case(), time.clone()),
        })),
        Time::NoUnit => Err(Reason::TimeWithoutUnit),
        Time::Silent => Ok(described(way)),
    }
}

/// What a line of a description may tell.
#[derive(Clone, Copy)]
enum Tells {
    /// What is paid.
    Fee,
    /// Until when it is done.
    Duration,
    /// When papers are taken.
    Hours,
    /// Where and how: whatever is none of the others.
    Place,
}

impl Tells {
    fn holds(self, line: &str) -> bool {
        let is_counted = || ["kể từ", "hời hạn"].iter().any(|words| line.contains(words));
        match self {
            Tells::Fee => MONEY.is_match(line) && CHARGE.is_match(line),
            Tells::Hours => HOURS.is_match(line) && !is_counted(),
            Tells::Duration => !Tells::Hours.holds(line) && DURATION.is_match(&CALENDAR.replace_all(line, "")),
            Tells::Place => ![Tells::Fee, Tells::Hours, Tells::Duration].iter().any(|other| other.holds(line)),
        }
    }
}

/// The lines of a description that tell that, on one line.
fn told(way: &Way, what: Tells) -> String {
    let lines: Vec<&str> = way.text.lines().filter(|line| what.holds(line) && !says_nothing(line)).collect();
    let text = lines.join(" ");
    if lines.len() == 1 { text.trim_start_matches(['-', '+', '*', ' ']).to_owned() } else { text }
}

/// What the description tells of time.
fn described(way: &Way) -> Option<Pair> {
    Some((TIME_CASE.to_owned(), told(way, Tells::Duration))).filter(|(_, text)| !text.is_empty())
}

/// The places and hours that the descriptions of a way name; the body or the portal where they name no place.
fn channel(kind: Submission, ways: &[Way], body: &str) -> Channel {
    let usual = if kind == Submission::Online { "Cổng dịch vụ công quốc gia" } else { body };
    let all = |what| {
        let mut texts: Vec<String> = Vec::new();
        for text in ways.iter().filter(|way| way.kind == kind).map(|way| told(way, what)) {
            if !text.is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        (!texts.is_empty()).then(|| texts.join("; "))
    };
    Channel { kind, place: all(Tells::Place).unwrap_or_else(|| usual.to_owned()), hours: all(Tells::Hours) }
}
