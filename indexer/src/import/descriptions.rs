//! What the lines of a way's description tell: time, hours, money, or a place.

use std::sync::LazyLock;

use regex::Regex;

use super::fees::MONEY;
use super::text::{pattern, says_nothing};
use super::ways::Way;

/// Days of the calendar, which are no durations.
static CALENDAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:ngày )?\d{1,2} tháng \d{1,2} năm \d{4}|ngày \d{1,2}/\d{1,2}(?:/\d{4})?|tháng \d{1,2}(?: năm \d{4}|/\d{4})|năm \d{4}")
});
static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)thời gian (?:tiếp nhận|nhận hồ sơ|làm việc)|giờ hành chính|các ngày làm việc|thứ (?:2|hai)\b|(?:sáng|chiều)[ :]")
});
static CHARGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bphí\b|\d\s*(?:đồng|đ|usd)\s*/"));
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\d+ ?(?:\([^)]*\) ?)?(?:ngày|giờ|tháng|năm|phút|tuần)|thời hạn|thời gian (?:giải quyết|thực hiện|xử lý|trả)|trong ngày|ngay sau|trả ngay|ngay khi",
    )
});

/// What a line of a description may tell.
#[derive(Clone, Copy)]
pub(super) enum Tells {
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
pub(super) fn told(way: &Way, what: Tells) -> String {
    let lines: Vec<&str> = way.text.lines().filter(|line| what.holds(line) && !says_nothing(line)).collect();
    let text = lines.join(" ");
    if lines.len() == 1 { text.trim_start_matches(['-', '+', '*', ' ']).to_owned() } else { text }
}
