//! Part of step 4: what of a message concerns lessons. A wish to learn, a word that turns a screen; the warning for somebody who
//! is being cheated; and, under other answers, the way to the lesson that fits.

use indexer::course::Lesson;
use indexer::lexical::fold;

use super::answer::AnswerStatus;
use super::dialogue::Effect;
use super::normalizer::Normalised;
use super::{Context, Reply};
use crate::channel::{Action, Button};
use crate::language::{t, tf};
use crate::learning::{Courses, LessonKey, Named, Shown, Step, Turn, view};

/// Words that ask for a lesson, together with its name.
const LEARN: &[&str] = &["học", "bài học", "khóa học", "lớp học", "dạy", "learn"];
const RESUME: &[&str] = &["học tiếp", "tiếp tục học", "học tiếp bài", "continue"];
/// A message of nothing but these asks for the list.
const LIST: &str =
    "học bài khóa lớp tôi tui em cháu bác mình muốn cho xem các danh sách có gì nào những sen ơi xin được đi nhé ạ cần learn";
/// Words in which "học" is something else.
const OTHER: &[&str] = &[
    "học sinh",
    "học phí",
    "học bạ",
    "đại học",
    "tiểu học",
    "trung học",
    "trường học",
    "nhập học",
    "đi học",
    "chuyển trường",
    "học bổng",
    "học nghề",
    "học lái",
    "khoa học",
    "hóa học",
    "sinh học",
    "quá trình học",
    "bằng tốt nghiệp",
];
/// Whoever asks for a procedure is not being cheated right now.
const PROCEDURE: &[&str] = &["thủ tục", "hồ sơ gồm", "giấy tờ gì", "lệ phí"];

const NEXT: &[&str] = &["tiếp", "tiếp tục", "tiếp theo", "tiếp đi", "sau", "bài tiếp theo", "next"];
const BACK: &[&str] = &["lùi", "lùi lại", "quay lại", "trở lại", "trước", "back"];
const PAUSE: &[&str] = &["nghỉ", "nghỉ học sau", "học sau", "nghỉ thôi", "thôi nghỉ", "thôi", "rest"];

/// The reply, if the message concerns lessons.
pub(super) fn route(context: &mut Context) -> Option<Reply> {
    let courses = context.engine.courses();
    let question = &context.question;
    let step =
        resume(question).or_else(|| turned(question, context.state.learning.as_ref(), &courses)).or_else(|| wish(question, &courses));
    step.map(learn)
}

/// What the buttons of lessons do.
pub(super) fn press(action: &Action) -> Option<Reply> {
    let step = match action {
        Action::Learn => Step::Courses,
        Action::Resume => Step::Resume,
        Action::Pause => Step::Pause,
        Action::Course(id) => Step::Course(id.clone()),
        Action::Lesson(key) => Step::Lesson(key.clone()),
        Action::Screen(key, screen) => Step::Screen(key.clone(), *screen),
        Action::Choose(key, option) => Step::Choose(key.clone(), *option),
        _ => return None,
    };
    Some(learn(step))
}

/// The words are found where the learner's progress is known.
fn learn(step: Step) -> Reply {
    Reply::empty(AnswerStatus::Lesson).with_effect(Effect::Learn(step))
}

fn resume(question: &Normalised) -> Option<Step> {
    is(question, RESUME).then_some(Step::Resume)
}

/// Whether the message is one of these phrases and nothing else.
fn is(question: &Normalised, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| *phrase == question.standard || (question.standard.is_ascii() && fold(phrase) == question.standard))
}

