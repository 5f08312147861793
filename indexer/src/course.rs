//! Courses of "bình dân học vụ số": short lessons for people who are new to phones and networks.
//!
//! A course is a file of `courses/` whose front matter holds everything that is read; what stands below it are the
//! editor's own notes.

mod check;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Result;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check::{Finding, Severity};
use crate::guide::{ParseError, ReviewStatus, Source, front_matter};

/// How many lessons a course has.
pub const LESSONS: usize = 4;
/// The most screens of a lesson, its quiz not counted.
pub const MOST_SCREENS: usize = 6;

/// A whole course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Lower-case ASCII with hyphens, equal to the file's name.
    pub id: String,
    /// Its name, as learners read it.
    pub title: String,
    /// One or two everyday sentences: what one can do afterwards.
    pub summary: String,
    /// How people ask for it.
    pub other_names: Vec<String>,
    /// Where the facts come from.
    pub sources: Vec<Source>,
    /// The day on which somebody, or a snapshot, last checked the whole course.
    pub checked_on: Date,
    /// The day by which it should be checked again.
    pub review_by: Date,
    /// Whether an official has reviewed it.
    pub review_status: ReviewStatus,
    /// The lessons, in order.
    pub lessons: Vec<Lesson>,
}

/// Some minutes of reading and one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Its name, as learners read it.
    pub title: String,
    /// How people ask for it.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// Guides whose answers offer this lesson.
    #[serde(default)]
    pub guides: Vec<String>,
    /// What is said at once to somebody in danger of being cheated.
    #[serde(default)]
    pub warning: Option<Warning>,
    /// Ids of the course's sources that it rests on.
    pub sources: Vec<String>,
    /// What is read, one at a time; light markup as in answers.
    pub screens: Vec<String>,
    /// The question at its end.
    pub quiz: Quiz,
}

/// An answer to questions that name one of its cues, given before anything is searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Words that give the danger away.
    pub cues: Vec<String>,
    /// What to do now; light markup.
    pub text: String,
}

/// A question whose every option is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// What is asked.
    pub question: String,
    /// What one can choose.
    pub options: Vec<QuizOption>,
}

/// One of the things to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuizOption {
    /// What one would do.
    pub text: String,
    /// What Sen says to it.
    pub reply: String,
    /// Whether it is the right one.
    #[serde(default)]
    pub correct: bool,
}

/// A folder's courses and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct CourseCheck {
    /// How many files there are.
    pub files: usize,
    /// The courses that may be taught, in the order of ids.
    pub good: Vec<Course>,
    /// All findings, in the order of files and lines.
    pub findings: Vec<Finding>,
}

impl Course {
    /// Reads a course from its file's text.
    ///
    /// # Errors
    /// A [`ParseError`] when the front matter is missing, isn't YAML, or lacks or adds a key.
    pub fn parse(text: &str) -> Result<Course, ParseError> {
        Ok(front_matter(text)?.0)
    }
}

impl Lesson {
    /// How many screens it has together with its quiz, which is the last one.
    pub fn length(&self) -> usize {
        self.screens.len() + 1
    }
}

/// Reads and checks the courses of a knowledge base (its folder `courses/`); none where there is no such folder.
///
/// # Errors
/// When a folder can't be read.
pub fn check_folder(knowledge_base: &Path, today: Date) -> Result<CourseCheck> {
    let folder = knowledge_base.join("courses");
    if !folder.is_dir() {
        return Ok(CourseCheck::default());
    }
    let guides = crate::check::guide_files(knowledge_base)?.iter().map(|path| crate::check::stem(path)).collect();
    let mut checked = CourseCheck::default();
    for path in crate::check::markdown_files(&folder)? {
        checked.files += 1;
        let findings = match crate::check::read(&path) {
            Ok(text) => {
                let (course, findings) = check::check(&path.display().to_string(), &text, today, &guides);
                let is_good = findings.iter().all(|finding| finding.severity == Severity::Warning);
                checked.good.extend(course.filter(|_| is_good));
                findings
            }
            Err(finding) => vec![finding],
        };
        checked.findings.extend(findings);
    }
    Ok(checked)
}
