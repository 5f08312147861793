//! Every text of a guide that a citizen may read, with its path.

use crate::guide::Guide;

/// Paths and texts, in the guide's order.
pub(super) fn all(guide: &Guide) -> Vec<(String, &str)> {
    let mut texts = header(guide);
    texts.extend(rows(guide));
    texts.extend(papers(guide));
    texts.extend(list("other_names", &guide.other_names));
    texts.extend(list("steps", &guide.steps));
    texts.extend(list("conditions", &guide.conditions));
    for (at, source) in guide.sources.iter().enumerate() {
        texts.push((format!("sources[{at}].id"), &source.id));
        texts.push((format!("sources[{at}].title"), &source.title));
    }
    for (at, section) in guide.sections.iter().enumerate() {
        texts.push((format!("sections[{at}]"), &section.text));
    }
    texts
}

fn header(guide: &Guide) -> Vec<(String, &str)> {
    let mut texts = vec![
        ("title".to_owned(), guide.title.as_str()),
        ("field".to_owned(), &guide.field),
        ("summary".to_owned(), &guide.summary),
        ("receiving_body".to_owned(), &guide.receiving_body),
    ];
    texts.extend(guide.audience.iter().map(|text| ("audience".to_owned(), text.as_str())));
    texts.extend(guide.result.iter().map(|text| ("result".to_owned(), text.as_str())));
    for (at, channel) in guide.channels.iter().enumerate() {
        texts.push((format!("channels[{at}].place"), &channel.place));
        texts.extend(channel.hours.iter().map(|hours| (format!("channels[{at}].hours"), hours.as_str())));
    }
    texts
}

fn rows(guide: &Guide) -> Vec<(String, &str)> {
    let mut texts = Vec::new();
    for (at, row) in guide.fees.iter().enumerate() {
        texts.push((format!("fees[{at}].case"), row.case.as_str()));
        texts.push((format!("fees[{at}].amount"), &row.amount));
    }
    for (at, row) in guide.times.iter().enumerate() {
        texts.push((format!("times[{at}].case"), &row.case));
        texts.push((format!("times[{at}].duration"), &row.duration));
    }
    for (at, row) in guide.legal_basis.iter().enumerate() {
        texts.push((format!("legal_basis[{at}].number"), &row.number));
        texts.push((format!("legal_basis[{at}].title"), &row.title));
    }
    texts
}

fn papers(guide: &Guide) -> Vec<(String, &str)> {
    let mut texts = Vec::new();
    for (at, case) in guide.papers.iter().enumerate() {
        texts.push((format!("papers[{at}].case"), case.case.as_str()));
        for (number, paper) in case.items.iter().enumerate() {
            let path = format!("papers[{at}].items[{number}]");
            texts.push((format!("{path}.name"), &paper.name));
            texts.extend(paper.copies.iter().map(|copies| (format!("{path}.copies"), copies.as_str())));
            texts.extend(paper.note.iter().map(|note| (format!("{path}.note"), note.as_str())));
        }
    }
    texts
}

fn list<'a>(field: &str, texts: &'a [String]) -> Vec<(String, &'a str)> {
    texts.iter().enumerate().map(|(at, text)| (format!("{field}[{at}]"), text.as_str())).collect()
}
