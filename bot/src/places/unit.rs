//! The units of the table: communes of today, units of before the reform, former districts.

use indexer::lexical::fold;
use jiff::civil::{Date, date};

/// The day from which Resolution 1678/NQ-UBTVQH15 holds: the communes of today exist, districts don't.
pub const REFORM: Date = date(2025, 7, 1);

/// What names one unit for good. A code alone doesn't: 16681 was Phường Quang Trung and is Phường Thành Vinh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitKey {
    /// The code of the General Statistics Office.
    pub code: u32,
    /// The day from which the code stands for this unit; none for a unit of before [`REFORM`], whose first day the table
    /// doesn't tell.
    pub valid_from: Option<Date>,
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
pub(super) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether two full names are the same but for their kind and their diacritics.
pub(super) fn same_bare(one: &str, other: &str) -> bool {
    let bare = |name| kind_and_bare(name).map(|(_, bare)| fold(bare));
    bare(one) == bare(other)
}
