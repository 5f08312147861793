//! Two editors who began with the same revision: what each of them changed, brought together.
//!
//! A field that only one of them changed is taken from that one. A field that both changed differently is a conflict,
//! which a person settles; until then the merged guide keeps what would be lost otherwise.

use super::align::align;
use super::differences::{below, numbered, shown, shown_item};
use super::fields::{Field, GUIDE, Kind};
use super::path;
use super::value::{Row, Value};
use crate::language::{Language, t};

/// Both together.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    /// The fields; yours where there is a conflict, and a row that one has removed and the other changed.
    pub(crate) fields: Row,
    /// What a person has to settle.
    pub(crate) conflicts: Vec<Conflict>,
}

/// A field, item or row that both changed.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    /// Where, in the merged guide.
    pub(crate) path: String,
    /// Where, as editors read it.
    pub(crate) label: String,
    /// Whether it can be settled in other words: not a whole row, a day or a choice.
    pub(crate) is_words: bool,
    /// What both began with, as editors read it.
    pub(crate) base: String,
    /// What the published revision holds; none where the row is removed there.
    pub(crate) theirs: Option<Side>,
    /// What the draft holds; none where the row is removed there.
    pub(crate) yours: Option<Side>,
}

/// What one of them wrote.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    value: Value,
    /// As editors read it.
    pub(crate) shown: String,
}

/// How a conflict is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// As the published revision has it.
    Theirs,
    /// As the draft has it.
    Yours,
    /// In other words.
    Own(String),
}

impl Conflict {
    /// The words to begin with when it is settled in other words.
    pub(crate) fn own_words(&self) -> String {
        self.yours.as_ref().map(|side| side.value.text().to_owned()).unwrap_or_default()
    }
}

impl Merged {
    /// Settles the conflicts, one resolution each, in order.
    pub(crate) fn settle(mut self, resolutions: &[Resolution]) -> Row {
        // Rows go from the end, so that the paths of those before stay right.
        for (conflict, resolution) in self.conflicts.iter().zip(resolutions).rev() {
            let chosen = match resolution {
                Resolution::Theirs => conflict.theirs.as_ref().map(|side| side.value.clone()),
                Resolution::Yours => conflict.yours.as_ref().map(|side| side.value.clone()),
                Resolution::Own(words) => Some(Value::Text(words.clone())),
            };
            match chosen {
                Some(value) => {
                    if let Some(place) = path::value_mut(&mut self.fields, &conflict.path) {
                        *place = value;
                    }
                }
                None => remove(&mut self.fields, &conflict.path),
            }
        }
        self.fields
    }
}

fn remove(fields: &mut Row, item: &str) {
    let Some((list, at)) = path::item(item) else { return };
    if let Some(Value::List(items)) = path::value_mut(fields, list)
        && at < items.len()
    {
        items.remove(at);
    }
}

/// Merges what the published revision (`theirs`) and the draft (`yours`) made of `base`; conflicts are told in this language.
pub(crate) fn merge(language: Language, base: &Row, theirs: &Row, yours: &Row) -> Merged {
    let mut conflicts = Vec::new();
    let fields = merge_rows(language, GUIDE, [base, theirs, yours], "", "", &mut conflicts);
    Merged { fields, conflicts }
}

fn merge_rows(language: Language, fields: &[Field], three: [&Row; 3], path: &str, label: &str, conflicts: &mut Vec<Conflict>) -> Row {
    let mut merged = Row::new();
    for field in fields {
        let blank = Value::blank(&field.kind);
        let [base, theirs, yours] = three.map(|row| row.get(field.key).unwrap_or(&blank));
        let path = if path.is_empty() { field.key.to_owned() } else { format!("{path}.{}", field.key) };
        let value = merge_values(language, &field.kind, [base, theirs, yours], &path, &below(label, t(language, field.label)), conflicts);
        merged.insert(field.key.to_owned(), value);
    }
    merged
}

fn merge_values(
    language: Language,
    kind: &Kind,
    [base, theirs, yours]: [&Value; 3],
    path: &str,
    label: &str,
    conflicts: &mut Vec<Conflict>,
) -> Value {
    if theirs == base || theirs == yours {
        return yours.clone();
    }
    if yours == base {
        return theirs.clone();
    }
    if matches!(kind, Kind::Lines | Kind::Items(_) | Kind::Rows(..)) {
        return Value::List(merge_lists(language, kind, [base.items(), theirs.items(), yours.items()], path, label, conflicts));
    }
    let side = |value: &Value| Some(Side { value: value.clone(), shown: shown(language, kind, value) });
    conflicts.push(Conflict {
        path: path.to_owned(),
        label: label.to_owned(),
        is_words: matches!(kind, Kind::Line | Kind::Text),
        base: shown(language, kind, base),
        theirs: side(theirs),
        yours: side(yours),
    });
    yours.clone()
}

fn merge_lists(
    language: Language,
    kind: &Kind,
    [base, theirs, yours]: [&[Value]; 3],
    path: &str,
    label: &str,
    conflicts: &mut Vec<Conflict>,
) -> Vec<Value> {
    let (their_pairs, your_pairs) = (align(base, theirs), align(base, yours));
    let mut merged: Vec<Value> = Vec::new();
    for place in 0..=base.len() {
        let new: Vec<&Value> = added(theirs, &their_pairs, place);
        merged.extend(new.iter().map(|row| (*row).clone()));
        merged.extend(added(yours, &your_pairs, place).into_iter().filter(|row| !new.contains(row)).cloned());
        let Some(row) = base.get(place) else { break };
        let became =
            |rows: &[Value], pairs: &[Option<usize>]| pairs.iter().position(|from| *from == Some(place)).map(|at| rows[at].clone());
        let (their, your) = (became(theirs, &their_pairs), became(yours, &your_pairs));
        let (path, label) = (format!("{path}[{}]", merged.len()), below(label, &numbered(language, kind, merged.len())));
        match (&their, &your) {
            (Some(their), Some(your)) => merged.push(merge_items(language, kind, [row, their, your], &path, &label, conflicts)),
            (Some(changed), None) | (None, Some(changed)) if changed != row => {
                merged.push(changed.clone());
                let side = |value: &Value| Side { value: value.clone(), shown: shown_item(language, kind, value) };
                let (theirs, yours) = (their.as_ref().map(side), your.as_ref().map(side));
                conflicts.push(Conflict { path, label, is_words: false, base: shown_item(language, kind, row), theirs, yours });
            }
            _ => {}
        }
    }
    merged
}

fn merge_items(language: Language, kind: &Kind, three: [&Value; 3], path: &str, label: &str, conflicts: &mut Vec<Conflict>) -> Value {
    if let (Kind::Rows(_, fields), [Value::Row(base), Value::Row(theirs), Value::Row(yours)]) = (kind, three) {
        return Value::Row(merge_rows(language, fields, [base, theirs, yours], path, label, conflicts));
    }
    merge_values(language, &Kind::Text, three, path, label, conflicts)
}

/// The rows of one side that are new and stand before the base's row number `place`.
fn added<'a>(rows: &'a [Value], pairs: &[Option<usize>], place: usize) -> Vec<&'a Value> {
    let mut next = 0;
    let mut found = Vec::new();
    for (row, from) in rows.iter().zip(pairs) {
        match from {
            Some(from) => next = from + 1,
            None if next == place => found.push(row),
            None => {}
        }
    }
    found
}
