//! Does a learner's step in a kept conversation, in the transaction of the reply.

use anyhow::Result;
use indexer::course::Lesson;

use super::view::{self, Said};
use super::{Courses, LessonKey, Shown, Step, Turn};
use crate::app::App;
use crate::db::Transaction;
use crate::db::learners::{self, Progress};
use crate::language::Language;

/// What is said after a step and what then is before the learner.
pub(crate) struct Taught {
    pub(crate) said: Said,
    pub(crate) shown: Option<Shown>,
}

/// Does the step and stores how far the learner has come.
pub(crate) async fn teach(tx: &mut Transaction, app: &App, conversation_id: &str, language: Language, step: Step) -> Result<Taught> {
    let courses = app.engine.courses();
    let begun = learners::all(&mut **tx, conversation_id).await?;
    let (taught, progress) = answer(&courses, &begun, language, step);
    if let Some(progress) = progress {
        learners::put(tx, conversation_id, &progress, app.clock.now_ms()).await?;
    }
    Ok(taught)
}

/// The same where nothing is kept (`bot ask`) but what was shown last.
pub(crate) fn teach_without_memory(courses: &Courses, shown: Option<&Shown>, step: Step) -> Taught {
    let begun = match shown {
        Some(Shown::Lesson(key, screen)) => vec![at_screen(&[], key.clone(), *screen)],
        _ => Vec::new(),
    };
    answer(courses, &begun, Language::default(), step).0
}

/// What a step leads to, and the progress to store.
fn answer(courses: &Courses, begun: &[Progress], language: Language, step: Step) -> (Taught, Option<Progress>) {
    let place = match step {
        Step::Courses => return (list(courses, begun, language), None),
        Step::Pause => return (Taught { said: view::paused(language), shown: None }, None),
        Step::Course(id) => return (course(courses, begun, language, &id), None),
        Step::Resume => view::resumable(courses, begun).map(|key| opened(courses, begun, key)),
        Step::Lesson(key) => Some(opened(courses, begun, key)),
        Step::Screen(key, screen) => Some(at_screen(begun, key, screen)),
        Step::Choose(key, option) => Some(choose(courses, begun, key, option)),
        Step::Turn(key, turn) => match turned(courses, begun, key, turn) {
            Turned::To(progress) => Some(progress),
            Turned::Rest => return (Taught { said: view::paused(language), shown: None }, None),
            Turned::Away => None,
        },
    };
    match place.and_then(|progress| shown_at(courses, language, progress)) {
        Some((taught, progress)) => (taught, Some(progress)),
        None => (list(courses, begun, language), None),
    }
}

/// What is before the learner there; none where the courses no longer have that lesson.
fn shown_at(courses: &Courses, language: Language, progress: Progress) -> Option<(Taught, Progress)> {
    let (course, lesson) = courses.lesson(&progress.key)?;
    let progress = Progress { screen: progress.screen.clamp(1, lesson.length()), ..progress };
    let said = view::screen(course, lesson, &progress, language);
    let is_over = is_solved(lesson, &progress) && view::following(course, &progress.key).is_none();
    let shown = (!is_over).then(|| Shown::Lesson(progress.key.clone(), progress.screen));
    Some((Taught { said, shown }, progress))
}

/// Whether the learner is at the quiz and has answered it rightly.
fn is_solved(lesson: &Lesson, progress: &Progress) -> bool {
    view::chosen(lesson, progress).is_some_and(|option| option.correct)
}

fn list(courses: &Courses, begun: &[Progress], language: Language) -> Taught {
    Taught { said: view::courses(courses, begun, language), shown: Some(Shown::Courses) }
}

fn course(courses: &Courses, begun: &[Progress], language: Language, id: &str) -> Taught {
    let Some(course) = courses.get(id) else { return list(courses, begun, language) };
    Taught { said: view::course(course, begun, language), shown: Some(Shown::Course(id.to_owned())) }
}

fn stored(begun: &[Progress], key: &LessonKey) -> Option<Progress> {
    begun.iter().find(|progress| progress.key == *key).cloned()
}

/// Where it was left; a lesson that ended well begins anew.
fn opened(courses: &Courses, begun: &[Progress], key: LessonKey) -> Progress {
    let is_over = |progress: &Progress| courses.lesson(&key).is_some_and(|(_, lesson)| is_solved(lesson, progress));
    match stored(begun, &key) {
        Some(progress) if !is_over(&progress) => progress,
        _ => at_screen(begun, key, 1),
    }
}

fn at_screen(begun: &[Progress], key: LessonKey, screen: usize) -> Progress {
    let finished = stored(begun, &key).is_some_and(|progress| progress.finished);
    Progress { key, screen, answer: None, finished }
}

fn choose(courses: &Courses, begun: &[Progress], key: LessonKey, option: usize) -> Progress {
    let lesson = courses.lesson(&key).map(|(_, lesson)| lesson);
    let chosen = lesson.and_then(|lesson| lesson.quiz.options.get(option.checked_sub(1)?));
    let before = at_screen(begun, key, lesson.map_or(1, |lesson| lesson.length()));
    Progress { answer: chosen.map(|_| option), finished: before.finished || chosen.is_some_and(|option| option.correct), ..before }
}

/// Where a typed word leads.
enum Turned {
    To(Progress),
    Rest,
    /// Out of the course: it is over.
    Away,
}

fn turned(courses: &Courses, begun: &[Progress], key: LessonKey, turn: Turn) -> Turned {
    let Some((course, lesson)) = courses.lesson(&key) else { return Turned::Away };
    let now = stored(begun, &key).unwrap_or_else(|| at_screen(begun, key.clone(), 1));
    let ended = is_solved(lesson, &now);
    let at_quiz = now.screen >= lesson.length();
    match turn {
        Turn::Next | Turn::Number(1) if ended => match view::following(course, &key) {
            Some((next, _)) => Turned::To(opened(courses, begun, next)),
            None => Turned::Away,
        },
        Turn::Number(number) if at_quiz && !ended => Turned::To(choose(courses, begun, key, number)),
        Turn::Next | Turn::Number(1) => Turned::To(at_screen(begun, key, now.screen + 1)),
        Turn::Back => Turned::To(at_screen(begun, key, now.screen.saturating_sub(1))),
        // The second of three buttons is the way back, but the first screen has none.
        Turn::Number(2) if now.screen > 1 && !ended => Turned::To(at_screen(begun, key, now.screen - 1)),
        Turn::Number(2 | 3) => Turned::Rest,
        Turn::Number(_) => Turned::To(now),
    }
}
