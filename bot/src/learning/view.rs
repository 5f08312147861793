//! What a learner reads and can press, from the course and from how far they have come.

use std::fmt::Display;

use indexer::course::{Course, Lesson, QuizOption};
use indexer::guide::ReviewStatus;

use super::{Courses, LessonKey};
use crate::channel::{Action, Button};
use crate::db::learners::Progress;
use crate::language::{Language, t, tf, vi};

const NEXT: &str = vi("Tiếp");
const BACK: &str = vi("Lùi");
const PAUSE: &str = vi("Nghỉ, học sau");

/// What is said and what can be pressed next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) buttons: Vec<Button>,
}

/// The list of courses.
pub(crate) fn courses(courses: &Courses, begun: &[Progress], language: Language) -> Said {
    let line = |(at, course): (usize, &Course)| {
        let title = format!("{}. **{}**", at + 1, course.title);
        format!("{}\n{}", beside(language, &title, so_far(course, begun, language)), language.quoted(&course.summary))
    };
    let lines: Vec<String> = courses.all().iter().enumerate().map(line).collect();
    let resume = resumable(courses, begun).map(|_| Button::new(t(language, "Học tiếp"), Action::Resume));
    let buttons = courses.all().iter().map(|course| Button::new(&course.title, Action::Course(course.id.clone())));
    Said {
        text: format!("{}\n{}", t(language, "Các khóa học ngắn, mỗi bài vài phút, nghỉ lúc nào cũng được:"), lines.join("\n")),
        buttons: resume.into_iter().chain(buttons).collect(),
    }
}

/// A line of a course, and in brackets how far the learner has come; below it where the line is a quotation.
fn beside(language: Language, line: &str, state: Option<String>) -> String {
    let border = if language == Language::English { '\n' } else { ' ' };
    let state = state.map(|state| format!("{border}({state})")).unwrap_or_default();
    language.quoted(line) + &state
}

/// What an English reply names by itself, since its own sentence does not: a title, the sources.
fn named(language: Language, line: &str) -> Option<String> {
    (language == Language::English).then(|| language.quoted(line))
}

/// Some lines of a course.
fn quoted(language: Language, text: &str) -> String {
    text.trim().lines().map(|line| language.quoted(line)).collect::<Vec<_>>().join("\n")
}

/// How many lessons are done; nothing before the first one.
pub(crate) fn so_far(course: &Course, begun: &[Progress], language: Language) -> Option<String> {
    let done = begun.iter().filter(|progress| progress.key.course == course.id && progress.finished).count();
    (done > 0).then(|| tf(language, "đã xong {done}/{lessons} bài", &[("done", &done), ("lessons", &course.lessons.len())]))
}

/// A course's lessons.
pub(crate) fn course(course: &Course, begun: &[Progress], language: Language) -> Said {
    let mut lines = vec![language.quoted(&format!("**{}**", course.title)), language.quoted(&course.summary)];
    let line = |(at, lesson): (usize, &Lesson)| {
        beside(language, &format!("{}. {}", at + 1, lesson.title), state_of(course, at + 1, begun, language))
    };
    lines.extend(course.lessons.iter().enumerate().map(line));
    lines.extend(origin(course, &course.sources.iter().map(|source| source.id.clone()).collect::<Vec<_>>(), language));
    let key = |number: usize| LessonKey { course: course.id.clone(), lesson: number };
    let button = |number: usize| Button::new(tf(language, "Bài {number}", &[("number", &number)]), Action::Lesson(key(number)));
    Said { text: lines.join("\n"), buttons: (1..=course.lessons.len()).map(button).collect() }
}

/// "đã xong", or where the learner is; none before the beginning.
pub(crate) fn state_of(course: &Course, number: usize, begun: &[Progress], language: Language) -> Option<String> {
    let progress = begun.iter().find(|progress| progress.key.course == course.id && progress.key.lesson == number)?;
    let length = course.lessons.get(number - 1)?.length();
    if progress.finished {
        return Some(t(language, "đã xong").into());
    }
    Some(tf(language, "đang học, màn {screen}/{length}", &[("screen", &progress.screen.min(length)), ("length", &length)]))
}

