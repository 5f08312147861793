//! What is wrong with a course, said to the editor who wrote it: one function a subject.

use std::collections::HashSet;

use jiff::civil::Date;

use super::{Course, LESSONS, Lesson, MOST_SCREENS, Quiz};
use crate::check::rules::{Findings, identity, review, sources};
use crate::check::{Finding, unreadable};
use crate::lexical::normalise;

/// The longest screen, in characters: about what an old phone shows without scrolling.
const MOST_CHARS: usize = 420;
/// The longest option, in characters.
const MOST_OPTION_CHARS: usize = 90;

/// The course and what is wrong with it; none when it can't be read.
pub(super) fn check(file: &str, text: &str, today: Date, guides: &HashSet<String>) -> (Option<Course>, Vec<Finding>) {
    let course = match Course::parse(text) {
        Ok(course) => course,
        Err(error) => return (None, vec![unreadable(file, error)]),
    };
    let mut findings = Findings { file, text, list: Vec::new() };
    identity(&mut findings, &course.id);
    sources(&mut findings, &course.sources, today);
    review(&mut findings, course.checked_on, course.review_by, today);
    lesson_count(&mut findings, &course);
    for (at, lesson) in course.lessons.iter().enumerate() {
        lesson_sources(&mut findings, at, lesson, &course);
        lesson_guides(&mut findings, at, lesson, guides);
        screens(&mut findings, at, lesson);
        quiz(&mut findings, at, &lesson.quiz);
    }
    wording(&mut findings, &course);
    findings.list.sort_by_key(|finding| finding.line);
    (Some(course), findings.list)
}

fn lesson_count(findings: &mut Findings<'_>, course: &Course) {
    let count = course.lessons.len();
    if count != LESSONS {
        findings.error("lessons", format!("có {count} bài"), format!("viết đúng {LESSONS} bài"));
    }
}

fn lesson_sources(findings: &mut Findings<'_>, at: usize, lesson: &Lesson, course: &Course) {
    let known: Vec<&str> = course.sources.iter().map(|source| source.id.as_str()).collect();
    if lesson.sources.is_empty() {
        findings.error(&format!("lessons[{at}].sources"), "bài chưa ghi nguồn", format!("chọn trong: {}", known.join(", ")));
    }
    for (number, id) in lesson.sources.iter().enumerate() {
        if !known.contains(&id.as_str()) {
            let field = format!("lessons[{at}].sources[{number}]");
            findings.error(&field, format!("nguồn `{id}` không có trong mục sources"), format!("chọn một trong: {}", known.join(", ")));
        }
    }
}

fn lesson_guides(findings: &mut Findings<'_>, at: usize, lesson: &Lesson, guides: &HashSet<String>) {
    for (number, id) in lesson.guides.iter().enumerate() {
        if !guides.contains(id) {
            let field = format!("lessons[{at}].guides[{number}]");
            findings.warn(&field, format!("không có bản hướng dẫn tên `{id}`"), "sửa theo tên tệp của bản hướng dẫn hoặc xóa dòng này");
        }
    }
}

fn screens(findings: &mut Findings<'_>, at: usize, lesson: &Lesson) {
    let count = lesson.screens.len();
    if count == 0 || count > MOST_SCREENS {
        let field = format!("lessons[{at}].screens");
        findings.error(&field, format!("bài có {count} màn"), format!("viết từ 1 đến {MOST_SCREENS} màn, mỗi màn một việc"));
    }
    for (number, screen) in lesson.screens.iter().enumerate() {
        let length = screen.chars().count();
        if length > MOST_CHARS {
            let field = format!("lessons[{at}].screens[{number}]");
            findings.error(&field, format!("màn dài {length} chữ cái"), format!("rút còn {MOST_CHARS} hoặc tách làm hai màn"));
        }
    }
}

fn quiz(findings: &mut Findings<'_>, at: usize, quiz: &Quiz) {
    let field = format!("lessons[{at}].quiz.options");
    let count = quiz.options.len();
    if !(2..=4).contains(&count) {
        findings.error(&field, format!("câu hỏi có {count} lựa chọn"), "viết từ 2 đến 4 lựa chọn");
    }
    let right = quiz.options.iter().filter(|option| option.correct).count();
    if right != 1 {
        findings.error(&field, format!("có {right} lựa chọn đúng"), "ghi `correct: true` ở đúng một lựa chọn");
    }
    let mut replies = HashSet::new();
    for (number, option) in quiz.options.iter().enumerate() {
        if !replies.insert(normalise(&option.reply)) {
            let field = format!("{field}[{number}].reply");
            findings.error(&field, "lời đáp giống lựa chọn khác", "nói riêng vì sao lựa chọn này đúng hoặc chưa đúng");
        }
        if option.text.chars().count() > MOST_OPTION_CHARS {
            let field = format!("{field}[{number}].text");
            findings.error(&field, "lựa chọn dài quá", format!("rút còn {MOST_OPTION_CHARS} chữ cái"));
        }
    }
}

/// No text is empty, none shouts.
fn wording(findings: &mut Findings<'_>, course: &Course) {
    for (field, text) in texts(course) {
        if text.trim().is_empty() {
            findings.error(&field, "để trống", "ghi nội dung hoặc bỏ cả mục");
        }
        if text.contains('!') {
            findings.warn(&field, "có dấu chấm than", "viết bình tĩnh, dùng dấu chấm");
        }
    }
}

fn texts(course: &Course) -> Vec<(String, &str)> {
    let mut texts = vec![("title".to_owned(), course.title.as_str()), ("summary".to_owned(), &course.summary)];
    texts.extend(list("other_names", &course.other_names));
    for (at, source) in course.sources.iter().enumerate() {
        texts.push((format!("sources[{at}].title"), &source.title));
    }
    for (at, lesson) in course.lessons.iter().enumerate() {
        texts.extend(lesson_texts(&format!("lessons[{at}]"), lesson));
    }
    texts
}

fn lesson_texts<'a>(path: &str, lesson: &'a Lesson) -> Vec<(String, &'a str)> {
    let mut texts = vec![(format!("{path}.title"), lesson.title.as_str()), (format!("{path}.quiz.question"), &lesson.quiz.question)];
    texts.extend(list(&format!("{path}.other_names"), &lesson.other_names));
    texts.extend(list(&format!("{path}.screens"), &lesson.screens));
    if let Some(warning) = &lesson.warning {
        texts.push((format!("{path}.warning.text"), &warning.text));
        texts.extend(list(&format!("{path}.warning.cues"), &warning.cues));
    }
    for (at, option) in lesson.quiz.options.iter().enumerate() {
        texts.push((format!("{path}.quiz.options[{at}].text"), &option.text));
        texts.push((format!("{path}.quiz.options[{at}].reply"), &option.reply));
    }
    texts
}

fn list<'a>(field: &str, texts: &'a [String]) -> Vec<(String, &'a str)> {
    texts.iter().enumerate().map(|(at, text)| (format!("{field}[{at}]"), text.as_str())).collect()
}
