//! `/hoc`: courses and lessons on pages of their own, one screen at a time, without scripts.

use anyhow::Result;
use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use indexer::course::{Course, Lesson};
use indexer::guide::ReviewStatus;
use serde::Deserialize;

use super::{LessonKey, Step, teach, view};
use crate::app::App;
use crate::channel::Channel;
use crate::channel::web_chat::{Citizen, markup};
use crate::db::conversations;
use crate::db::learners::{self, Progress};
use crate::language::{Language, filters};
use crate::router::client_address::ClientAddress;
use crate::router::form::Form;
use crate::router::page::{Refusal, render};
use crate::router::rate_limit::RateLimits;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/hoc", get(show_courses))
        .route("/hoc/{course}", get(show_course))
        .route("/hoc/{course}/{lesson}", get(show_lesson).post(turn))
}

#[derive(Template)]
#[template(path = "courses.html")]
struct CoursesPage {
    courses: Vec<CourseLine>,
    /// Where "Học tiếp" leads.
    resume: Option<LessonKey>,
}

struct CourseLine {
    id: String,
    title: String,
    summary: String,
    /// How many lessons are done.
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "course.html")]
struct CoursePage {
    course: Course,
    draft: bool,
    checked_on: String,
    /// Title, address, and the day on which it was read.
    sources: Vec<(String, String, String)>,
    lessons: Vec<LessonLine>,
}

struct LessonLine {
    number: usize,
    title: String,
    state: Option<String>,
}

/// A lesson's page shows one of its screens.
#[derive(Template)]
#[template(path = "lesson.html")]
struct LessonPage {
    course_id: String,
    course_title: String,
    key: LessonKey,
    title: String,
    lessons: usize,
    bar: String,
    screen: usize,
    length: usize,
    /// What is read; empty at the quiz.
    html: String,
    quiz: Option<QuizView>,
    /// Titles of the sources, on the first screen.
    sources: Vec<(String, String)>,
    draft: bool,
    /// The next lesson, after the quiz was answered rightly.
    next: Option<LessonKey>,
}

struct QuizView {
    question: String,
    options: Vec<String>,
    /// What was chosen last, and what Sen says to it.
    reply: Option<String>,
    solved: bool,
}

/// The form's fields: the screen to see, or the option to choose.
#[derive(Deserialize)]
struct Fields {
    screen: Option<usize>,
    option: Option<usize>,
}

async fn show_courses(State(app): State<App>, language: Language, citizen: Citizen) -> Result<Response, Refusal> {
    let begun = begun(&app, &citizen).await?;
    let courses = app.engine.courses();
    let line = |course: &Course| CourseLine {
        id: course.id.clone(),
        title: course.title.clone(),
        summary: course.summary.clone(),
        state: view::so_far(course, &begun, language),
    };
    let page = CoursesPage { courses: courses.all().iter().map(line).collect(), resume: view::resumable(&courses, &begun) };
    render(language, StatusCode::OK, &page)
}

async fn show_course(State(app): State<App>, language: Language, citizen: Citizen, Path(id): Path<String>) -> Result<Response, Refusal> {
    let begun = begun(&app, &citizen).await?;
    let courses = app.engine.courses();
    let course = courses.get(&id).ok_or(Refusal::NotFound)?;
    let line = |(at, lesson): (usize, &Lesson)| LessonLine {
        number: at + 1,
        title: lesson.title.clone(),
        state: view::state_of(course, at + 1, &begun, language),
    };
    let page = CoursePage {
        draft: course.review_status == ReviewStatus::Draft,
        checked_on: language.date(course.checked_on),
        sources: course.sources.iter().map(|source| (source.title.clone(), source.url.clone(), language.date(source.checked_on))).collect(),
        lessons: course.lessons.iter().enumerate().map(line).collect(),
        course: course.clone(),
    };
    render(language, StatusCode::OK, &page)
}

async fn show_lesson(
    State(app): State<App>,
    language: Language,
    citizen: Citizen,
    Path((id, lesson)): Path<(String, usize)>,
) -> Result<Response, Refusal> {
    let key = LessonKey { course: id, lesson };
    let begun = begun(&app, &citizen).await?;
    let courses = app.engine.courses();
    let (course, lesson) = courses.lesson(&key).ok_or(Refusal::NotFound)?;
    let progress = begun.into_iter().find(|progress| progress.key == key);
    let progress = progress.unwrap_or(Progress { key, screen: 1, answer: None, finished: false });
    render(language, StatusCode::OK, &lesson_page(course, lesson, &progress))
}

