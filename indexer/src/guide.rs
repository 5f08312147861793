//! One guide: a procedure in plain words, as an editor writes it.
//!
//! A guide is a Markdown file whose front matter (YAML between two `---` lines) holds the facts as rows, and whose
//! body holds free notes under `## ` headings. Keys are English, everything a citizen reads is Vietnamese.

mod parse;
#[cfg(test)]
pub(crate) mod tests;
mod write;
mod yaml;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz;
use serde::{Deserialize, Serialize};

pub use parse::ParseError;
pub(crate) use parse::{front_matter, split};

/// A whole guide: the front matter's fields and the body's sections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Lower-case ASCII with hyphens, equal to the file's name.
    pub id: String,
    /// Short official name, without the word "Thủ tục".
    pub title: String,
    /// How people call it: everyday, old and regional names.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// Codes of the national portal, the primary one first.
    #[serde(default)]
    pub codes: Vec<String>,
    /// The field of administration ("lĩnh vực").
    pub field: String,
    /// The level of government that receives the papers.
    pub level: Level,
    /// Whom the procedure is for.
    #[serde(default)]
    pub audience: Option<String>,
    /// One or two everyday sentences: what for, where.
    pub summary: String,
    /// The body that takes the papers.
    pub receiving_body: String,
    /// The ways to hand papers in.
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// One row a case.
    #[serde(default)]
    pub fees: Vec<FeeRow>,
    /// One row a case.
    #[serde(default)]
    pub times: Vec<TimeRow>,
    /// One entry a case.
    #[serde(default)]
    pub papers: Vec<PaperCase>,
    /// What the citizen does, in order.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Who may, when it is refused, ages, deadlines of law.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// What the citizen gets.
    #[serde(default)]
    pub result: Option<String>,
    /// The laws it rests on.
    #[serde(default)]
    pub legal_basis: Vec<LegalRow>,
    /// The page where it is done or described online.
    #[serde(default)]
    pub online_url: Option<String>,
    /// Where the facts come from; the first one carries every statement that names no source of its own.
    pub sources: Vec<Source>,
    /// The day on which somebody, or a snapshot, last checked the whole guide.
    pub checked_on: Date,
    /// The day by which it should be checked again.
    pub review_by: Date,
    /// Whether an official has reviewed it.
    pub review_status: ReviewStatus,
    /// Ids of neighbouring guides.
    #[serde(default)]
    pub related: Vec<String>,
    /// The body's sections. They come from the Markdown body, never from the front matter.
    #[serde(default)]
    pub sections: Vec<BodySection>,
}

/// The level of government that receives the papers. The district level ended on 1 July 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Commune or ward ("cấp xã").
    Commune,
    /// Province ("cấp tỉnh").
    Province,
    /// Ministries and other central bodies ("trung ương").
    Central,
}

/// A way to hand papers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// At the counter.
    InPerson,
    /// On a portal or in an application.
    Online,
    /// By the public post.
    Post,
}

/// Whether an official has reviewed the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Written, not yet reviewed by an official.
    Draft,
    /// Reviewed by an official.
    Reviewed,
}

/// Where and how papers are handed in one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The way.
    pub kind: Submission,
    /// The place or the site, in words.
    pub place: String,
    /// Opening hours, as the source states them.
    #[serde(default)]
    pub hours: Option<String>,
}

/// What one case costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeRow {
    /// The case, in words.
    pub case: String,
    /// The amount in Vietnamese notation, as the citizen reads it.
    pub amount: String,
    /// Set when the row holds for one way of handing in only.
    #[serde(default)]
    pub channel: Option<Submission>,
    /// Id of one of the guide's sources.
    pub source: String,
    /// First day on which the row is in force.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day on which the row is in force.
    #[serde(default)]
    pub valid_to: Option<Date>,
}

/// How long one case takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeRow {
    /// The case, in words.
    pub case: String,
    /// The duration with its unit, as the citizen reads it.
    pub duration: String,
    /// Set when the row holds for one way of handing in only.
    #[serde(default)]
    pub channel: Option<Submission>,
    /// Id of one of the guide's sources.
    pub source: String,
    /// First day on which the row is in force.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day on which the row is in force.
    #[serde(default)]
    pub valid_to: Option<Date>,
}

