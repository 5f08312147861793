//! The line of a field in a guide's file.

use saphyr::{LoadableYamlNode, MarkedYaml, YamlData};

use crate::guide;

/// The line, counted from 1, of a path such as `fees[0].source`; of its nearest ancestor when the key is absent.
/// `sections[n]` stands for the n-th heading of the body.
pub(super) fn line(text: &str, field: &str) -> usize {
    if let Some(rest) = field.strip_prefix("sections[") {
        let number = rest.trim_end_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or(0);
        return heading_line(text, number);
    }
    let Ok((front_matter, _)) = guide::split(text) else { return 1 };
    let Ok(documents) = MarkedYaml::load_from_str(front_matter) else { return 1 };
    let Some(root) = documents.first() else { return 1 };
    let mut place = (root, 1);
    for step in field.split(['.', '[']) {
        match descend(place.0, step.trim_end_matches(']')) {
            Some(found) => place = found,
            None => break,
        }
    }
    place.1
}

/// The child under a key or at an index, and the line where it begins (the key's own line).
fn descend<'a, 'b>(node: &'a MarkedYaml<'b>, step: &str) -> Option<(&'a MarkedYaml<'b>, usize)> {
    match &node.data {
        YamlData::Mapping(pairs) => {
            let (key, value) = pairs.iter().find(|(key, _)| key.data.as_str() == Some(step))?;
            Some((value, key.span.start.line()))
        }
        YamlData::Sequence(items) => {
            let item = items.get(step.parse::<usize>().ok()?)?;
            Some((item, item.span.start.line()))
        }
        _ => None,
    }
}

/// The line of the body's n-th section with text, headings counted as the guide's parser does.
fn heading_line(text: &str, number: usize) -> usize {
    let Ok((front_matter, body)) = guide::split(text) else { return 1 };
    let first = front_matter.lines().count() + 2;
    let mut starts = vec![(0, false)];
    for (at, line) in body.lines().enumerate() {
        if line.starts_with("## ") {
            starts.push((at, false));
        } else if let (Some(section), false) = (starts.last_mut(), line.trim().is_empty()) {
            section.1 = true;
        }
    }
    let mut with_text = starts.into_iter().filter(|(_, has_text)| *has_text);
    with_text.nth(number).map_or(first, |(at, _)| first + at)
}
