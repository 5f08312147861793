//! Reading a guide.

use super::*;

/// A whole guide.
pub(crate) const SAMPLE: &str = include_str!("../../tests/guides/cap-lai-can-cuoc.md");

#[test]
fn a_guide_is_read_whole() {
    let guide = Guide::parse(SAMPLE).unwrap();
    assert_eq!(
        (guide.id.as_str(), guide.level, guide.codes.as_slice()),
        ("cap-lai-can-cuoc", Level::Commune, &["1.014064".to_owned()][..])
    );
    assert_eq!(guide.fees[1].channel, Some(Submission::Online));
    assert_eq!(guide.sections[0].heading, "Lưu ý");
    assert_eq!(guide.source("cong-dvcqg").unwrap().checked_on, "2026-06-01".parse().unwrap());
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let windows = format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(Guide::parse(&windows), Guide::parse(SAMPLE));
}

#[test]
fn a_row_is_in_force_from_its_first_to_its_last_day() {
    assert_eq!(vietnam_date(1_795_453_200_000), "2026-11-24".parse().unwrap());
    let row = &Guide::parse(SAMPLE).unwrap().fees[1];
    let on = |date: &str| row.in_force(date.parse().unwrap());
    assert!(!on("2025-06-30") && on("2025-07-01") && on("2026-12-31") && !on("2027-01-01"));
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = Guide::parse(&SAMPLE.replacen("field:", "filed:", 1)).unwrap_err();
    let line = SAMPLE.lines().position(|line| line.starts_with("field:")).unwrap() + 1;
    assert_eq!((error.line, error.field.as_str()), (line, "filed"));
}

#[test]
fn no_front_matter_is_an_error_not_a_panic() {
    for text in
        ["", "---", "---\n---\n", "# Tiêu đề", "\u{0}\u{1}rubbish", "---\nid: [\n---\n", "---\nsections: [{heading: a, text: b}]\n---"]
    {
        assert!(Guide::parse(text).is_err(), "{text:?}");
    }
}
