//! The candidates of a text, with what speaks for each.

use std::ops::Range;

use indexer::lexical::fold;

use super::candidate::{Candidate, Trust};
use super::era::{Era, after, era_before};
use super::evidence::{Before, Role, before};
use super::names::{Fit, Name, Names};
use super::text::{Gap, Token};

/// More words than a name has, for names with split syllables.
const MOST_WORDS: usize = 4;
/// In so short a text a misspelt name is looked for without further evidence.
const SHORT_TEXT: usize = 4;
/// So many letters are a misspelt name although another word stands beside them.
const LONG_ENOUGH: usize = 8;

/// A text that is read.
pub(super) struct Reading<'a> {
    pub(super) tokens: Vec<Token>,
    pub(super) names: &'a Names,
    pub(super) is_everyday: &'a dyn Fn(&str) -> bool,
    /// The text has diacritics.
    marked: bool,
    /// Some words begin with a small letter, so that a capital one says something.
    capitals_tell: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(tokens: Vec<Token>, names: &'a Names, is_everyday: &'a dyn Fn(&str) -> bool) -> Reading<'a> {
        let marked = tokens.iter().any(|token| !token.exact.is_ascii());
        let capitals_tell = tokens.iter().any(|token| !token.capital && token.exact.starts_with(char::is_alphabetic));
        Reading { tokens, names, is_everyday, marked, capitals_tell }
    }

    /// All words that spell a name, whatever else they may be.
    pub(super) fn spelt(&self) -> Vec<Candidate> {
        let spelt = |name: Range<usize>| {
            let (fit, names) = self.names.spelt(&self.tokens[name.clone()], self.marked && !self.is_after_plain(name.start))?;
            Some(self.candidate(name, fit, &names))
        };
        self.windows().filter_map(spelt).collect()
    }

    /// After "xa" a name is typed without diacritics too, whatever the rest of the text is.
    fn is_after_plain(&self, start: usize) -> bool {
        start > 0 && ["xa", "phuong", "tran"].contains(&self.tokens[start - 1].exact.as_str())
    }

    /// Misspelt names, looked for only where a place may be: in a short text, after "xã" or "ở", before "cũ", and beside one of
    /// `neighbours`, the names that were read.
    pub(super) fn near(&self, neighbours: &[Candidate]) -> Vec<Candidate> {
        let is_expected = |name: &Range<usize>| {
            let is_extension = |other: &Candidate| other.name.start == name.start && other.name.end < name.end;
            let is_apart = |other: &Candidate| name.end <= other.name.start || other.name.end <= name.start;
            let free = neighbours.iter().all(|other| other.trust < Trust::Kind || is_extension(other) || is_apart(other));
            free && (self.is_short() || self.is_announced(name) || neighbours.iter().any(|other| self.touch(name, &other.whole)))
        };
        let near = |name: Range<usize>| {
            let found = self.names.near(&self.tokens[name.clone()])?;
            Some(self.candidate(name, Fit::Near, &found))
        };
        self.windows().filter(is_expected).filter_map(near).collect()
    }

    fn is_short(&self) -> bool {
        self.tokens.len() <= SHORT_TEXT
    }

    fn is_announced(&self, name: &Range<usize>) -> bool {
        let front = before(&self.tokens, name.start);
        let is_followed = self.tokens.get(name.end).is_some_and(|next| matches!(next.exact.as_str(), "cũ" | "cu"));
        is_followed || front.kind.is_some() || front.role == Some(Role::Place)
    }

    /// Runs of words without a break inside.
    fn windows(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.tokens.len();
        let unbroken = |name: &Range<usize>| self.tokens[name.start + 1..name.end].iter().all(|token| token.gap == Gap::Blank);
        (0..count).flat_map(move |from| (from + 1..=count.min(from + MOST_WORDS)).map(move |to| from..to)).filter(unbroken)
    }

    fn candidate(&self, name: Range<usize>, fit: Fit, names: &[usize]) -> Candidate {
        let typed = &self.tokens[name.clone()];
        let front = before(&self.tokens, name.start);
        let (age, end) = after(&self.tokens, name.end);
        let whole = front.start..end;
        let phrase = phrase(typed);
        let names: Vec<&Name> = names.iter().map(|at| self.names.get(*at)).collect();
        let everyday = (self.is_everyday)(&phrase) || (fit < Fit::Exact && (self.is_everyday)(&fold(&phrase)));
        // "phuong tien dong" is no ward, and there is none called Tiên Đồng.
        let says_kind = front.kind.is_some_and(|kind| !everyday || names.iter().any(|name| name.kinds.contains(&kind)));
        Candidate {
            trust: if says_kind { Trust::Kind } else { self.trust(&name, &whole, fit, (&front, age)) },
            names_other: front.role == Some(Role::Other) || self.is_person(&name, &front),
            everyday,
            accented: !phrase.is_ascii(),
            letters: typed.iter().map(|token| token.folded.len()).sum(),
            syllables: names.iter().map(|name| name.exact.len()).min().unwrap_or_default(),
            targets: names.into_iter().flat_map(|name| name.targets.iter().copied()).collect(),
            kind: front.kind,
            era: age.or(front.era).or_else(|| era_before(&self.tokens, front.start)),
            name,
            whole,
            fit,
        }
    }

    /// What speaks for it besides its kind.
    fn trust(&self, name: &Range<usize>, whole: &Range<usize>, fit: Fit, (front, age): (&Before, Option<Era>)) -> Trust {
        let others = self.tokens.len() - whole.len();
        let letters: usize = self.tokens[name.clone()].iter().map(|token| token.folded.len()).sum();
        let is_capital = self.capitals_tell && self.tokens[name.clone()].iter().all(|token| token.capital);
        match front.role {
            Some(Role::Place) => Trust::Place,
            _ if age.is_some() => Trust::Place,
            _ if is_capital && (name.len() > 1 || name.start > 0) => Trust::Capital,
            _ if others == 0 || (others == 1 && (fit > Fit::Near || letters >= LONG_ENOUGH)) => Trust::Alone,
            Some(Role::PerhapsPlace) => Trust::Perhaps,
            _ => Trust::Bare,
        }
    }

    /// "Nguyễn Minh Châu", "nguyen thi kim lien".
    fn is_person(&self, name: &Range<usize>, front: &Before) -> bool {
        let back = |count: usize| name.start.checked_sub(count).map(|at| &self.tokens[at]);
        let Some(previous) = back(1).filter(|_| self.tokens[name.start].gap == Gap::Blank && front.kind.is_none() && front.role.is_none())
        else {
            return false;
        };
        let is_one_of = |token: &Token, words: &[&str]| words.contains(&token.exact.as_str());
        let is_capital = previous.capital && self.tokens[name.start].capital;
        let is_inside = name.start > 1 && self.capitals_tell && !is_one_of(previous, &["an"]);
        is_one_of(previous, &PLAIN_SURNAMES)
            || (is_one_of(previous, &MIDDLE_NAMES)
                && back(2).is_some_and(|first| is_one_of(first, &PLAIN_SURNAMES) || is_one_of(first, &SURNAMES)))
            || (is_capital && (is_inside || is_one_of(previous, &SURNAMES)))
    }

    /// Whether two mentions stand side by side, with at most a "thuộc" between.
    pub(super) fn touch(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
        let Some(between) = self.tokens.get(first.end..second.start) else { return false };
        let is_link = |token: &Token| ["thuộc", "ở", "của", "tại", "huyện", "tp", "h"].iter().any(|word| token.says(word));
        match between {
            [] => true,
            [link] => is_link(link),
            [link, other] => is_link(link) && is_link(other),
            _ => false,
        }
    }
}

/// Surnames that are no other word.
const PLAIN_SURNAMES: [&str; 6] = ["nguyễn", "nguyen", "phạm", "pham", "hoàng", "trịnh"];
/// Surnames where they are written with a capital letter or before a middle name.
const SURNAMES: [&str; 21] = [
    "trần", "tran", "lê", "le", "phan", "vũ", "vu", "võ", "vo", "đặng", "dang", "bùi", "bui", "đỗ", "do", "hồ", "ho", "ngô", "đinh", "cao",
    "hoang",
];
const MIDDLE_NAMES: [&str; 4] = ["thị", "thi", "văn", "van"];

fn phrase(typed: &[Token]) -> String {
    typed.iter().map(|token| token.exact.as_str()).collect::<Vec<_>>().join(" ")
}
