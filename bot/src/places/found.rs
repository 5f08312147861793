//! What a mention of a place can mean.

use std::fmt;
use std::ops::Range;

use super::unit::{Commune, District, OldUnit, UnitKey, lower_first};

/// What was found in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    /// No place.
    Nothing,
    /// A commune of today; a former unit of its name went to it whole, or there was none.
    New(&'a Commune),
    /// One unit of before the reform.
    Old(&'a OldUnit),
    /// More than one unit may be meant: ask which.
    Several(Vec<Choice<'a>>),
    /// A former district, town or city.
    District(&'a District),
}

/// One of several units that may be meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice<'a> {
    /// A commune of today.
    New(&'a Commune),
    /// A unit of before the reform.
    Old(&'a OldUnit),
    /// A former district.
    District(&'a District),
}

impl Choice<'_> {
    /// What names it for good; none for a former district, which is no commune.
    pub fn key(&self) -> Option<UnitKey> {
        match self {
            Choice::New(commune) => Some(commune.key),
            Choice::Old(unit) => Some(unit.key),
            Choice::District(_) => None,
        }
    }

    /// Its name with its kind.
    pub fn name(&self) -> &str {
        match self {
            Choice::New(commune) => &commune.name,
            Choice::Old(unit) => &unit.name,
            Choice::District(district) => &district.name,
        }
    }
}

/// The name with what tells it apart: "Xã Đồng Văn, huyện Tân Kỳ (cũ)", "Xã Đông Thành (mới)", "Huyện Kỳ Sơn (cũ)".
impl fmt::Display for Choice<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::New(commune) => write!(to, "{} (mới)", commune.name),
            Choice::Old(unit) => write!(to, "{}, {} (cũ)", unit.name, lower_first(&unit.district)),
            Choice::District(district) => write!(to, "{} (cũ)", district.name),
        }
    }
}

impl<'a> From<Choice<'a>> for Found<'a> {
    fn from(choice: Choice<'a>) -> Found<'a> {
        match choice {
            Choice::New(commune) => Found::New(commune),
            Choice::Old(unit) => Found::Old(unit),
            Choice::District(district) => Found::District(district),
        }
    }
}

/// A place that a text names.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention<'a> {
    /// What it means; never [`Found::Nothing`].
    pub found: Found<'a>,
    /// The bytes of the text that name it, in order: kind, name, "cũ" or "mới", and the district that decided.
    pub spans: Vec<Range<usize>>,
}

impl Mention<'_> {
    /// The text without the words of this mention.
    pub fn taken_out(&self, text: &str) -> String {
        let starts = self.spans.iter().map(|span| span.start).chain([text.len()]);
        let ends = [0].into_iter().chain(self.spans.iter().map(|span| span.end));
        let rest: Vec<&str> = ends.zip(starts).map(|(from, to)| text[from..to].trim()).filter(|part| !part.is_empty()).collect();
        rest.join(" ")
    }
}
