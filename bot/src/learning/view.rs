//! What a learner reads and can press, from the course and from how far they have come.

use indexer::course::{Course, Lesson, QuizOption};
use indexer::guide::{ReviewStatus, vietnamese_date};

use super::{Courses, LessonKey};
use crate::channel::{Action, Button};
use crate::db::learners::Progress;

/// A learner's words for "go on", "go back" and "rest".
pub(crate) const NEXT: &str = "Tiếp";
pub(crate) const BACK: &str = "Lùi";
pub(crate) const PAUSE: &str = "Nghỉ, học sau";

/// What is said and what can be pressed next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) buttons: Vec<Button>,
}

/// The list of courses.
pub(crate) fn courses(courses: &Courses, begun: &[Progress]) -> Said {
    let line = |(at, course): (usize, &Course)| format!("{}. **{}**{}\n{}", at + 1, course.title, so_far(course, begun), course.summary);
    let lines: Vec<String> = courses.all().iter().enumerate().map(line).collect();
    let resume = resumable(courses, begun).map(|_| Button::new("Học tiếp", Action::Resume));
    let buttons = courses.all().iter().map(|course| Button::new(&course.title, Action::Course(course.id.clone())));
    Said {
        text: format!("Các khóa học ngắn, mỗi bài vài phút, nghỉ lúc nào cũng được:\n{}", lines.join("\n")),
        buttons: resume.into_iter().chain(buttons).collect(),
    }
}

/// How many lessons are done, in brackets; nothing before the first one.
fn so_far(course: &Course, begun: &[Progress]) -> String {
    let done = begun.iter().filter(|progress| progress.key.course == course.id && progress.finished).count();
    if done == 0 { String::new() } else { format!(" (đã xong {done}/{} bài)", course.lessons.len()) }
}

/// A course's lessons.
pub(crate) fn course(course: &Course, begun: &[Progress]) -> Said {
    let mut lines = vec![format!("**{}**", course.title), course.summary.clone()];
    let state = |number: usize| state_of(course, number, begun).map(|state| format!(" ({state})")).unwrap_or_default();
    lines.extend(course.lessons.iter().enumerate().map(|(at, lesson)| format!("{}. {}{}", at + 1, lesson.title, state(at + 1))));
    lines.extend(origin(course, &course.sources.iter().map(|source| source.id.clone()).collect::<Vec<_>>()));
    let key = |number: usize| LessonKey { course: course.id.clone(), lesson: number };
    let buttons = (1..=course.lessons.len()).map(|number| Button::new(format!("Bài {number}"), Action::Lesson(key(number))));
    Said { text: lines.join("\n"), buttons: buttons.collect() }
}

/// "đã xong", or where the learner is; none before the beginning.
pub(crate) fn state_of(course: &Course, number: usize, begun: &[Progress]) -> Option<String> {
    let progress = begun.iter().find(|progress| progress.key.course == course.id && progress.key.lesson == number)?;
    let lesson = course.lessons.get(number - 1)?;
    Some(if progress.finished {
        "đã xong".into()
    } else {
        format!("đang học, màn {}/{}", progress.screen.min(lesson.length()), lesson.length())
    })
}

/// Where the facts come from, when they were checked, how far they were reviewed: quiet lines.
fn origin(course: &Course, sources: &[String]) -> Vec<String> {
    let titles = course.sources.iter().filter(|source| sources.contains(&source.id)).map(|source| source.title.as_str());
    let titles = titles.collect::<Vec<_>>().join("; ");
    let mut lines = vec![format!("_Nguồn: {titles}. Đối chiếu ngày {}._", vietnamese_date(course.checked_on))];
    if course.review_status == ReviewStatus::Draft {
        lines.push("_Bản nháp, chưa được cơ quan thẩm định._".into());
    }
    lines
}

/// What a screen is called: "Dùng VNeID · Bài 2/4: …".
pub(crate) fn heading(course: &Course, lesson: &Lesson, key: &LessonKey) -> String {
    format!("{} · Bài {}/{}: {}", course.title, key.lesson, course.lessons.len(), lesson.title)
}

