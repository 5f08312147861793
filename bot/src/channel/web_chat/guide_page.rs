//! `GET /guides/{id}`: a published guide to read as a whole.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::guide::{Guide, ReviewStatus, Submission, vietnamese_date};
use jiff::civil::Date;

use super::message_view::web_address;
use crate::app::App;
use crate::router::page::{Refusal, render};

/// The guide's page.
#[derive(Template)]
#[template(path = "guide.html")]
pub(crate) struct GuidePage {
    draft: bool,
    /// The day by which it should have been checked again, if that day has passed.
    overdue_since: Option<String>,
    fees: Table,
    times: Table,
    online_url: Option<String>,
    sources: Vec<SourceView>,
    revision: i64,
    guide: Guide,
}

/// The fees or the times.
struct Table {
    /// The id of its heading.
    labelled_by: &'static str,
    value_label: &'static str,
    has_validity: bool,
    rows: Vec<Row>,
}

/// A row of it.
struct Row {
    case: String,
    value: String,
    validity: String,
    expired: bool,
}

struct SourceView {
    title: String,
    url: Option<String>,
    checked_on: String,
}

/// Shows it; 404 when no guide of this id is published.
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let published = app.engine.guide(&id).await?.ok_or(Refusal::NotFound)?;
    render(StatusCode::OK, &page(published.guide, published.revision, app.clock.today()))
}

/// dd/mm/yyyy.
pub(crate) fn date(date: &Date) -> String {
    vietnamese_date(*date).to_string()
}

/// The page of a guide as it stands in this revision.
pub(crate) fn page(guide: Guide, revision: i64, today: Date) -> GuidePage {
    let fee = |row: &indexer::guide::FeeRow| Row {
        case: row.case.clone(),
        value: row.amount.clone(),
        validity: validity(row.channel, row.valid_from, row.valid_to, today),
        expired: is_past(row.valid_to, today),
    };
    let time = |row: &indexer::guide::TimeRow| Row {
        case: row.case.clone(),
        value: row.duration.clone(),
        validity: validity(row.channel, row.valid_from, row.valid_to, today),
        expired: is_past(row.valid_to, today),
    };
    let source = |source: &indexer::guide::Source| SourceView {
        title: source.title.clone(),
        url: web_address(&source.url),
        checked_on: date(&source.checked_on),
    };
    GuidePage {
        draft: guide.review_status == ReviewStatus::Draft,
        overdue_since: is_past(Some(guide.review_by), today).then(|| date(&guide.review_by)),
        fees: table("le-phi", "Mức thu", guide.fees.iter().map(fee).collect()),
        times: table("thoi-han", "Thời hạn", guide.times.iter().map(time).collect()),
        online_url: guide.online_url.as_deref().and_then(web_address),
        sources: guide.sources.iter().map(source).collect(),
        revision,
        guide,
    }
}

fn table(labelled_by: &'static str, value_label: &'static str, rows: Vec<Row>) -> Table {
    let has_validity = rows.iter().any(|row| !row.validity.is_empty());
    Table { labelled_by, value_label, has_validity, rows }
}

fn is_past(last_day: Option<Date>, today: Date) -> bool {
    last_day.is_some_and(|last_day| last_day < today)
}

/// When and for which way of handing in a row holds, in words; empty when always and for all.
fn validity(channel: Option<Submission>, from: Option<Date>, to: Option<Date>, today: Date) -> String {
    let channel = channel.map(|channel| channel.label().to_owned());
    let days = match (from, to) {
        (_, Some(to)) if to < today => Some(format!("Đã hết hiệu lực từ sau ngày {}", date(&to))),
        (Some(from), Some(to)) => Some(format!("Từ {} đến hết {}", date(&from), date(&to))),
        (Some(from), None) => Some(format!("Từ {}", date(&from))),
        (None, Some(to)) => Some(format!("Đến hết {}", date(&to))),
        (None, None) => None,
    };
    let parts: Vec<String> = channel.into_iter().chain(days).collect();
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    const TODAY: Date = day(2026, 11, 24);

    #[test]
    fn validity_is_told_in_words() {
        let (from, to) = (Some(day(2025, 7, 1)), Some(day(2026, 12, 31)));
        assert_eq!(validity(None, None, None, TODAY), "");
        assert_eq!(validity(Some(Submission::Online), from, None, TODAY), "Nộp trực tuyến; Từ 01/07/2025");
        assert_eq!(validity(None, from, to, TODAY), "Từ 01/07/2025 đến hết 31/12/2026");
        assert_eq!(validity(None, from, Some(day(2026, 1, 1)), TODAY), "Đã hết hiệu lực từ sau ngày 01/01/2026");
    }

    #[test]
    fn a_guide_with_rows_reads_as_a_page() -> Result<(), Box<dyn std::error::Error>> {
        let text = include_str!("guide_page/sample.md");
        let html = page(Guide::parse(text)?, 3, TODAY).render()?;
        for expected in
            ["Bản nháp, chưa được cơ quan thẩm định", "70.000 đồng", "7 ngày làm việc", "01/06/2026", "DC02", "Bản công bố số 3"]
        {
            assert!(html.contains(expected), "{expected}");
        }
        assert!(html.contains("class=\"expired\""));
        assert!(!html.contains("javascript:"));
        Ok(())
    }
}