/// Where the facts come from, when they were checked, how far they were reviewed: quiet lines.
fn origin(course: &Course, sources: &[String], language: Language) -> Vec<String> {
    let titles = course.sources.iter().filter(|source| sources.contains(&source.id)).map(|source| source.title.as_str());
    let titles = titles.collect::<Vec<_>>().join("; ");
    let values: [(&str, &dyn Display); 2] = [("titles", &titles), ("day", &language.date(course.checked_on))];
    let mut lines = vec![tf(language, "_Nguồn: {titles}. Đối chiếu ngày {day}._", &values)];
    lines.extend(named(language, &titles));
    if course.review_status == ReviewStatus::Draft {
        lines.push(t(language, "_Chưa có cơ quan nào duyệt nội dung này._").into());
    }
    lines
}

/// What a screen is called: "Dùng VNeID · Bài 2/4: … ▓▓░░".
fn heading(course: &Course, lesson: &Lesson, key: &LessonKey, language: Language) -> Vec<String> {
    let values: [(&str, &dyn Display); 4] =
        [("course", &course.title), ("number", &key.lesson), ("lessons", &course.lessons.len()), ("title", &lesson.title)];
    let heading = tf(language, "{course} · Bài {number}/{lessons}: {title}", &values);
    let mut lines = vec![format!("**{heading}** {}", bar(course, key))];
    lines.extend(named(language, &format!("**{}: {}**", course.title, lesson.title)));
    lines
}

/// The lessons of the course as cells, those up to this one filled.
pub(crate) fn bar(course: &Course, key: &LessonKey) -> String {
    (1..=course.lessons.len()).map(|number| if number <= key.lesson { '▓' } else { '░' }).collect()
}

/// A screen of a lesson: its text, or its quiz, or the quiz as it was answered.
pub(crate) fn screen(course: &Course, lesson: &Lesson, progress: &Progress, language: Language) -> Said {
    if let Some(option) = chosen(lesson, progress) {
        return answered(course, lesson, &progress.key, option, language);
    }
    let key = &progress.key;
    let mut lines = heading(course, lesson, key, language);
    let Some(text) = lesson.screens.get(progress.screen - 1) else {
        lines.push(question(lesson, language));
        return Said { text: lines.join("\n"), buttons: quiz_buttons(lesson, key, language) };
    };
    let place: [(&str, &dyn Display); 2] = [("screen", &progress.screen), ("length", &lesson.length())];
    lines.extend([quoted(language, text), format!("_{}_", tf(language, "Màn {screen}/{length}", &place))]);
    if progress.screen == 1 {
        lines.extend(origin(course, &lesson.sources, language));
    }
    let mut buttons = vec![Button::new(t(language, NEXT), Action::Screen(key.clone(), progress.screen + 1))];
    if progress.screen > 1 {
        buttons.push(Button::new(t(language, BACK), Action::Screen(key.clone(), progress.screen - 1)));
    }
    buttons.push(pause_button(language));
    Said { text: lines.join("\n"), buttons }
}

fn pause_button(language: Language) -> Button {
    Button::new(t(language, PAUSE), Action::Pause)
}

/// The option that was chosen last, while the learner is still at the quiz.
pub(crate) fn chosen<'a>(lesson: &'a Lesson, progress: &Progress) -> Option<&'a QuizOption> {
    let at_quiz = progress.screen >= lesson.length();
    progress.answer.filter(|_| at_quiz).and_then(|answer| lesson.quiz.options.get(answer.checked_sub(1)?))
}

