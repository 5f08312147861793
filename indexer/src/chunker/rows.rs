//! The rows of each section, as lines that a citizen can read.

use jiff::civil::Date;

use super::{Part, Section};
use crate::guide::{BodySection, FeeRow, Guide, LegalRow, Paper, PaperCase, Submission, TimeRow, vietnamese_date};

/// The guide's sections in order, empty ones left out.
pub(super) fn parts(guide: &Guide) -> Vec<Part> {
    let mut parts = vec![
        part(Section::Overview, vec![overview(guide)]),
        part(Section::Fees, guide.fees.iter().map(|row| vec![fee(row)]).collect()),
        part(Section::Times, guide.times.iter().map(|row| vec![time(row)]).collect()),
        part(Section::Papers, guide.papers.iter().map(papers).collect()),
        part(Section::Steps, guide.steps.iter().enumerate().map(|(at, step)| vec![format!("{}. {step}", at + 1)]).collect()),
        part(Section::Conditions, guide.conditions.iter().map(|condition| vec![format!("- {condition}")]).collect()),
        part(Section::Channels, channels(guide)),
        part(Section::Result, guide.result.iter().map(|result| vec![result.clone()]).collect()),
        part(Section::LegalBasis, guide.legal_basis.iter().map(|law| vec![legal(law)]).collect()),
    ];
    parts.extend(guide.sections.iter().map(body));
    parts.retain(|part| !part.cases.is_empty());
    parts
}

fn part(section: Section, cases: Vec<Vec<String>>) -> Part {
    Part { section, heading: section.label().to_owned(), cases }
}

fn overview(guide: &Guide) -> Vec<String> {
    let mut rows = vec![guide.summary.clone()];
    rows.extend(guide.audience.iter().map(|audience| format!("Đối tượng: {audience}")));
    rows.push(format!("Nơi tiếp nhận: {}", guide.receiving_body));
    rows.push(format!("Cấp tiếp nhận: {}", guide.level.label()));
    rows.push(format!("Lĩnh vực: {}", guide.field));
    if !guide.codes.is_empty() {
        rows.push(format!("Mã thủ tục: {}", guide.codes.join(", ")));
    }
    rows
}

fn fee(row: &FeeRow) -> String {
    format!("- {}: {}{}", row.case, row.amount, limits(row.channel, row.valid_from, row.valid_to))
}

fn time(row: &TimeRow) -> String {
    format!("- {}: {}{}", row.case, row.duration, limits(row.channel, row.valid_from, row.valid_to))
}

fn legal(row: &LegalRow) -> String {
    let issued = row.issued_on.map(|date| format!(", ban hành ngày {}", vietnamese_date(date))).unwrap_or_default();
    format!("- {} số {}{issued}{}", row.title, row.number, limits(None, row.valid_from, row.valid_to))
}

/// What a row holds for, in brackets; nothing when it holds always.
fn limits(channel: Option<Submission>, valid_from: Option<Date>, valid_to: Option<Date>) -> String {
    let mut limits: Vec<String> = channel.iter().map(|channel| channel.label().to_lowercase()).collect();
    limits.extend(valid_from.map(|date| format!("áp dụng từ {}", vietnamese_date(date))));
    limits.extend(valid_to.map(|date| format!("đến hết {}", vietnamese_date(date))));
    if limits.is_empty() {
        return String::new();
    }
    format!(" ({})", limits.join(", "))
}

fn papers(case: &PaperCase) -> Vec<String> {
    let mut rows = vec![format!("{}:", case.case)];
    rows.extend(case.items.iter().map(paper));
    rows
}

fn paper(paper: &Paper) -> String {
    let copies = paper.copies.iter().map(|copies| format!(" ({copies})"));
    let note = paper.note.iter().map(|note| format!(". {note}"));
    format!("- {}{}", paper.name, copies.chain(note).collect::<String>())
}

fn channels(guide: &Guide) -> Vec<Vec<String>> {
    let mut rows = vec![vec![format!("Nơi tiếp nhận: {}", guide.receiving_body)]];
    for channel in &guide.channels {
        let hours = channel.hours.iter().map(|hours| format!(". Giờ làm việc: {hours}"));
        rows.push(vec![format!("- {}: {}{}", channel.kind.label(), channel.place, hours.collect::<String>())]);
    }
    rows.extend(guide.online_url.iter().map(|url| vec![format!("- Trang của thủ tục: {url}")]));
    rows
}

fn body(section: &BodySection) -> Part {
    let heading = if section.heading.is_empty() { Section::Body.label() } else { &section.heading };
    let lines = section.text.lines().map(str::trim).filter(|line| !line.is_empty());
    Part { section: Section::Body, heading: heading.to_owned(), cases: vec![lines.map(str::to_owned).collect()] }
}
