//! What two states of a guide say differently, field by field.

use std::collections::HashSet;

use jiff::civil::Date;

use super::align::align;
use super::fields::{Field, GUIDE, Kind};
use super::value::{Row, Value};
use crate::language::{Language, t, vi};

/// One field, row or item that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where, as editors read it: "Lệ phí › mức lệ phí 2 › Mức thu".
    pub(crate) label: String,
    /// What stood there; none where it is new.
    pub(crate) before: Option<String>,
    /// What stands there; none where it is gone.
    pub(crate) after: Option<String>,
}

/// Everything that differs, in the order of the form, told in this language.
pub(crate) fn differences(language: Language, before: &Row, after: &Row) -> Vec<Difference> {
    let mut found = Vec::new();
    compare_rows(language, GUIDE, before, after, "", &mut found);
    found
}

fn compare_rows(language: Language, fields: &[Field], before: &Row, after: &Row, label: &str, found: &mut Vec<Difference>) {
    for field in fields {
        let blank = Value::blank(&field.kind);
        let of = |row: &Row| row.get(field.key).cloned().unwrap_or_else(|| blank.clone());
        compare(language, &field.kind, &of(before), &of(after), &below(label, t(language, field.label)), found);
    }
}

fn compare(language: Language, kind: &Kind, before: &Value, after: &Value, label: &str, found: &mut Vec<Difference>) {
    match kind {
        _ if before == after => {}
        Kind::Lines | Kind::Items(_) | Kind::Rows(..) => compare_lists(language, kind, before.items(), after.items(), label, found),
        _ => {
            let told = |value: &Value| Some(shown(language, kind, value)).filter(|words| !words.is_empty());
            found.push(Difference { label: label.to_owned(), before: told(before), after: told(after) });
        }
    }
}

fn compare_lists(language: Language, kind: &Kind, before: &[Value], after: &[Value], label: &str, found: &mut Vec<Difference>) {
    let pairs = align(before, after);
    let kept: HashSet<usize> = pairs.iter().flatten().copied().collect();
    for (at, row) in before.iter().enumerate().filter(|(at, _)| !kept.contains(at)) {
        let label = below(label, &numbered(language, kind, at));
        found.push(Difference { label, before: Some(shown_item(language, kind, row)), after: None });
    }
    for (at, (row, from)) in after.iter().zip(&pairs).enumerate() {
        let label = below(label, &numbered(language, kind, at));
        match (from.map(|from| &before[from]), kind) {
            (None, _) => found.push(Difference { label, before: None, after: Some(shown_item(language, kind, row)) }),
            (Some(Value::Row(before)), Kind::Rows(_, fields)) => {
                if let Some(row) = row.row() {
                    compare_rows(language, fields, before, row, &label, found);
                }
            }
            (Some(before), _) => compare(language, &Kind::Text, before, row, &label, found),
        }
    }
}

/// A row or item as editors call it: "mức lệ phí 2".
pub(super) fn numbered(language: Language, kind: &Kind, at: usize) -> String {
    let one = if let Kind::Items(one) | Kind::Rows(one, _) = kind { one } else { vi("dòng") };
    format!("{} {}", t(language, one), at + 1)
}

pub(super) fn below(label: &str, part: &str) -> String {
    if label.is_empty() { part.to_owned() } else { format!("{label} › {part}") }
}

/// An item of a list of this kind as editors read it.
pub(super) fn shown_item(language: Language, kind: &Kind, item: &Value) -> String {
    match (kind, item) {
        (Kind::Rows(_, fields), Value::Row(row)) => {
            let line = |field: &Field| {
                let words = shown(language, &field.kind, row.get(field.key)?);
                (!words.is_empty()).then(|| format!("{}: {words}", t(language, field.label)))
            };
            fields.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
        _ => item.text().to_owned(),
    }
}

/// What a field holds as editors read it.
pub(super) fn shown(language: Language, kind: &Kind, value: &Value) -> String {
    let text = value.text();
    match kind {
        Kind::Choice(choices) => choices.iter().find(|(key, _)| *key == text).map_or(text, |(_, label)| t(language, label)).to_owned(),
        Kind::Day => text.parse::<Date>().map_or(text.to_owned(), |day| language.date(day)),
        Kind::Line | Kind::Text | Kind::Source => text.to_owned(),
        Kind::Lines | Kind::Items(_) | Kind::Rows(..) => {
            value.items().iter().map(|item| shown_item(language, kind, item)).collect::<Vec<_>>().join("\n")
        }
    }
}