fn question(lesson: &Lesson, language: Language) -> String {
    let mut lines = vec![tf(language, "**Câu hỏi:** {question}", &[("question", &lesson.quiz.question)])];
    lines.extend(named(language, &lesson.quiz.question));
    let options = lesson.quiz.options.iter().enumerate();
    lines.extend(options.map(|(at, option)| language.quoted(&format!("{}. {}", at + 1, option.text))));
    lines.join("\n")
}

fn quiz_buttons(lesson: &Lesson, key: &LessonKey, language: Language) -> Vec<Button> {
    let option = |number: usize| Button::new(tf(language, "Chọn {number}", &[("number", &number)]), Action::Choose(key.clone(), number));
    let back = Button::new(t(language, BACK), Action::Screen(key.clone(), lesson.screens.len()));
    (1..=lesson.quiz.options.len()).map(option).chain([back, pause_button(language)]).collect()
}

/// Each option has its own reply; after a wrong one the question is still open.
fn answered(course: &Course, lesson: &Lesson, key: &LessonKey, option: &QuizOption, language: Language) -> Said {
    let reply = quoted(language, &option.reply);
    if !option.correct {
        return Said { text: format!("{reply}\n{}", question(lesson, language)), buttons: quiz_buttons(lesson, key, language) };
    }
    let place: [(&str, &dyn Display); 2] = [("number", &key.lesson), ("lessons", &course.lessons.len())];
    let done = format!("**{}** {}", tf(language, "Xong bài {number}/{lessons}.", &place), bar(course, key));
    let mut lines = vec![reply, done];
    let Some((next, title)) = following(course, key) else {
        lines.push(tf(language, "Anh/chị đã học xong khóa \"{title}\".", &[("title", &course.title)]));
        return Said { text: lines.join("\n"), buttons: vec![Button::new(t(language, "Các khóa học"), Action::Learn)] };
    };
    lines.push(tf(language, "Bài sau: {title}.", &[("title", &title)]));
    lines.extend(named(language, title));
    let on = Button::new(t(language, "Bài tiếp theo"), Action::Lesson(next));
    Said { text: lines.join("\n"), buttons: vec![on, pause_button(language)] }
}

/// The lesson after this one.
pub(crate) fn following<'a>(course: &'a Course, key: &LessonKey) -> Option<(LessonKey, &'a str)> {
    let next = course.lessons.get(key.lesson)?;
    Some((LessonKey { course: course.id.clone(), lesson: key.lesson + 1 }, &next.title))
}

/// Where "học tiếp" leads: the newest lesson that is not finished, else the one after the newest finished one.
pub(crate) fn resumable(courses: &Courses, begun: &[Progress]) -> Option<LessonKey> {
    let known = |progress: &&Progress| courses.lesson(&progress.key).is_some();
    if let Some(open) = begun.iter().filter(known).find(|progress| !progress.finished) {
        return Some(open.key.clone());
    }
    let newest = begun.iter().find(known)?;
    let (next, _) = following(courses.get(&newest.key.course)?, &newest.key)?;
    begun.iter().all(|progress| progress.key != next).then_some(next)
}

/// After "Nghỉ, học sau".
pub(crate) fn paused(language: Language) -> Said {
    let text = t(language, "Vâng, anh/chị cứ nghỉ. Sen nhớ anh/chị học đến đâu rồi. Lúc nào muốn học tiếp, anh/chị nhắn \"học tiếp\".");
    Said { text: text.into(), buttons: vec![Button::new(t(language, "Học tiếp"), Action::Resume)] }
}

/// What a warning says, with its sources, and the way to the lesson.
pub(crate) fn warning(course: &Course, lesson: &Lesson, text: &str, language: Language) -> String {
    let mut lines = vec![quoted(language, text)];
    lines.extend(origin(course, &lesson.sources, language));
    lines.join("\n")
}

/// The button that leads to a lesson.
pub(crate) fn lesson_button(key: LessonKey, lesson: &Lesson, language: Language) -> Button {
    Button::new(tf(language, "Bài học: {title}", &[("title", &lesson.title)]), Action::Lesson(key))
}
