//! From the table of ways to channels, fees and times. A wrong fee is worse than none: what is doubtful stays text.

use super::descriptions::{Tells, told};
use super::fees::{FREE, fee, is_paid, last_day};
use super::reason::Reason;
use super::ways::{Fee, Time, Way};
use crate::guide::{Channel, FeeRow, Submission, TimeRow};

/// A case that the portal gives no name.
const TIME_CASE: &str = "Thời hạn giải quyết";

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
pub(super) type Pair = (String, String);

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