/// Stores the step, then shows the lesson where the learner now is.
async fn turn(
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    ClientAddress(address): ClientAddress,
    citizen: Citizen,
    language: Language,
    Path((id, lesson)): Path<(String, usize)>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let now = app.clock.now_ms();
    if !limits.address_may(address, now) {
        return Err(Refusal::TooManyRequests);
    }
    let key = LessonKey { course: id, lesson };
    app.engine.courses().lesson(&key).ok_or(Refusal::NotFound)?;
    let step = match (fields.option, fields.screen) {
        (Some(option), _) => Step::Choose(key.clone(), option),
        (None, Some(screen)) => Step::Screen(key.clone(), screen),
        (None, None) => Step::Lesson(key.clone()),
    };
    store(&app, &citizen, language, step).await?;
    Ok((citizen, Redirect::to(&format!("/hoc/{key}"))).into_response())
}

/// In the conversation of this browser's citizen, which thereby begins.
async fn store(app: &App, citizen: &Citizen, language: Language, step: Step) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let id = conversations::begin(&mut tx, Channel::Web, &citizen.address(), &app.random.id(), app.clock.now_ms()).await?;
    teach(&mut tx, app, &id, language, step).await?;
    Ok(tx.commit().await?)
}

async fn begun(app: &App, citizen: &Citizen) -> Result<Vec<Progress>> {
    match conversations::find(&app.db, Channel::Web, &citizen.address()).await? {
        Some(conversation) => learners::all(&app.db.reader, &conversation.id).await,
        None => Ok(Vec::new()),
    }
}

fn lesson_page(course: &Course, lesson: &Lesson, progress: &Progress) -> LessonPage {
    let key = progress.key.clone();
    let screen = progress.screen.clamp(1, lesson.length());
    let text = lesson.screens.get(screen - 1);
    let sources = course.sources.iter().filter(|source| lesson.sources.contains(&source.id) && screen == 1);
    LessonPage {
        course_id: course.id.clone(),
        course_title: course.title.clone(),
        title: lesson.title.clone(),
        lessons: course.lessons.len(),
        bar: view::bar(course, &key),
        screen,
        length: lesson.length(),
        html: text.map(|text| markup::answer_html(text)).unwrap_or_default(),
        quiz: text.is_none().then(|| quiz(lesson, progress)),
        sources: sources.map(|source| (source.title.clone(), source.url.clone())).collect(),
        draft: course.review_status == ReviewStatus::Draft && screen == 1,
        next: view::following(course, &key).map(|(next, _)| next),
        key,
    }
}

fn quiz(lesson: &Lesson, progress: &Progress) -> QuizView {
    let chosen = view::chosen(lesson, progress);
    QuizView {
        question: lesson.quiz.question.clone(),
        options: lesson.quiz.options.iter().map(|option| option.text.clone()).collect(),
        reply: chosen.map(|option| option.reply.clone()),
        solved: chosen.is_some_and(|option| option.correct),
    }
}

#[cfg(test)]
mod tests {
    use indexer::course::check_folder;

    use super::*;

    fn shown(screen: usize, answer: Option<usize>) -> Result<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base");
        let courses = check_folder(&folder, jiff::civil::date(2026, 11, 24))?.good;
        let course = courses.iter().find(|course| course.id == "vneid").ok_or(anyhow::anyhow!("no course"))?;
        let key = LessonKey { course: course.id.clone(), lesson: 2 };
        Ok(lesson_page(course, &course.lessons[1], &Progress { key, screen, answer, finished: false }).render()?)
    }

    #[test]
    fn the_first_screen_names_its_sources_and_leads_on_only() -> Result<()> {
        let html = shown(1, None)?;
        assert!(html.contains("3.000228") && html.contains("Chưa có cơ quan nào duyệt nội dung này."));
        assert!(html.contains("name=\"screen\" value=\"2\"") && !html.contains("value=\"0\""));
        Ok(())
    }

    #[test]
    fn a_quiz_stays_open_after_a_wrong_answer_and_leads_on_after_the_right_one() -> Result<()> {
        let (wrong, right) = (shown(7, Some(1))?, shown(7, Some(2))?);
        assert!(wrong.contains("chìa khóa nhà") && wrong.contains("name=\"option\" value=\"2\""));
        assert!(right.contains("href=\"/hoc/vneid/3\"") && !right.contains("name=\"option\""));
        Ok(())
    }
}
