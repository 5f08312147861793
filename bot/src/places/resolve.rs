//! Which of the units of a name is meant.

use super::Places;
use super::era::Era;
use super::found::{Choice, Found};
use super::names::Target;
use super::unit::{Kind, UnitKey, same_bare};

/// What a text says of a place.
pub(super) struct Said<'a> {
    /// All that bear the name.
    pub(super) targets: &'a [Target],
    pub(super) kind: Option<Kind>,
    pub(super) era: Option<Era>,
    /// The districts that it is said to lie in.
    pub(super) districts: Vec<Target>,
}

/// What the words mean once kind, district and age have decided what they can.
pub(super) fn resolve<'a>(places: &'a Places, said: &Said) -> Found<'a> {
    let mut left = said.targets.to_vec();
    by_kind(places, said.kind, &mut left);
    by_district(places, &said.districts, &mut left);
    match said.era {
        Some(Era::Before) => keep(&mut left, |target| !matches!(target, Target::New(_))),
        Some(Era::After) => keep(&mut left, |target| matches!(target, Target::New(_))),
        None => {}
    }
    drop_covered(places, said.era, &mut left);
    left.sort();
    let choices: Vec<Choice> = left.iter().map(|target| places.choice(*target)).collect();
    match choices[..] {
        [] => Found::Nothing,
        [one] => one.into(),
        _ => one_commune(places, &choices).unwrap_or(Found::Several(choices)),
    }
}

/// Keeps those that fit, or all where none does: people mistake what they add to a name.
fn keep(targets: &mut Vec<Target>, fits: impl Fn(&Target) -> bool) {
    if targets.iter().any(&fits) {
        targets.retain(fits);
    }
}

fn by_kind(places: &Places, kind: Option<Kind>, left: &mut Vec<Target>) {
    let Some(kind) = kind else { return };
    if kind != Kind::District {
        keep(left, |target| !matches!(target, Target::District(_)));
    }
    keep(left, |target| places.kind(*target) == kind);
}

/// Whoever names a district means a former address: beside a former unit in it, a commune of the same name that isn't its
/// successor goes.
fn by_district(places: &Places, districts: &[Target], left: &mut Vec<Target>) {
    let lies_inside = |target: &Target| districts.iter().any(|district| places.is_inside(*target, *district));
    if !left.iter().any(lies_inside) {
        return;
    }
    left.retain(lies_inside);
    let old: Vec<UnitKey> =
        left.iter().filter(|target| matches!(target, Target::Old(_))).filter_map(|target| places.commune_key(*target)).collect();
    left.retain(|target| match target {
        Target::New(_) => old.is_empty() || places.commune_key(*target).is_some_and(|key| old.contains(&key)),
        _ => true,
    });
}

/// Drops what another choice says as well: a former unit whose commune has its name, and what lies in a district of that name.
fn drop_covered(places: &Places, era: Option<Era>, left: &mut Vec<Target>) {
    let all = left.clone();
    let is_successor = |new: &Target, old: &Target| {
        let same = || same_bare(places.choice(*new).name(), places.choice(*old).name());
        matches!((new, old), (Target::New(_), Target::Old(_))) && places.commune_key(*new) == places.commune_key(*old) && same()
    };
    let has_whole = |district: &Target, unit: &Target| {
        let Target::District(at) = district else { return false };
        let communes = &places.districts()[*at].communes;
        communes.len() > 1 && places.commune_key(*unit).is_some_and(|key| communes.contains(&key))
    };
    let is_all_of = |new: &Target, district: &Target| match district {
        Target::District(at) => places.commune_key(*new).is_some_and(|key| places.districts()[*at].communes == [key]),
        _ => false,
    };
    let covers = |other: &Target, one: &Target| {
        (era != Some(Era::Before) && (is_successor(other, one) || is_all_of(other, one))) || has_whole(other, one)
    };
    left.retain(|one| !all.iter().any(|other| covers(other, one)));
}

/// Where all choices lead to one commune there is nothing to ask.
fn one_commune<'a>(places: &'a Places, choices: &[Choice<'a>]) -> Option<Found<'a>> {
    let key = |choice: &Choice| match choice {
        Choice::New(commune) => Some(commune.key),
        Choice::Old(unit) => Some(unit.new),
        Choice::District(_) => None,
    };
    let first = key(choices.first()?)?;
    choices.iter().all(|choice| key(choice) == Some(first)).then(|| places.commune(first).map(Found::New)).flatten()
}
