//! Words of a text that may name a place, and what speaks for it.

use std::ops::Range;

use super::era::Era;
use super::names::{Fit, Target};
use super::unit::Kind;

/// Fewer letters are a misspelt name only after its kind.
const SHORTEST_BARE: usize = 6;

/// A name that these words may be.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The words of the name.
    pub(super) name: Range<usize>,
    /// With the kind before and the age behind it.
    pub(super) whole: Range<usize>,
    pub(super) targets: Vec<Target>,
    pub(super) fit: Fit,
    pub(super) kind: Option<Kind>,
    pub(super) era: Option<Era>,
    pub(super) trust: Trust,
    /// The word before says a person, a street or a school.
    pub(super) names_other: bool,
    pub(super) everyday: bool,
    /// Typed with diacritics.
    pub(super) accented: bool,
    pub(super) syllables: usize,
    pub(super) letters: usize,
}

/// What speaks for a candidate, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// The words alone.
    Bare,
    /// A word before it that may be another: "ve".
    Perhaps,
    /// There is next to nothing else in the text.
    Alone,
    /// Capital letters.
    Capital,
    /// "ở", "cũ".
    Place,
    /// "xã".
    Kind,
}

impl Candidate {
    /// Whether enough speaks for it. `beside` says that a district stands beside it that it lies in, or the other way about.
    pub(super) fn is_accepted(&self, beside: bool) -> bool {
        if self.syllables == 1 && self.fit < Fit::Exact {
            return false;
        }
        if self.trust == Trust::Kind {
            return true;
        }
        if self.names_other && !beside {
            return false;
        }
        if self.syllables == 1 {
            return beside || (self.is_district() && self.trust >= Trust::Perhaps);
        }
        match self.fit {
            _ if beside => true,
            Fit::Exact => self.trust >= Trust::Alone || !self.everyday || (self.trust == Trust::Perhaps && self.accented),
            Fit::Respelt => self.trust >= Trust::Place || (self.trust >= Trust::Perhaps && !self.everyday),
            Fit::Near => !self.everyday && self.trust >= Trust::Perhaps && self.letters >= SHORTEST_BARE,
        }
    }

    /// Whether it begins as another and is misspelt where it goes on.
    pub(super) fn is_near_extension_of(&self, other: &Candidate) -> bool {
        self.fit == Fit::Near && self.trust == Trust::Kind && self.name.start == other.name.start && self.name.end > other.name.end
    }

    fn is_district(&self) -> bool {
        self.targets.iter().any(|target| matches!(target, Target::District(_)))
    }
}
