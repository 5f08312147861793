//! What is wrong with a draft, by the checker's own rules, each at its field.

use std::collections::HashSet;

use anyhow::Result;
use indexer::check::{Finding, Severity, Surroundings, check_guide};
use indexer::guide::Guide;

use super::value::{self, Row, Unreadable};
use crate::app::App;
use crate::db::guide_list;

/// The guide that the fields describe and what is wrong with it. Where there is an error it must not go live.
///
/// # Errors
/// When the database fails.
pub(crate) async fn findings(app: &App, id: &str, fields: &Row) -> Result<(Guide, Vec<Finding>)> {
    let today = app.clock.today();
    let (guide, unreadable) = value::to_guide(id, fields, today)?;
    let (related, twin) = guide_list::neighbours(&app.db, id, &guide.title, &guide.related).await?;
    let ids: HashSet<String> = related.into_iter().collect();
    let mut found = check_guide(&guide, &Surroundings { today, ids: &ids });
    // What the checker says of a stand-in says nothing of the field.
    found.retain(|finding| unreadable.iter().all(|field| field.path != finding.field));
    found.extend(unreadable.iter().map(unreadable_field));
    found.extend(
        twin.map(|twin| {
            warning("title", format!("tên thủ tục trùng với bản hướng dẫn `{twin}`"), "sửa tên cho khác nhau hoặc gộp hai bản")
        }),
    );
    found.extend(guide.sections.iter().enumerate().filter(|(_, section)| section.text.lines().any(|line| line.starts_with("## "))).map(
        |(at, _)| {
            error(&format!("sections[{at}].text"), "dòng mở đầu bằng ## là tiêu đề của mục khác".to_owned(), "thêm một mục mới cho phần đó")
        },
    ));
    Ok((guide, found))
}

/// Whether any of them keeps the guide from going live.
pub(crate) fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// A finding in one sentence.
pub(crate) fn sentence(finding: &Finding) -> String {
    let mut letters = finding.rule.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}. Cách sửa: {}.", letters.as_str(), finding.mend)
}

fn unreadable_field(field: &Unreadable) -> Finding {
    error(&field.path, field.rule.to_owned(), field.mend)
}

fn error(field: &str, rule: String, mend: &str) -> Finding {
    Finding { file: String::new(), line: 0, field: field.to_owned(), severity: Severity::Error, rule, mend: mend.to_owned() }
}

fn warning(field: &str, rule: String, mend: &str) -> Finding {
    Finding { severity: Severity::Warning, ..error(field, rule, mend) }
}
