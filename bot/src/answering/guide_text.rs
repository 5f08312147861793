//! A guide's rows as a citizen reads them: figures and names verbatim, every case kept.

use indexer::guide::{Guide, Submission};
use jiff::civil::Date;

use super::asked_fact::Fact;
use crate::language::vi;

/// The lines that state one fact of a guide; empty where the guide does not state it. Rows that are not in force on
/// `today` are left out.
pub(crate) fn state(guide: &Guide, fact: Fact, today: Date) -> Vec<String> {
    match fact {
        Fact::Fee => fees(guide, today),
        Fact::Time => times(guide, today),
        Fact::Papers => papers(guide),
        Fact::Place => places(guide),
        Fact::Online => online(guide),
        Fact::Steps => numbered(&guide.steps),
        Fact::Conditions => bullets(&guide.conditions),
        Fact::LegalBasis => laws(guide, today),
        Fact::Outcome => guide.result.iter().map(|result| format!("**{result}**")).collect(),
    }
}

/// The heading over those lines.
pub(crate) fn heading(fact: Fact) -> &'static str {
    match fact {
        Fact::Fee => vi("Lệ phí"),
        Fact::Time => vi("Thời hạn"),
        Fact::Papers => vi("Giấy tờ cần có"),
        Fact::Place => vi("Nơi nộp"),
        Fact::Online => vi("Nộp trực tuyến"),
        Fact::Steps => vi("Các bước"),
        Fact::Conditions => vi("Điều kiện, lưu ý"),
        Fact::LegalBasis => vi("Căn cứ pháp lý"),
        Fact::Outcome => vi("Kết quả"),
    }
}

fn fees(guide: &Guide, today: Date) -> Vec<String> {
    let rows = guide.fees.iter().filter(|row| row.in_force(today));
    rows.map(|row| case_line(&row.case, row.channel, &row.amount)).collect()
}

fn times(guide: &Guide, today: Date) -> Vec<String> {
    let rows = guide.times.iter().filter(|row| row.in_force(today));
    rows.map(|row| case_line(&row.case, row.channel, &row.duration)).collect()
}

/// "- nộp trực tuyến, <case>: **<value>**"
fn case_line(case: &str, channel: Option<Submission>, value: &str) -> String {
    match channel {
        Some(channel) if !mentions(case, channel) => format!("- {case} ({}): **{value}**", way(channel)),
        _ => format!("- {case}: **{value}**"),
    }
}

fn mentions(case: &str, channel: Submission) -> bool {
    let case = case.to_lowercase();
    match channel {
        Submission::InPerson => case.contains("trực tiếp"),
        Submission::Online => case.contains("trực tuyến") || case.contains("trên mạng"),
        Submission::Post => case.contains("bưu chính"),
    }
}

fn way(channel: Submission) -> &'static str {
    match channel {
        Submission::InPerson => "nộp trực tiếp",
        Submission::Online => "nộp trực tuyến",
        Submission::Post => "nộp qua bưu chính",
    }
}

fn papers(guide: &Guide) -> Vec<String> {
    let mut lines = Vec::new();
    for case in &guide.papers {
        lines.push(format!("**{}:**", case.case));
        for paper in &case.items {
            let copies = paper.copies.as_ref().map(|copies| format!(" ({copies})")).unwrap_or_default();
            let note = paper.note.as_ref().map(|note| format!(". {}", note.trim_end_matches('.'))).unwrap_or_default();
            lines.push(format!("- {}{copies}{note}", paper.name));
        }
    }
    lines
}

fn places(guide: &Guide) -> Vec<String> {
    let mut lines = vec![format!("**{}**", guide.receiving_body)];
    lines.extend(guide.channels.iter().map(channel_line));
    lines
}

fn channel_line(channel: &indexer::guide::Channel) -> String {
    let label = match channel.kind {
        Submission::InPerson => "Trực tiếp",
        Submission::Online => "Trực tuyến",
        Submission::Post => "Bưu chính",
    };
    let hours = channel.hours.as_ref().map(|hours| format!(". {hours}")).unwrap_or_default();
    format!("- {label}: {}{hours}", channel.place)
}

fn online(guide: &Guide) -> Vec<String> {
    let mut lines: Vec<String> = guide.channels.iter().filter(|channel| channel.kind == Submission::Online).map(channel_line).collect();
    if let (false, Some(url)) = (lines.is_empty(), &guide.online_url) {
        lines.push(format!("- Trang của thủ tục: {url}"));
    }
    lines
}

fn laws(guide: &Guide, today: Date) -> Vec<String> {
    let rows = guide.legal_basis.iter().filter(|row| row.in_force(today));
    rows.map(|row| {
        let issued = row.issued_on.map(|date| format!(", ngày {}", day(date))).unwrap_or_default();
        format!("- {} ({}{issued})", row.title, row.number)
    })
    .collect()
}

fn bullets(items: &[String]) -> Vec<String> {
    items.iter().map(|item| format!("- {item}")).collect()
}

fn numbered(items: &[String]) -> Vec<String> {
    items.iter().enumerate().map(|(at, item)| format!("{}. {item}", at + 1)).collect()
}

/// A date as it is written in Vietnam.
fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}
