//! From a guide back to its file's text.
//!
//! A field that says what it said before keeps its lines as they are, comments and line ends included; only what has
//! changed is written anew.

use jiff::civil::Date;

use super::yaml::{Yaml, entry};
use super::{BodySection, Channel, FeeRow, Guide, LegalRow, Paper, PaperCase, ReviewStatus, Source, Submission, TimeRow, parse, split};

/// A key of the front matter and its value.
type Key = (&'static str, fn(&Guide) -> Yaml);

/// The keys in order.
const KEYS: [Key; 23] = [
    ("id", |guide| text(&guide.id)),
    ("title", |guide| text(&guide.title)),
    ("other_names", |guide| texts(&guide.other_names)),
    ("codes", |guide| words(&guide.codes)),
    ("field", |guide| text(&guide.field)),
    ("level", |guide| Yaml::Plain(guide.level.key().to_owned())),
    ("audience", |guide| optional(guide.audience.as_deref())),
    ("summary", |guide| text(&guide.summary)),
    ("receiving_body", |guide| text(&guide.receiving_body)),
    ("channels", |guide| rows(&guide.channels, channel)),
    ("fees", |guide| rows(&guide.fees, fee)),
    ("times", |guide| rows(&guide.times, time)),
    ("papers", |guide| rows(&guide.papers, papers)),
    ("steps", |guide| texts(&guide.steps)),
    ("conditions", |guide| texts(&guide.conditions)),
    ("result", |guide| optional(guide.result.as_deref())),
    ("legal_basis", |guide| rows(&guide.legal_basis, law)),
    ("online_url", |guide| optional(guide.online_url.as_deref())),
    ("sources", |guide| Yaml::List(guide.sources.iter().map(source).collect())),
    ("checked_on", |guide| day(guide.checked_on)),
    ("review_by", |guide| day(guide.review_by)),
    ("review_status", |guide| Yaml::Plain(status(guide.review_status).to_owned())),
    ("related", |guide| words(&guide.related)),
];

/// A file of its own.
pub(super) fn write(guide: &Guide) -> String {
    let front_matter: String = KEYS.iter().map(|(key, value)| entry(key, &value(guide))).collect();
    format!("---\n{front_matter}---\n{}", body(&guide.sections))
}

/// The file `text` with what `guide` says differently; [`write`] where its lines can't be told apart.
pub(super) fn write_over(guide: &Guide, text: &str) -> String {
    let patched = patch(guide, text).filter(|patched| parse::parse(patched).as_ref() == Ok(guide));
    patched.unwrap_or_else(|| write(guide))
}

fn patch(guide: &Guide, text: &str) -> Option<String> {
    let before = parse::parse(text).ok()?;
    let (front_matter, old_body) = split(text).ok()?;
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let fence = &text[start + front_matter.len()..text.len() - old_body.len()];
    let is_windows = front_matter.contains("\r\n");
    let fresh = |written: String| if is_windows { written.replace('\n', "\r\n") } else { written };
    let (preamble, mut blocks) = blocks(front_matter);
    for (key, value) in KEYS {
        let (old, new) = (entry(key, &value(&before)), entry(key, &value(guide)));
        if old == new {
            continue;
        }
        match blocks.iter_mut().find(|block| block.key == key) {
            Some(block) => block.lines = as_before(&block.lines, &fresh(old), &fresh(new)),
            None => insert(&mut blocks, Block { key: key.to_owned(), lead: String::new(), lines: fresh(new) }),
        }
    }
    let body = if before.sections == guide.sections { old_body.to_owned() } else { fresh(body(&guide.sections)) };
    let blocks: String = blocks.into_iter().map(|block| block.lead + &block.lines).collect();
    Some([&text[..start], preamble, &blocks, fence, &body].concat())
}

/// One key's lines.
struct Block {
    key: String,
    /// Blank lines and comments above it, which stay when it changes.
    lead: String,
    lines: String,
}

/// The front matter's opening lines, and then its keys with their lines.
fn blocks(front_matter: &str) -> (&str, Vec<Block>) {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut preamble, mut lead) = (0, String::new());
    for line in front_matter.split_inclusive('\n') {
        if let Some(key) = key_of(line) {
            blocks.push(Block { key: key.to_owned(), lead: std::mem::take(&mut lead), lines: line.to_owned() });
        } else if let Some(block) = blocks.last_mut() {
            if line.starts_with('#') || line.trim().is_empty() {
                lead.push_str(line);
            } else {
                block.lines.push_str(&std::mem::take(&mut lead));
                block.lines.push_str(line);
            }
        } else {
            preamble += line.len();
        }
    }
    if let Some(block) = blocks.last_mut() {
        block.lines.push_str(&lead);
    }
    (&front_matter[..preamble], blocks)
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(':')?;
    KEYS.iter().any(|(known, _)| *known == key).then_some(key)
}

