//! What editors of courses are told, and at which line.

use std::collections::HashSet;

use super::check::check;
use crate::check::{Finding, Severity};

const FILE: &str = "knowledge-base/courses/an-toan.md";
const HEAD: &str = "---
id: an-toan
title: An toàn trên mạng
summary: Nhận ra cuộc gọi giả.
other_names: [chống lừa đảo]
sources:
  - id: cong-an
    title: Khuyến cáo của Công an
    url: https://bocongan.gov.vn/khuyen-cao
    checked_on: 2026-06-01
checked_on: 2026-06-01
review_by: 2027-06-01
review_status: draft
lessons:
";
const LESSON: &str = "  - title: Nhận ra cuộc gọi giả
    guides: [dinh-danh-muc-2]
    warning:
      cues: [xưng công an]
      text: Tắt máy.
    sources: [cong-an]
    screens:
      - Chuông reo, người lạ xưng công an.
      - Tắt máy, hỏi Công an xã.
    quiz:
      question: Người lạ hỏi mã OTP. Anh/chị làm gì?
      options:
        - text: Đọc mã
          reply: Chưa đúng. Mã OTP như chìa khóa nhà. Thử lại nhé.
        - text: Tắt máy
          reply: Đúng rồi.
          correct: true
";
/// The line on which the first lesson begins.
const FIRST: usize = 15;

fn sample() -> String {
    format!("{HEAD}{}---\n\nGhi chú.\n", LESSON.repeat(4))
}

fn findings(text: &str) -> Vec<Finding> {
    let guides = HashSet::from(["dinh-danh-muc-2".to_owned()]);
    check(FILE, text, jiff::civil::date(2026, 11, 24), &guides).1
}

/// The sample with one change has one finding, there.
fn only(from: &str, to: &str, line: usize, field: &str) -> Finding {
    let text = sample().replacen(from, to, 1);
    assert_ne!(text, sample(), "{from}");
    let found = findings(&text);
    assert_eq!(found.iter().map(|one| (one.line, one.field.as_str())).collect::<Vec<_>>(), [(line, field)], "{found:?}");
    found[0].clone()
}

#[test]
fn a_good_course_has_no_findings() {
    assert_eq!(findings(&sample()), []);
}

#[test]
fn a_course_has_four_lessons_of_at_most_six_screens() {
    only(LESSON, "", 14, "lessons");
    let last = "      - Tắt máy, hỏi Công an xã.\n";
    only(last, &"      - Một màn nữa.\n".repeat(6), FIRST + 6, "lessons[0].screens");
    only(last, &format!("      - {}\n", "dài ".repeat(120)), FIRST + 8, "lessons[0].screens[1]");
}

#[test]
fn every_option_has_a_reply_of_its_own_and_one_is_right() {
    let options = FIRST + 11;
    only("          correct: true\n", "", options, "lessons[0].quiz.options");
    let reply = "lessons[0].quiz.options[1].reply";
    only("reply: Đúng rồi.", "reply: Chưa đúng. Mã OTP như chìa khóa nhà. Thử lại nhé.", options + 4, reply);
    only("reply: Đúng rồi.", "reply: ''", options + 4, reply);
    let missing = &findings(&sample().replacen("          reply: Đúng rồi.\n", "", 1))[0];
    assert!(missing.rule.contains("thiếu trường bắt buộc `reply`"), "{missing}");
}

#[test]
fn facts_have_sources_and_words_are_calm() {
    only("    sources: [cong-an]", "    sources: [bao-chi]", FIRST + 5, "lessons[0].sources[0]");
    only("    sources: [cong-an]", "    sources: []", FIRST + 5, "lessons[0].sources");
    let guide = only("guides: [dinh-danh-muc-2]", "guides: [khong-co]", FIRST + 1, "lessons[0].guides[0]");
    assert_eq!(guide.severity, Severity::Warning);
    only("text: Tắt máy.", "text: Tắt máy ngay!", FIRST + 4, "lessons[0].warning.text");
    only("https://bocongan", "http://bocongan", 9, "sources[0].url");
    only("id: an-toan\n", "id: khac\n", 2, "id");
    only("review_by: 2027-06-01", "review_by: 2026-06-01", 12, "review_by");
}
