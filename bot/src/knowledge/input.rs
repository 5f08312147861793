//! What a form of the editor sends: fields by their paths, and what to do with the rows.

use std::collections::{BTreeSet, HashMap};

use super::fields::{Field, GUIDE, Kind};
use super::path;
use super::value::{self, Row, Value};
use crate::router::form::readable;

/// What a button of the form does besides saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Nothing.
    Save,
    /// One more row or item of the list at this path.
    Add(String),
    /// Takes the row or item at this path away.
    Remove(String),
    /// Moves it before the one above.
    Up(String),
    /// Moves it behind the one below.
    Down(String),
}

impl Operation {
    /// As the button's value says it: `add:fees`, `remove:fees[0]`; saving for anything else.
    pub(crate) fn parse(value: &str) -> Operation {
        let operation: fn(String) -> Operation = match value.split_once(':') {
            Some(("add", _)) => Operation::Add,
            Some(("remove", _)) => Operation::Remove,
            Some(("up", _)) => Operation::Up,
            Some(("down", _)) => Operation::Down,
            _ => return Operation::Save,
        };
        operation(value.split_once(':').map_or("", |(_, path)| path).to_owned())
    }

    /// Does it; gives the path of what should be looked at afterwards.
    pub(crate) fn apply(&self, row: &mut Row) -> Option<String> {
        match self {
            Operation::Save => None,
            Operation::Add(list) => add(row, list),
            Operation::Remove(item) => {
                let (items, at, list) = items_mut(row, item)?;
                items.remove(at);
                Some(list.to_owned())
            }
            Operation::Up(item) => swap(row, item, |at| at.checked_sub(1)),
            Operation::Down(item) => swap(row, item, |at| Some(at + 1)),
        }
    }
}

fn add(row: &mut Row, list: &str) -> Option<String> {
    let kind = &path::field(list)?.kind;
    let mut item = Value::blank_item(kind);
    // Most rows come from the first source.
    let first = value::items(row, "sources").first().and_then(Value::row).map(|source| value::text(source, "id").to_owned());
    if let (Kind::Rows(_, fields), Value::Row(new), Some(first)) = (kind, &mut item, first)
        && fields.iter().any(|field| matches!(field.kind, Kind::Source) && !field.optional)
    {
        new.insert("source".to_owned(), Value::Text(first));
    }
    let Value::List(items) = path::value_mut(row, list)? else { return None };
    items.push(item);
    Some(format!("{list}[{}]", items.len() - 1))
}

fn swap(row: &mut Row, item: &str, other: impl Fn(usize) -> Option<usize>) -> Option<String> {
    let (items, at, list) = items_mut(row, item)?;
    let other = other(at).filter(|other| *other < items.len())?;
    items.swap(at, other);
    Some(format!("{list}[{other}]"))
}

fn items_mut<'a, 'b>(row: &'a mut Row, item: &'b str) -> Option<(&'a mut Vec<Value>, usize, &'b str)> {
    let (list, at) = path::item(item)?;
    let Value::List(items) = path::value_mut(row, list)? else { return None };
    (at < items.len()).then_some((items, at, list))
}

/// The fields of a form, by the names of its controls.
pub(crate) fn read(pairs: &[(String, String)]) -> Row {
    let pairs: HashMap<&str, &str> = pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    read_row(GUIDE, &pairs, "")
}

fn read_row(fields: &[Field], pairs: &HashMap<&str, &str>, prefix: &str) -> Row {
    let value = |field: &Field| (field.key.to_owned(), read_value(&field.kind, pairs, &format!("{prefix}{}", field.key)));
    fields.iter().map(value).collect()
}

fn read_value(kind: &Kind, pairs: &HashMap<&str, &str>, path: &str) -> Value {
    let text = |path: &str| readable(pairs.get(path).copied().unwrap_or_default());
    match kind {
        Kind::Line | Kind::Day | Kind::Choice(_) | Kind::Source => Value::Text(text(path).replace(['\n', '\t'], " ")),
        Kind::Text => Value::Text(lines(&text(path)).join("\n")),
        Kind::Lines => Value::List(lines(&text(path)).iter().map(|line| line.trim()).filter(|line| !line.is_empty()).map(words).collect()),
        Kind::Items(_) => {
            Value::List(indexes(pairs, path).iter().map(|at| words(&lines(&text(&format!("{path}[{at}]"))).join("\n"))).collect())
        }
        Kind::Rows(_, fields) => {
            let rows = indexes(pairs, path).into_iter();
            Value::List(rows.map(|at| Value::Row(read_row(fields, pairs, &format!("{path}[{at}].")))).collect())
        }
    }
}

fn words(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A guide's file keeps no blanks at the ends of lines.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

/// The numbers of the rows that were sent of this list.
fn indexes(pairs: &HashMap<&str, &str>, path: &str) -> BTreeSet<usize> {
    let number = |name: &&str| name.strip_prefix(path)?.strip_prefix('[')?.split_once(']')?.0.parse().ok();
    pairs.keys().filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn rows_are_read_by_their_numbers_and_gaps_close() {
        let sent = pairs(&[
            ("fees[7].amount", "2 đồng"),
            ("fees[3].amount", " 1 đồng\r\n"),
            ("papers[0].items[0].name", "Tờ khai\r\n  mẫu 1  "),
            ("steps[1]", "hai"),
            ("other_names", "a\r\n\r\n b "),
        ]);
        let row = read(&sent);
        let fees: Vec<&str> = value::items(&row, "fees").iter().filter_map(Value::row).map(|fee| value::text(fee, "amount")).collect();
        assert_eq!(fees, ["1 đồng", "2 đồng"]);
        let names: Vec<&str> = value::items(&row, "other_names").iter().map(Value::text).collect();
        assert_eq!(names, ["a", "b"]);
        let papers = value::items(&row, "papers")[0].row().map(|case| value::items(case, "items").to_vec()).unwrap_or_default();
        assert_eq!(papers[0].row().map(|paper| value::text(paper, "name")), Some("Tờ khai\n  mẫu 1"));
    }

    #[test]
    fn buttons_add_move_and_remove_rows() {
        let mut row = read(&pairs(&[("sources[0].id", "cong"), ("steps[0]", "một"), ("steps[1]", "hai")]));
        let mut press = |button: &str| Operation::parse(button).apply(&mut row);
        assert_eq!(press("add:fees").as_deref(), Some("fees[0]"));
        assert_eq!(press("down:steps[0]").as_deref(), Some("steps[1]"));
        assert_eq!(press("up:steps[0]"), None);
        assert_eq!(press("down:steps[1]"), None);
        assert_eq!(press("remove:steps[1]").as_deref(), Some("steps"));
        for nonsense in ["remove:steps[9]", "add:title", "add:nothing", "remove:fees", "up:fees[x]", "dance"] {
            assert_eq!(press(nonsense), None, "{nonsense}");
        }
        let steps: Vec<&str> = value::items(&row, "steps").iter().map(Value::text).collect();
        assert_eq!(steps, ["hai"]);
        let fee = value::items(&row, "fees")[0].row().map(|fee| value::text(fee, "source"));
        assert_eq!(fee, Some("cong"), "the first source is proposed");
    }
}