/// The lines of `new`, but those that we would have written before too as they really stood there: their author may have
/// quoted otherwise.
fn as_before(stood: &str, old: &str, new: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (stood, old): (Vec<&str>, Vec<&str>) = (stood.split_inclusive('\n').collect(), old.split_inclusive('\n').collect());
    let is_alike = stood.len() == old.len() && stood.iter().zip(&old).all(|(stood, old)| indent(stood) == indent(old));
    let before = |line| old.iter().position(|old| *old == line).filter(|_| is_alike);
    new.split_inclusive('\n').map(|line| before(line).map_or(line, |at| stood[at])).collect()
}

/// Puts a new key behind the nearest one that it usually follows.
fn insert(blocks: &mut Vec<Block>, block: Block) {
    let place = |key: &str| KEYS.iter().position(|(known, _)| *known == key);
    let before = |other: &Block| place(&other.key) < place(&block.key);
    let at = blocks.iter().rposition(before).map_or(0, |at| at + 1);
    blocks.insert(at, block);
}

fn body(sections: &[BodySection]) -> String {
    let section = |(at, section): (usize, &BodySection)| match (at, section.heading.as_str()) {
        (0, "") => format!("\n{}\n", section.text),
        (_, heading) => format!("\n## {heading}\n\n{}\n", section.text),
    };
    sections.iter().enumerate().map(section).collect()
}

fn text(words: &str) -> Yaml {
    Yaml::Text(words.to_owned())
}

fn optional(words: Option<&str>) -> Yaml {
    words.map_or(Yaml::Absent, text)
}

fn texts(items: &[String]) -> Yaml {
    if items.is_empty() { Yaml::Absent } else { Yaml::List(items.iter().map(|item| text(item)).collect()) }
}

fn words(items: &[String]) -> Yaml {
    if items.is_empty() { Yaml::Absent } else { Yaml::Words(items.to_vec()) }
}

fn rows<T>(rows: &[T], row: fn(&T) -> Yaml) -> Yaml {
    if rows.is_empty() { Yaml::Absent } else { Yaml::List(rows.iter().map(row).collect()) }
}

fn day(date: Date) -> Yaml {
    Yaml::Plain(date.to_string())
}

fn optional_day(date: Option<Date>) -> Yaml {
    date.map_or(Yaml::Absent, day)
}

fn way(channel: Option<Submission>) -> Yaml {
    channel.map_or(Yaml::Absent, |channel| Yaml::Plain(channel.key().to_owned()))
}

fn status(status: ReviewStatus) -> &'static str {
    match status {
        ReviewStatus::Draft => "draft",
        ReviewStatus::Reviewed => "reviewed",
    }
}

fn channel(channel: &Channel) -> Yaml {
    Yaml::Row(vec![("kind", way(Some(channel.kind))), ("place", text(&channel.place)), ("hours", optional(channel.hours.as_deref()))])
}

fn fee(row: &FeeRow) -> Yaml {
    Yaml::Row(vec![
        ("case", text(&row.case)),
        ("amount", text(&row.amount)),
        ("channel", way(row.channel)),
        ("source", text(&row.source)),
        ("valid_from", optional_day(row.valid_from)),
        ("valid_to", optional_day(row.valid_to)),
    ])
}

fn time(row: &TimeRow) -> Yaml {
    Yaml::Row(vec![
        ("case", text(&row.case)),
        ("duration", text(&row.duration)),
        ("channel", way(row.channel)),
        ("source", text(&row.source)),
        ("valid_from", optional_day(row.valid_from)),
        ("valid_to", optional_day(row.valid_to)),
    ])
}

fn papers(case: &PaperCase) -> Yaml {
    let items = case.items.iter().map(paper).collect();
    Yaml::Row(vec![("case", text(&case.case)), ("source", optional(case.source.as_deref())), ("items", Yaml::List(items))])
}

fn paper(paper: &Paper) -> Yaml {
    let (copies, note) = (optional(paper.copies.as_deref()), optional(paper.note.as_deref()));
    Yaml::Row(vec![("name", text(&paper.name)), ("copies", copies), ("note", note)])
}

fn law(row: &LegalRow) -> Yaml {
    Yaml::Row(vec![
        ("number", text(&row.number)),
        ("title", text(&row.title)),
        ("issued_on", optional_day(row.issued_on)),
        ("source", text(&row.source)),
        ("valid_from", optional_day(row.valid_from)),
        ("valid_to", optional_day(row.valid_to)),
    ])
}

fn source(source: &Source) -> Yaml {
    Yaml::Row(vec![
        ("id", text(&source.id)),
        ("title", text(&source.title)),
        ("url", text(&source.url)),
        ("checked_on", day(source.checked_on)),
    ])
}