/// A law, decree or circular.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalRow {
    /// The document's number, for example "26/2023/QH15".
    pub number: String,
    /// The document's title.
    pub title: String,
    /// The day it was issued.
    #[serde(default)]
    pub issued_on: Option<Date>,
    /// Id of one of the guide's sources.
    pub source: String,
    /// First day on which it is in force.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day on which it is in force.
    #[serde(default)]
    pub valid_to: Option<Date>,
}

/// The papers of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperCase {
    /// The case, in words.
    pub case: String,
    /// Id of one of the guide's sources; the first one when absent.
    #[serde(default)]
    pub source: Option<String>,
    /// The papers.
    pub items: Vec<Paper>,
}

/// One paper to bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its name and form number.
    pub name: String,
    /// How many, original or copy.
    #[serde(default)]
    pub copies: Option<String>,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the guide's rows call it.
    pub id: String,
    /// Its title, as the citizen reads it.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The day on which it was read.
    pub checked_on: Date,
}

/// Free text under one `## ` heading of the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BodySection {
    /// The heading, empty for text that stands before the first one.
    pub heading: String,
    /// The text, trimmed.
    pub text: String,
}

impl Guide {
    /// Reads a guide from its file's text.
    ///
    /// # Errors
    /// A [`ParseError`] when the front matter is missing, isn't YAML, or lacks or adds a key.
    pub fn parse(text: &str) -> Result<Guide, ParseError> {
        parse::parse(text)
    }

    /// The guide as a file of its own; [`Guide::parse`] reads it back.
    pub fn write(&self) -> String {
        write::write(self)
    }

    /// The file `text` with what the guide says differently from it: fields that say the same keep their lines.
    pub fn write_over(&self, text: &str) -> String {
        write::write_over(self, text)
    }

    /// The source with that id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

/// Whether `on` lies between the first and the last day, both included; a missing end is open.
fn covers(valid_from: Option<Date>, valid_to: Option<Date>, on: Date) -> bool {
    valid_from.is_none_or(|from| from <= on) && valid_to.is_none_or(|to| on <= to)
}

impl FeeRow {
    /// Whether the row is in force on that day.
    pub fn in_force(&self, on: Date) -> bool {
        covers(self.valid_from, self.valid_to, on)
    }
}

impl TimeRow {
    /// Whether the row is in force on that day.
    pub fn in_force(&self, on: Date) -> bool {
        covers(self.valid_from, self.valid_to, on)
    }
}

impl LegalRow {
    /// Whether the document is in force on that day.
    pub fn in_force(&self, on: Date) -> bool {
        covers(self.valid_from, self.valid_to, on)
    }
}

impl Level {
    /// The stable name, as written in guides and in the index.
    pub const fn key(self) -> &'static str {
        match self {
            Level::Commune => "commune",
            Level::Province => "province",
            Level::Central => "central",
        }
    }

    /// The name that citizens read.
    pub fn label(self) -> &'static str {
        match self {
            Level::Commune => "cấp xã",
            Level::Province => "cấp tỉnh",
            Level::Central => "trung ương",
        }
    }
}

impl Submission {
    /// The stable name, as written in guides.
    pub const fn key(self) -> &'static str {
        match self {
            Submission::InPerson => "in_person",
            Submission::Online => "online",
            Submission::Post => "post",
        }
    }

    /// The name that citizens read.
    pub fn label(self) -> &'static str {
        match self {
            Submission::InPerson => "Nộp trực tiếp",
            Submission::Online => "Nộp trực tuyến",
            Submission::Post => "Qua bưu chính",
        }
    }
}

/// A date as Vietnamese readers write it, day first: 31/12/2026.
pub fn vietnamese_date(date: Date) -> impl fmt::Display {
    date.strftime("%d/%m/%Y")
}

/// The day in Vietnam (UTC+7 all year) at a moment given in milliseconds since 1970; 1970 for an impossible moment.
pub fn vietnam_date(milliseconds: i64) -> Date {
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    tz::offset(7).to_datetime(moment).date()
}
