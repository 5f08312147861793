//! A guide as it is being written: words in every field, also where they are no guide yet.

use std::collections::BTreeMap;

use indexer::guide::Guide;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::fields::{Field, GUIDE, Kind};

/// The fields of a guide, or of one of its rows, by key.
pub(crate) type Row = BTreeMap<String, Value>;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// Words, a day, a key.
    Text(String),
    /// Items or rows.
    List(Vec<Value>),
    /// One row.
    Row(Row),
}

impl Value {
    /// Nothing yet.
    pub(crate) fn blank(kind: &Kind) -> Value {
        match kind {
            Kind::Lines | Kind::Items(_) | Kind::Rows(..) => Value::List(Vec::new()),
            Kind::Line | Kind::Text | Kind::Day | Kind::Choice(_) | Kind::Source => Value::Text(String::new()),
        }
    }

    /// One more of a list.
    pub(crate) fn blank_item(kind: &Kind) -> Value {
        match kind {
            Kind::Rows(_, fields) => Value::Row(fields.iter().map(|field| (field.key.to_owned(), Value::blank(&field.kind))).collect()),
            _ => Value::Text(String::new()),
        }
    }

    /// The words; empty for a list or a row.
    pub(crate) fn text(&self) -> &str {
        if let Value::Text(text) = self { text } else { "" }
    }

    /// The items; none for words.
    pub(crate) fn items(&self) -> &[Value] {
        if let Value::List(items) = self { items } else { &[] }
    }

    /// The row; none for words.
    pub(crate) fn row(&self) -> Option<&Row> {
        if let Value::Row(row) = self { Some(row) } else { None }
    }
}

/// The words of a field; empty where the row has none.
pub(crate) fn text<'a>(row: &'a Row, key: &str) -> &'a str {
    row.get(key).map_or("", Value::text)
}

/// The items of a field.
pub(crate) fn items<'a>(row: &'a Row, key: &str) -> &'a [Value] {
    row.get(key).map_or(&[], Value::items)
}

/// A guide with nothing in it but its closed sets' first keys.
pub(crate) fn blank_guide(title: &str) -> Row {
    let mut row = of_json(GUIDE, &Json::Null);
    let chosen = [("title", title), ("level", "commune"), ("review_status", "draft")];
    row.extend(chosen.map(|(key, text)| (key.to_owned(), Value::Text(text.to_owned()))));
    row
}

/// A guide's fields.
///
/// # Errors
/// Never for a guide that was read from a text.
pub(crate) fn of_guide(guide: &Guide) -> serde_json::Result<Row> {
    Ok(of_json(GUIDE, &serde_json::to_value(guide)?))
}

fn of_json(fields: &[Field], json: &Json) -> Row {
    let value = |field: &Field| (field.key.to_owned(), value_of_json(&field.kind, &json[field.key]));
    fields.iter().map(value).collect()
}

fn value_of_json(kind: &Kind, json: &Json) -> Value {
    let items = || json.as_array().into_iter().flatten();
    let words = |json: &Json| Value::Text(json.as_str().unwrap_or_default().to_owned());
    match kind {
        Kind::Rows(_, fields) => Value::List(items().map(|row| Value::Row(of_json(fields, row))).collect()),
        Kind::Lines | Kind::Items(_) => Value::List(items().map(words).collect()),
        Kind::Line | Kind::Text | Kind::Day | Kind::Choice(_) | Kind::Source => words(json),
    }
}

/// A field whose words can't be what it should hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unreadable {
    /// Its path, such as `fees[0].valid_to`.
    pub(crate) path: String,
    /// What is wrong.
    pub(crate) rule: &'static str,
    /// What to do about it.
    pub(crate) mend: &'static str,
}

/// The guide that the fields describe, and the fields that could not be read: days stand as today there, choices as
/// the first one, so that everything else can be checked.
///
/// # Errors
/// Never for fields of the guide's shape.
pub(crate) fn to_guide(id: &str, row: &Row, today: Date) -> serde_json::Result<(Guide, Vec<Unreadable>)> {
    let mut reader = Reader { today, unreadable: Vec::new() };
    let mut json = reader.row(GUIDE, row, "");
    json.insert("id".to_owned(), id.into());
    Ok((serde_json::from_value(Json::Object(json))?, reader.unreadable))
}

struct Reader {
    today: Date,
    unreadable: Vec<Unreadable>,
}

impl Reader {
    fn row(&mut self, fields: &[Field], row: &Row, prefix: &str) -> Map<String, Json> {
        let mut json = Map::new();
        for field in fields {
            let path = format!("{prefix}{}", field.key);
            let value = row.get(field.key).cloned().unwrap_or(Value::blank(&field.kind));
            if !(field.optional && value.text().is_empty()) {
                json.insert(field.key.to_owned(), self.value(&field.kind, &value, path));
            }
        }
        json
    }

    fn value(&mut self, kind: &Kind, value: &Value, path: String) -> Json {
        match kind {
            Kind::Rows(_, fields) => {
                let rows = value.items().iter().filter_map(Value::row).enumerate();
                rows.map(|(at, row)| Json::Object(self.row(fields, row, &format!("{path}[{at}].")))).collect()
            }
            Kind::Lines | Kind::Items(_) => value.items().iter().map(|item| Json::from(item.text())).collect(),
            Kind::Day => match value.text().parse::<Date>() {
                Ok(day) => day.to_string().into(),
                Err(_) => self.instead(path, self.today.to_string(), "chưa có ngày đúng", "chọn ngày, tháng, năm"),
            },
            Kind::Choice(choices) if choices.iter().all(|(key, _)| *key != value.text()) => {
                self.instead(path, choices[0].0.to_owned(), "chưa chọn", "chọn một trong danh sách")
            }
            Kind::Choice(_) | Kind::Source | Kind::Line | Kind::Text => value.text().into(),
        }
    }

    fn instead(&mut self, path: String, stand_in: String, rule: &'static str, mend: &'static str) -> Json {
        self.unreadable.push(Unreadable { path, rule, mend });
        stand_in.into()
    }
}