/// The lessons of the course as cells, those up to this one filled.
pub(crate) fn bar(course: &Course, key: &LessonKey) -> String {
    (1..=course.lessons.len()).map(|number| if number <= key.lesson { '▓' } else { '░' }).collect()
}

/// A screen of a lesson: its text, or its quiz, or the quiz as it was answered.
pub(crate) fn screen(course: &Course, lesson: &Lesson, progress: &Progress) -> Said {
    if let Some(option) = chosen(lesson, progress) {
        return answered(course, lesson, &progress.key, option);
    }
    let key = &progress.key;
    let top = format!("**{}** {}", heading(course, lesson, key), bar(course, key));
    let Some(text) = lesson.screens.get(progress.screen - 1) else {
        return Said { text: format!("{top}\n{}", question(lesson)), buttons: quiz_buttons(lesson, key) };
    };
    let mut lines = vec![top, text.trim().to_owned(), format!("_Màn {}/{}_", progress.screen, lesson.length())];
    if progress.screen == 1 {
        lines.extend(origin(course, &lesson.sources));
    }
    let mut buttons = vec![Button::new(NEXT, Action::Screen(key.clone(), progress.screen + 1))];
    if progress.screen > 1 {
        buttons.push(Button::new(BACK, Action::Screen(key.clone(), progress.screen - 1)));
    }
    buttons.push(Button::new(PAUSE, Action::Pause));
    Said { text: lines.join("\n"), buttons }
}

/// The option that was chosen last, while the learner is still at the quiz.
pub(crate) fn chosen<'a>(lesson: &'a Lesson, progress: &Progress) -> Option<&'a QuizOption> {
    let at_quiz = progress.screen >= lesson.length();
    progress.answer.filter(|_| at_quiz).and_then(|answer| lesson.quiz.options.get(answer.checked_sub(1)?))
}

fn question(lesson: &Lesson) -> String {
    let options = lesson.quiz.options.iter().enumerate().map(|(at, option)| format!("{}. {}", at + 1, option.text));
    format!("**Câu hỏi:** {}\n{}", lesson.quiz.question, options.collect::<Vec<_>>().join("\n"))
}

fn quiz_buttons(lesson: &Lesson, key: &LessonKey) -> Vec<Button> {
    let options = (1..=lesson.quiz.options.len()).map(|number| Button::new(format!("Chọn {number}"), Action::Choose(key.clone(), number)));
    let back = Button::new(BACK, Action::Screen(key.clone(), lesson.screens.len()));
    options.chain([back, Button::new(PAUSE, Action::Pause)]).collect()
}

/// Each option has its own reply; after a wrong one the question is still open.
fn answered(course: &Course, lesson: &Lesson, key: &LessonKey, option: &QuizOption) -> Said {
    if !option.correct {
        return Said { text: format!("{}\n{}", option.reply, question(lesson)), buttons: quiz_buttons(lesson, key) };
    }
    let done = format!("{}\n**Xong bài {}/{}.** {}", option.reply, key.lesson, course.lessons.len(), bar(course, key));
    match following(course, key) {
        Some((next, title)) => Said {
            text: format!("{done}\nBài sau: {title}."),
            buttons: vec![Button::new("Bài tiếp theo", Action::Lesson(next)), Button::new(PAUSE, Action::Pause)],
        },
        None => Said {
            text: format!("{done}\nAnh/chị đã học xong khóa \"{}\".", course.title),
            buttons: vec![Button::new("Các khóa học", Action::Learn)],
        },
    }
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
pub(crate) fn paused() -> Said {
    Said {
        text: "Vâng, anh/chị nghỉ. Sen đã giữ chỗ đang học. Lúc nào muốn học, anh/chị nhắn \"học tiếp\".".into(),
        buttons: vec![Button::new("Học tiếp", Action::Resume)],
    }
}

/// What a warning says, with its sources, and the way to the lesson.
pub(crate) fn warning(course: &Course, lesson: &Lesson, text: &str) -> String {
    let mut lines = vec![text.trim().to_owned()];
    lines.extend(origin(course, &lesson.sources));
    lines.join("\n")
}

/// The button that leads to a lesson.
pub(crate) fn lesson_button(key: LessonKey, lesson: &Lesson) -> Button {
    Button::new(format!("Bài học: {}", lesson.title), Action::Lesson(key))
}
