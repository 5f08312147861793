//! What editors are told, and at which line.

use std::collections::HashSet;

use super::{Finding, Severity, Surroundings, check};
use crate::guide::tests::SAMPLE;

const FILE: &str = "knowledge-base/guides/cap-lai-can-cuoc.md";

fn findings(text: &str) -> Vec<Finding> {
    let ids = HashSet::from(["cap-lai-can-cuoc".to_owned()]);
    check(FILE, text, &Surroundings { today: "2026-11-24".parse().unwrap(), ids: &ids })
}

/// The line, counted from 1, of the n-th occurrence of `words` in the sample.
fn line(words: &str, nth: usize) -> usize {
    SAMPLE.lines().enumerate().filter(|(_, line)| line.contains(words)).nth(nth).unwrap().0 + 1
}

/// Asserts that the mended sample has exactly one finding, at that line and field, and returns it.
fn only(from: &str, to: &str, expected_line: usize, field: &str) -> Finding {
    let text = SAMPLE.replacen(from, to, 1);
    assert_ne!(text, SAMPLE, "{from}");
    let found = findings(&text);
    assert_eq!(found.iter().map(|one| (one.line, one.field.as_str())).collect::<Vec<_>>(), [(expected_line, field)], "{found:?}");
    found[0].clone()
}

#[test]
fn a_good_guide_has_no_findings() {
    assert_eq!(findings(SAMPLE), []);
}

#[test]
fn a_row_without_a_known_source_is_named_in_one_line() {
    let finding = only(
        "duration: 7 ngày làm việc\n    source: cong-dvcqg",
        "duration: 7 ngày làm việc\n    source: bao-chi",
        line("7 ngày", 0) + 1,
        "times[0].source",
    );
    let expected = format!(
        "{FILE}:{} times[0].source: nguồn `bao-chi` không có trong mục sources. Cách sửa: chọn một trong: cong-dvcqg.",
        finding.line
    );
    assert_eq!((finding.to_string(), finding.severity), (expected, Severity::Error));
}

#[test]
fn keys_that_are_unknown_missing_doubled_or_of_another_list_are_explained() {
    let finding = only("audience:", "audiense:", line("audience:", 0), "audiense");
    assert!(finding.rule.contains("không có trong mẫu") && finding.mend.contains("audience"), "{finding}");
    let missing = &findings(&SAMPLE.replacen("receiving_body", "# receiving_body", 1))[0];
    assert!(missing.rule.contains("thiếu trường bắt buộc `receiving_body`"), "{missing}");
    let level = &findings(&SAMPLE.replacen("level: commune", "level: district", 1))[0];
    assert!(level.line == line("level:", 0) && level.mend.contains("commune, province, central"), "{level}");
    let doubled = &findings(&SAMPLE.replacen("level: commune", "level: commune\nlevel: commune", 1))[0];
    assert!(doubled.rule.contains("hai lần") && doubled.line == line("level:", 0) + 1, "{doubled}");
    let date = &findings(&SAMPLE.replacen("review_by: 2026-12-31", "review_by: 31/12/2026", 1))[0];
    assert_eq!(date.line, line("review_by", 0), "{date}");
}

#[test]
fn identity_and_names() {
    only("id: cap-lai-can-cuoc", "id: cap-lai", 2, "id");
    only("1.014064", "1014064", line("codes", 0), "codes[0]");
    only("title: Cấp", "title: Thủ tục cấp", 3, "title");
    only("làm lại CCCD", "lam lai can cuoc bi mat", line("CCCD", 0), "other_names[2]");
    only("làm lại CCCD", "cấp lại thẻ CĂN CƯỚC", line("CCCD", 0), "other_names[2]");
    let related = only("review_status: draft", "review_status: draft\nrelated: [ket-hon]", line("review_status", 0) + 1, "related[0]");
    assert_eq!(related.severity, Severity::Warning);
}

#[test]
fn dates_and_addresses() {
    only("checked_on: 2026-06-01\nchecked_on", "checked_on: 2027-06-01\nchecked_on", line("    checked_on", 0), "sources[0].checked_on");
    only("valid_to: 2026-12-31", "valid_to: 2025-06-30", line("valid_to", 0), "fees[1].valid_to");
    let past = only("valid_to: 2026-12-31", "valid_to: 2026-11-23", line("valid_to", 0), "fees[1].valid_to");
    assert_eq!(past.severity, Severity::Warning);
    only("review_by: 2026-12-31", "review_by: 2026-06-01", line("review_by", 0), "review_by");
    only("    url: https://", "    url: http://", line("    url:", 0), "sources[0].url");
    let renamed = findings(&SAMPLE.replacen("  - id: cong-dvcqg", "  - id: bo-cong-an", 1));
    assert_eq!(renamed.len(), SAMPLE.matches("source: cong-dvcqg").count());
}

#[test]
fn wording() {
    only("Nhận thẻ theo giấy hẹn.", "Nhận thẻ tại UBND cấp huyện.", line("giấy hẹn", 0), "steps[2]");
    only("result: Thẻ căn cước", "result: Không có thông tin", line("result:", 0), "result");
    only("hours: Giờ hành chính các ngày làm việc", "hours: \"\"", line("hours:", 0), "channels[0].hours");
    only("70.000 đồng", "70,000 đồng", line("70.000", 0), "fees[0].amount");
    only("70.000 đồng", "70000 đồng", line("70.000", 0), "fees[0].amount");
    only("mang theo thẻ cũ", "nộp 1,500,000 đồng", line("## Lưu ý", 0), "sections[0]");
    only("## Lưu ý\n", "", line("## Lưu ý", 0) - 1, "sections[0]");
    assert_eq!(findings(&SAMPLE.replacen("mang theo", "tăng 1,5 lần, tức 0,125%, mang theo", 1)), []);
}

#[test]
fn rubbish_gives_findings_and_never_a_panic() {
    let deep = format!("---\n{}\n---\n", "[".repeat(50_000));
    let nested = format!("---\nid: {}a\n---\n", "{a: ".repeat(20_000));
    let bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\n---\n".to_owned();
    for text in [String::new(), "\u{0}\u{fffd}---".to_owned(), "---\n---\n".to_owned(), deep, nested, bomb] {
        assert_eq!(findings(&text).len(), 1);
    }
    for end in (0..SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)).step_by(37) {
        findings(&SAMPLE[..end]);
    }
}