/// A number or a word about what of the lessons is before the learner.
fn turned(question: &Normalised, shown: Option<&Shown>, courses: &Courses) -> Option<Step> {
    let number: Option<usize> = question.standard.parse().ok();
    match (shown?, number) {
        (Shown::Courses, Some(number)) => Some(Step::Course(courses.all().get(number.checked_sub(1)?)?.id.clone())),
        (Shown::Course(id), Some(lesson)) => {
            let key = LessonKey { course: id.clone(), lesson };
            courses.lesson(&key).map(|_| Step::Lesson(key.clone()))
        }
        (Shown::Lesson(key, _), Some(number)) => Some(Step::Turn(key.clone(), Turn::Number(number))),
        (Shown::Lesson(key, _), None) if is(question, NEXT) => Some(Step::Turn(key.clone(), Turn::Next)),
        (Shown::Lesson(key, _), None) if is(question, BACK) => Some(Step::Turn(key.clone(), Turn::Back)),
        (_, None) if is(question, PAUSE) => Some(Step::Pause),
        _ => None,
    }
}

/// "học dùng VNeID": the course or lesson with the longest name in the message; "học" alone: the list.
fn wish(question: &Normalised, courses: &Courses) -> Option<Step> {
    if courses.all().is_empty() || !question.says(LEARN) || question.says(OTHER) {
        return None;
    }
    match courses.named(&question.words()) {
        Some(Named::Course(id)) => Some(Step::Course(id)),
        Some(Named::Lesson(key)) => Some(Step::Lesson(key)),
        None => question.standard.split(' ').all(is_list_word).then_some(Step::Courses),
    }
}

fn is_list_word(word: &str) -> bool {
    LIST.split(' ').any(|known| known == word || fold(known) == word)
}

/// What to do now for somebody who is being cheated, and the way to the lesson: the warning with the longest cue in the message,
/// else the one that has the cue `fitting`.
pub(super) fn warning(context: &Context, fitting: Option<&str>) -> Option<(String, Button)> {
    let (question, courses) = (&context.question, context.engine.courses());
    let cued = if question.says(PROCEDURE) || wish(question, &courses).is_some() { None } else { courses.cued(&question.words()) };
    let key = cued.or_else(|| with_cue(fitting?, &courses))?;
    let (course, lesson) = courses.lesson(&key)?;
    let text = view::warning(course, lesson, lesson.warning.as_ref()?.text.as_str(), context.language);
    Some((text, view::lesson_button(key, lesson, context.language)))
}

fn with_cue(cue: &str, courses: &Courses) -> Option<LessonKey> {
    let has = |lesson: &Lesson| lesson.warning.as_ref().is_some_and(|warning| warning.cues.iter().any(|other| other == cue));
    courses.lessons().find(|(_, lesson)| has(lesson)).map(|(key, _)| key)
}

/// Puts the way to a lesson under an answer that it fits, and under any answer within a lesson the way back.
pub(super) fn offer(context: &Context, reply: &mut Reply) {
    use AnswerStatus::{Answered, Clarification, NotFound, Partial};
    if !matches!(reply.status, Answered | Partial | Clarification | NotFound) {
        return;
    }
    let courses = context.engine.courses();
    let back = context.state.learning.as_ref().map(|_| Button::new(t(context.language, "Học tiếp"), Action::Resume));
    let Some(button) = back.or_else(|| fitting(context, reply, &courses)) else { return };
    // Before the way to a person, which stays the last one.
    let place = reply.buttons.len().saturating_sub(1);
    reply.buttons.insert(place, button);
}

/// The lesson whose name the question has, else the one that belongs to the guide.
fn fitting(context: &Context, reply: &Reply, courses: &Courses) -> Option<Button> {
    let states_facts = reply.status.states_facts();
    let guide = context.chosen.as_deref().filter(|_| states_facts);
    let of_guide = courses.lessons().find(|(_, lesson)| guide.is_some_and(|guide| lesson.guides.iter().any(|id| id == guide)));
    if let Some((key, lesson)) = of_guide {
        return Some(view::lesson_button(key, lesson, context.language));
    }
    match courses.named(&context.question.words()).filter(|_| !states_facts)? {
        Named::Lesson(key) => courses.lesson(&key).map(|(_, lesson)| view::lesson_button(key.clone(), lesson, context.language)),
        Named::Course(id) => courses
            .get(&id)
            .map(|course| Button::new(tf(context.language, "Khóa học: {title}", &[("title", &course.title)]), Action::Course(id.clone()))),
    }
}
