//! All names, found by what was typed without a walk over all of them.

use std::collections::{HashMap, HashSet};

use indexer::lexical::fold;

use super::near::{is_near, with_deletions};
use super::table::Table;
use super::text::{Token, words};
use super::unit::{Kind, kind_and_bare};

/// A unit by its place in the [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    New(usize),
    Old(usize),
    District(usize),
}

/// A name without its kind, and all that bear it.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// Its syllables.
    pub(super) exact: Vec<String>,
    pub(super) folded: Vec<String>,
    pub(super) targets: Vec<Target>,
    /// Of what kinds they are.
    pub(super) kinds: Vec<Kind>,
}

/// How well typed words fit a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// One slip of the finger away.
    Near,
    /// The letters fit, the diacritics or the blanks don't.
    Respelt,
    /// As written, but for diacritics that were left out.
    Exact,
}

/// All names of the table.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    /// By all syllables without diacritics and blanks.
    by_letters: HashMap<String, Vec<usize>>,
    /// The same with up to one letter left out.
    by_slip: HashMap<String, Vec<usize>>,
    /// Syllables of names: one of them was meant as it stands.
    syllables: HashSet<String>,
}

/// Fewer letters are near too many things.
const SHORTEST_NEAR: usize = 5;
/// "Giang Sơn Đông" and "Giang Sơn Tây" are both called "Giang Sơn".
const SIDES: [&str; 4] = ["đông", "tây", "nam", "bắc"];

impl Names {
    pub(super) fn new(table: &Table) -> Names {
        let mut names = Names::default();
        let new = table.communes.iter().enumerate().map(|(at, unit)| (&unit.name, Target::New(at)));
        let old = table.old_units.iter().enumerate().map(|(at, unit)| (&unit.name, Target::Old(at)));
        let districts = table.districts.iter().enumerate().map(|(at, unit)| (&unit.name, Target::District(at)));
        for (name, target) in new.chain(old).chain(districts) {
            let Some((kind, bare)) = kind_and_bare(name) else { continue };
            let exact = words(bare);
            if let ([stem @ .., side], Target::Old(_)) = (&exact[..], target)
                && stem.len() > 1
                && SIDES.contains(&side.as_str())
            {
                names.add(stem.to_vec(), target, kind);
            }
            names.add(exact, target, kind);
        }
        names
    }

    fn add(&mut self, exact: Vec<String>, target: Target, kind: Kind) {
        if let Some(known) = self.names.iter_mut().find(|name| name.exact == exact) {
            known.targets.push(target);
            known.kinds.push(kind);
            return;
        }
        let folded: Vec<String> = exact.iter().map(|word| fold(word)).collect();
        let (letters, at) = (letters(&folded), self.names.len());
        for key in HashSet::<String>::from_iter(with_deletions(&letters)) {
            self.by_slip.entry(key).or_default().push(at);
        }
        self.by_letters.entry(letters).or_default().push(at);
        self.syllables.extend(folded.iter().cloned());
        self.names.push(Name { exact, folded, targets: vec![target], kinds: vec![kind] });
    }

    pub(super) fn get(&self, at: usize) -> &Name {
        &self.names[at]
    }

    pub(super) fn all(&self) -> &[Name] {
        &self.names
    }

    /// The names that these words are, and how well they fit. `marked` says that the text has diacritics: a name as written
    /// then goes before one whose diacritics would have been left out.
    pub(super) fn spelt(&self, typed: &[Token], marked: bool) -> Option<(Fit, Vec<usize>)> {
        let letters = letters(typed.iter().map(|token| &token.folded));
        let known = self.by_letters.get(&letters)?;
        let matching = |fits: &dyn Fn(&Name) -> bool| known.iter().copied().filter(|at| fits(&self.names[*at])).collect::<Vec<_>>();
        let written = matching(&|name| marked && typed.iter().map(|token| &token.exact).eq(&name.exact));
        if !written.is_empty() {
            return Some((Fit::Exact, written));
        }
        let meant = matching(&|name| is_meant(typed, name));
        if !meant.is_empty() {
            return Some((Fit::Exact, meant));
        }
        let exact: String = typed.iter().map(|token| token.exact.as_str()).collect();
        let joined = matching(&|name| exact.is_ascii() || exact == name.exact.concat());
        Some((Fit::Respelt, if joined.is_empty() { known.clone() } else { joined }))
    }

    /// The one name that is one slip away, in all its spellings.
    pub(super) fn near(&self, typed: &[Token]) -> Option<Vec<usize>> {
        let letters = letters(typed.iter().map(|token| &token.folded));
        let is_meant_so = typed.iter().all(|token| self.syllables.contains(&token.folded));
        if letters.len() < SHORTEST_NEAR || is_meant_so {
            return None;
        }
        let keys = with_deletions(&letters);
        let found: HashSet<usize> = keys.iter().filter_map(|key| self.by_slip.get(key)).flatten().copied().collect();
        let mut near: Vec<usize> = found.into_iter().filter(|at| is_one_slip(typed, &letters, &self.names[*at])).collect();
        near.sort_unstable();
        let first = &self.names[*near.first()?].folded;
        near.iter().all(|at| self.names[*at].folded == *first).then_some(near)
    }
}

/// The letters of syllables in a row. A y that sounds as i is one wherever it stands: "kyson" and "kison" are the same, "nghi
/// thay" and "nghi thai" are not.
fn letters<'a>(syllables: impl IntoIterator<Item = &'a String>) -> String {
    let mut row = String::new();
    for letter in syllables.into_iter().flat_map(|syllable| syllable.chars()) {
        row.push(if letter == 'y' && !row.ends_with('a') { 'i' } else { letter });
    }
    row
}

/// One slip in one syllable, or in a name typed as one word; the other syllables are as written.
fn is_one_slip(typed: &[Token], typed_letters: &str, name: &Name) -> bool {
    if typed.len() == 1 {
        return is_near(typed_letters, &letters(&name.folded));
    }
    let words = name.exact.iter().zip(&name.folded);
    let mut slips = typed.iter().zip(words).filter(|(token, (exact, folded))| !token.means(exact, folded));
    let slip = slips.next().is_none_or(|(token, (_, folded))| is_near(&letters([&token.folded]), &letters([folded])));
    typed.len() == name.exact.len() && slip && slips.next().is_none()
}

fn is_meant(typed: &[Token], name: &Name) -> bool {
    let words = name.exact.iter().zip(&name.folded);
    typed.len() == name.exact.len() && typed.iter().zip(words).all(|(token, (exact, folded))| token.means(exact, folded))
}
