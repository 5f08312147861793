//! The units of the table: communes of today, units of before the reform, former districts.

use std::fmt;
use std::str::FromStr;

use indexer::lexical::fold;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The day from which Resolution 1678/NQ-UBTVQH15 holds: the communes of today exist, districts don't.
pub const REFORM: Date = date(2025, 7, 1);

/// The resolution by which the communes of today came to be.
pub const RESOLUTION: &str = "1678/NQ-UBTVQH15";

/// What names one unit for good. A code alone doesn't: 16681 was Phường Quang Trung and is Phường Thành Vinh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UnitKey {
    /// The code of the General Statistics Office.
    pub code: u32,
    /// The day from which the code stands for this unit; none for a unit of before [`REFORM`], whose first day the table
    /// doesn't tell.
    pub valid_from: Option<Date>,
}

/// "16681@2025-07-01", and "16681@" for a unit of before the reform.
impl fmt::Display for UnitKey {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.valid_from.map(|day| day.to_string()).unwrap_or_default();
        write!(to, "{}@{since}", self.code)
    }
}

impl From<UnitKey> for String {
    fn from(key: UnitKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for UnitKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for UnitKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (code, since) = text.split_once('@').ok_or("a unit without its first day")?;
        let code = code.parse().map_err(|_| format!("{code:?} is no code"))?;
        let valid_from = if since.is_empty() { None } else { Some(since.parse().map_err(|_| format!("{since:?} is no day"))?) };
        Ok(Self { code, valid_from })
    }
}

/// The kinds of units, former ones among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Xã.
    Xa,
    /// Phường.
    Phuong,
    /// Thị trấn, until the reform.
    ThiTran,
    /// Huyện, thị xã or thành phố, until the reform.
    District,
}

/// What a name begins with, and the kind that it says.
const PREFIXES: [(&str, Kind); 6] = [
    ("Xã ", Kind::Xa),
    ("Phường ", Kind::Phuong),
    ("Thị trấn ", Kind::ThiTran),
    ("Huyện ", Kind::District),
    ("Thị xã ", Kind::District),
    ("Thành phố ", Kind::District),
];

/// The kind that a full name says and the name without it: "Thị trấn Cầu Giát" gives "Cầu Giát". None for a name without kind.
pub(super) fn kind_and_bare(name: &str) -> Option<(Kind, &str)> {
    PREFIXES.iter().find_map(|(prefix, kind)| Some((*kind, name.strip_prefix(prefix)?)))
}

/// A commune of today.
#[derive(Clone, Debug, PartialEq)]
pub struct Commune {
    /// Its code, valid from [`REFORM`].
    pub key: UnitKey,
    /// With its kind: "Phường Thành Vinh".
    pub name: String,
    /// Xã or phường.
    pub kind: Kind,
    /// Latitude of its centre in degrees.
    pub lat: f64,
    /// Longitude of its centre in degrees.
    pub lon: f64,
    /// The units that it came from.
    pub from: Vec<UnitKey>,
}

/// A unit of before the reform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldUnit {
    /// Its code, valid until [`REFORM`].
    pub key: UnitKey,
    /// With its kind: "Thị trấn Cầu Giát".
    pub name: String,
    /// Xã, phường or thị trấn.
    pub kind: Kind,
    /// With its kind: "Huyện Quỳnh Lưu".
    pub district: String,
    /// The commune of today that it went to.
    pub new: UnitKey,
}

/// A former district, town or city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// With its kind: "Thành phố Vinh".
    pub name: String,
    /// The communes of today that its units went to, in the order of the table.
    pub communes: Vec<UnitKey>,
}

/// "Huyện Quỳnh Lưu" within a sentence: "huyện Quỳnh Lưu".
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether two full names are the same but for their kind and their diacritics.
pub(super) fn same_bare(one: &str, other: &str) -> bool {
    let bare = |name| kind_and_bare(name).map(|(_, bare)| fold(bare));
    bare(one) == bare(other)
}
