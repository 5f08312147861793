//! Paths to fields, as the checker writes them: `papers[0].items[1].name`.

use super::fields::{Field, GUIDE, Kind};
use super::value::{Row, Value};

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The steps; none where the text is no path.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        steps.push(Step::Key(key));
        while let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            steps.push(Step::Index(index.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

/// The field of a path; an item's path leads to its list's field.
pub(crate) fn field(path: &str) -> Option<&'static Field> {
    let (mut fields, mut found) = (GUIDE, None);
    for step in steps(path)? {
        let Step::Key(key) = step else { continue };
        let field = fields.iter().find(|field| field.key == key)?;
        fields = if let Kind::Rows(_, fields) = &field.kind { fields } else { &[] };
        found = Some(field);
    }
    found
}

/// What stands at a path.
pub(crate) fn value_mut<'a>(row: &'a mut Row, path: &str) -> Option<&'a mut Value> {
    let mut steps = steps(path)?.into_iter();
    let Some(Step::Key(first)) = steps.next() else { return None };
    let mut value = row.get_mut(first)?;
    for step in steps {
        value = match (step, value) {
            (Step::Key(key), Value::Row(row)) => row.get_mut(key)?,
            (Step::Index(index), Value::List(items)) => items.get_mut(index)?,
            _ => return None,
        };
    }
    Some(value)
}

/// A path to an item as its list's path and its place.
pub(crate) fn item(path: &str) -> Option<(&str, usize)> {
    let (list, index) = path.strip_suffix(']')?.rsplit_once('[')?;
    Some((list, index.parse().ok()?))
}

/// The path as an element's id.
pub(crate) fn element_id(path: &str) -> String {
    path.replace(['[', '.'], "-").replace(']', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_field_and_its_value() {
        assert_eq!(field("papers[0].items[1].name").map(|field| field.label), Some("Tên giấy tờ"));
        assert_eq!(field("steps[3]").map(|field| field.key), Some("steps"));
        assert!(field("fees[0].nothing").is_none() && field("fees[x]").is_none() && field("").is_none());
        assert_eq!(item("papers[0].items[12]"), Some(("papers[0].items", 12)));
        assert_eq!(element_id("papers[0].items[1].name"), "papers-0-items-1-name");
    }
}
