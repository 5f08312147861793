//! `GET /guides/{id}`: a published guide to read as a whole.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::guide::{Guide, LegalRow, Level, ReviewStatus, Submission};
use jiff::civil::Date;

use super::message_view::web_address;
use crate::app::App;
use crate::language::{Language, filters, t, tf, vi};
use crate::router::page::{Refusal, render};

/// The guide's page.
#[derive(Template)]
#[template(path = "guide.html")]
pub(crate) struct GuidePage {
    /// The reader is told that the facts are not.
    in_english: bool,
    draft: bool,
    /// The day by which it should have been checked again, if that day has passed.
    overdue_since: Option<String>,
    fees: Table,
    times: Table,
    online_url: Option<String>,
    sources: Vec<SourceView>,
    revision: i64,
    checked_on: String,
    level: &'static str,
    /// Ways of handing in, with place and hours.
    channels: Vec<(&'static str, String, Option<String>)>,
    laws: Vec<LawView>,
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

struct LawView {
    /// Title and number, as laws are cited.
    cited: String,
    issued_on: Option<String>,
}

struct SourceView {
    title: String,
    url: Option<String>,
    checked_on: String,
}

/// Shows it; 404 when no guide of this id is published.
pub(super) async fn show(State(app): State<App>, language: Language, Path(id): Path<String>) -> Result<Response, Refusal> {
    let published = app.engine.guide(&id).await?.ok_or(Refusal::NotFound)?;
    render(language, StatusCode::OK, &page(published.guide, published.revision, app.clock.today(), language))
}

/// The page of a guide as it stands in this revision.
pub(crate) fn page(guide: Guide, revision: i64, today: Date, language: Language) -> GuidePage {
    let fee = |row: &indexer::guide::FeeRow| Row {
        case: row.case.clone(),
        value: row.amount.clone(),
        validity: validity(row.channel, row.valid_from, row.valid_to, today, language),
        expired: is_past(row.valid_to, today),
    };
    let time = |row: &indexer::guide::TimeRow| Row {
        case: row.case.clone(),
        value: row.duration.clone(),
        validity: validity(row.channel, row.valid_from, row.valid_to, today, language),
        expired: is_past(row.valid_to, today),
    };
    let source = |source: &indexer::guide::Source| SourceView {
        title: source.title.clone(),
        url: web_address(&source.url),
        checked_on: language.date(source.checked_on),
    };
    GuidePage {
        in_english: language == Language::English,
        draft: guide.review_status == ReviewStatus::Draft,
        overdue_since: is_past(Some(guide.review_by), today).then(|| language.date(guide.review_by)),
        fees: table("le-phi", vi("Mức thu"), guide.fees.iter().map(fee).collect()),
        times: table("thoi-han", vi("Thời hạn"), guide.times.iter().map(time).collect()),
        online_url: guide.online_url.as_deref().and_then(web_address),
        sources: guide.sources.iter().map(source).collect(),
        revision,
        checked_on: language.date(guide.checked_on),
        level: level(guide.level),
        channels: guide.channels.iter().map(|channel| (way(channel.kind), channel.place.clone(), channel.hours.clone())).collect(),
        laws: guide.legal_basis.iter().map(|law| law_view(law, language)).collect(),
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

/// The level of government as citizens read it.
fn level(level: Level) -> &'static str {
    match level {
        Level::Commune => vi("cấp xã"),
        Level::Province => vi("cấp tỉnh"),
        Level::Central => vi("trung ương"),
    }
}

/// The way of handing in as citizens read it.
fn way(channel: Submission) -> &'static str {
    match channel {
        Submission::InPerson => vi("Nộp trực tiếp"),
        Submission::Online => vi("Nộp trực tuyến"),
        Submission::Post => vi("Qua bưu chính"),
    }
}

fn law_view(law: &LegalRow, language: Language) -> LawView {
    LawView { cited: format!("{}, số {}", law.title, law.number), issued_on: law.issued_on.map(|date| language.date(date)) }
}

/// When and for which way of handing in a row holds, in words; empty when always and for all.
fn validity(channel: Option<Submission>, from: Option<Date>, to: Option<Date>, today: Date, language: Language) -> String {
    let channel = channel.map(|channel| t(language, way(channel)).to_owned());
    let date = |date: Date| language.date(date);
    let days = match (from, to) {
        (_, Some(to)) if to < today => Some(tf(language, "Hết hiệu lực sau ngày {to}", &[("to", &date(to))])),
        (Some(from), Some(to)) => Some(tf(language, "Từ {from} đến hết {to}", &[("from", &date(from)), ("to", &date(to))])),
        (Some(from), None) => Some(tf(language, "Từ {from}", &[("from", &date(from))])),
        (None, Some(to)) => Some(tf(language, "Đến hết {to}", &[("to", &date(to))])),
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
        let validity = |channel, from, to, today| validity(channel, from, to, today, Language::Vietnamese);
        assert_eq!(validity(None, None, None, TODAY), "");
        assert_eq!(validity(Some(Submission::Online), from, None, TODAY), "Nộp trực tuyến; Từ 01/07/2025");
        assert_eq!(validity(None, from, to, TODAY), "Từ 01/07/2025 đến hết 31/12/2026");
        assert_eq!(validity(None, from, Some(day(2026, 1, 1)), TODAY), "Hết hiệu lực sau ngày 01/01/2026");
    }

    #[test]
    fn a_guide_with_rows_reads_as_a_page() -> Result<(), Box<dyn std::error::Error>> {
        let text = include_str!("guide_page/sample.md");
        let html = page(Guide::parse(text)?, 3, TODAY, Language::Vietnamese).render()?;
        for expected in [
            "Chưa có cơ quan nào duyệt nội dung này; anh/chị hỏi lại nơi nộp cho chắc.",
            "70.000 đồng",
            "7 ngày làm việc",
            "01/06/2026",
            "DC02",
            "Bản công bố số 3",
        ] {
            assert!(html.contains(expected), "{expected}");
        }
        assert!(html.contains("class=\"expired\""));
        assert!(!html.contains("javascript:"));
        Ok(())
    }
}
