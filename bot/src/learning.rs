//! Lessons in the chat and on pages: one screen at a time, each step stored at once, resumed where the learner left.
//!
//! A typed wish or a press becomes a [`Step`] (`answering/lessons.rs`). In a kept conversation [`teach`] does it in the
//! transaction of the reply; [`page`] shows the same places under `/hoc`. Both write what [`view`] says.

mod page;
mod teach;
pub(crate) mod view;

use std::fmt;
use std::path::Path;

use anyhow::Result;
use axum::Router;
use indexer::course::{self, Course, Lesson};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answering::phrases::Phrases;
use crate::app::App;

pub(crate) use teach::{Taught, teach, teach_without_memory};

/// The pages under `/hoc`.
pub(crate) fn routes() -> Router<App> {
    page::routes()
}

/// A lesson of a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonKey {
    /// The course's id.
    pub course: String,
    /// The lesson's number, from 1.
    pub lesson: usize,
}

/// What a learner wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// See which courses there are.
    Courses,
    /// See a course's lessons.
    Course(String),
    /// Go on where it was left.
    Resume,
    /// Open a lesson where it was left.
    Lesson(LessonKey),
    /// See this screen of it, from 1; the quiz is the last one.
    Screen(LessonKey, usize),
    /// Answer its quiz with this option, from 1.
    Choose(LessonKey, usize),
    /// Turn a screen of it.
    Turn(LessonKey, Turn),
    /// Rest and learn later.
    Pause,
}

/// How a screen is turned with a typed word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To the next one.
    Next,
    /// To the one before.
    Back,
    /// With a number: what the screen offers under it.
    Number(usize),
}

/// What of the lessons is before the learner, so that a typed number or "tiếp" is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The list of courses.
    Courses,
    /// A course's lessons.
    Course(String),
    /// This screen of a lesson, from 1.
    Lesson(LessonKey, usize),
}

/// The courses of the knowledge base, in the order of their ids, and the words that lead to them.
#[derive(Debug, Default)]
pub struct Courses {
    all: Vec<Course>,
    /// Names of courses and lessons.
    names: Phrases<Place>,
    /// What gives away that somebody is being cheated: the lessons that warn of it.
    cues: Phrases<Place>,
}

/// The place of a course, and of a lesson in it.
type Place = (usize, Option<usize>);

/// A course, or a lesson of one, that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// By its id.
    Course(String),
    Lesson(LessonKey),
}

impl Courses {
    /// Reads those that may be taught; the others are named in the log.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn load(knowledge_base: &Path, today: Date) -> Result<Self> {
        let checked = course::check_folder(knowledge_base, today)?;
        for finding in &checked.findings {
            tracing::warn!(%finding, "something is to be mended in a course");
        }
        Ok(Self::new(checked.good))
    }

    fn new(all: Vec<Course>) -> Self {
        let (mut names, mut cues) = (Vec::new(), Vec::new());
        let lower = |phrases: &[String], place: Place| phrases.iter().map(|phrase| (phrase.to_lowercase(), place)).collect::<Vec<_>>();
        for (at, course) in all.iter().enumerate() {
            names.extend(lower(&course.other_names, (at, None)));
            for (number, lesson) in course.lessons.iter().enumerate() {
                names.extend(lower(&lesson.other_names, (at, Some(number))));
                cues.extend(lesson.warning.iter().flat_map(|warning| lower(&warning.cues, (at, Some(number)))));
            }
        }
        let phrases = |written: Vec<(String, Place)>| Phrases::new(written.iter().map(|(phrase, place)| (phrase.as_str(), *place)));
        Self { names: phrases(names), cues: phrases(cues), all }
    }

    /// All of them.
    pub fn all(&self) -> &[Course] {
        &self.all
    }

    /// The course with this id.
    pub fn get(&self, id: &str) -> Option<&Course> {
        self.all.iter().find(|course| course.id == id)
    }

    /// A lesson and its course.
    pub fn lesson(&self, key: &LessonKey) -> Option<(&Course, &Lesson)> {
        let course = self.get(&key.course)?;
        Some((course, course.lessons.get(key.lesson.checked_sub(1)?)?))
    }

    /// The course or lesson with the longest name in these words. Of equals the last one; a course stands before its lessons.
    pub(crate) fn named(&self, words: &[&str]) -> Option<Named> {
        let rank = |&(length, (course, lesson)): &(usize, Place)| (length, lesson.is_none(), course, lesson);
        let (_, (course, lesson)) = self.names.all(words).max_by_key(rank)?;
        let course = self.all[course].id.clone();
        Some(match lesson {
            Some(number) => Named::Lesson(LessonKey { course, lesson: number + 1 }),
            None => Named::Course(course),
        })
    }

    /// The lesson whose warning has the longest cue in these words.
    pub(crate) fn cued(&self, words: &[&str]) -> Option<LessonKey> {
        let (_, (course, lesson)) = self.cues.all(words).max()?;
        Some(LessonKey { course: self.all[course].id.clone(), lesson: lesson? + 1 })
    }

    /// Every lesson with its key.
    pub fn lessons(&self) -> impl Iterator<Item = (LessonKey, &Lesson)> {
        self.all.iter().flat_map(|course| {
            let key = |at: usize| LessonKey { course: course.id.clone(), lesson: at + 1 };
            course.lessons.iter().enumerate().map(move |(at, lesson)| (key(at), lesson))
        })
    }
}

/// As in a button's action and in a page's address: `vneid/2`.
impl fmt::Display for LessonKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.course, self.lesson)
    }
}

impl std::str::FromStr for LessonKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (course, lesson) = text.split_once('/').ok_or("a lesson without its number")?;
        Ok(Self { course: course.to_owned(), lesson: lesson.parse().map_err(|_| "a lesson's number that is none")? })
    }
}
