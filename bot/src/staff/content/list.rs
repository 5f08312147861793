//! `GET /staff/content`: the guides, searched and filtered, by the page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use indexer::content::ContentSource;
use indexer::guide::Level;
use indexer::lexical::fold;
use serde::{Deserialize, Serialize};

use super::address::{Arrival, encoded};
use super::form::time;
use crate::app::App;
use crate::db::drafts;
use crate::db::guide_list::{self, Filter, GuideLine, GuideState, PAGE};
use crate::db::staff::Session;
use crate::language::{Language, filters, t, tf, vi};
use crate::router::page::{Refusal, render};

const LEVELS: [Level; 3] = [Level::Commune, Level::Province, Level::Central];

/// The list's page.
#[derive(Template)]
#[template(path = "staff/content/list.html")]
struct ListPage {
    session: Session,
    notice: Option<&'static str>,
    wanted: Wanted,
    fields: Vec<String>,
    levels: Vec<(&'static str, &'static str)>,
    sources: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    total: i64,
    lines: Vec<Line>,
    new: Vec<(String, String, String)>,
    pages: i64,
    before: Option<String>,
    after: Option<String>,
}

struct Line {
    id: String,
    title: String,
    field: String,
    about: String,
    tags: Vec<&'static str>,
}

/// What is searched; empty lets everything through.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    field: String,
    level: String,
    source: String,
    state: String,
    page: String,
}

impl Wanted {
    fn page(&self) -> i64 {
        self.page.parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1)
    }

    fn filter(&self, today: String) -> Filter {
        Filter {
            words: fold(&self.q).split_whitespace().map(str::to_owned).collect(),
            field: Some(self.field.clone()).filter(|field| !field.is_empty()),
            level: LEVELS.into_iter().find(|level| level.key() == self.level),
            source: ContentSource::ALL.into_iter().find(|source| source.key() == self.source),
            state: GuideState::ALL.into_iter().find(|state| state.key() == self.state),
            today,
        }
    }

    /// The address of another page of the same search.
    fn address(&self, page: i64) -> String {
        let fields = [("q", &self.q), ("field", &self.field), ("level", &self.level), ("source", &self.source), ("state", &self.state)];
        let query: String =
            fields.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}={}&", encoded(text))).collect();
        format!("/staff/content?{query}page={page}")
    }
}

/// Shows one page of it.
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(arrival): Query<Arrival>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let page = wanted.page();
    let (lines, total) = guide_list::list(&app.db, &wanted.filter(app.clock.today().to_string()), page).await?;
    let pages = (total + PAGE - 1) / PAGE;
    let new = drafts::of_new_guides(&app.db).await?.into_iter().map(|draft| (draft.guide_id, draft.title, draft.author));
    let page = ListPage {
        session,
        notice: arrival.notice(),
        fields: guide_list::fields(&app.db).await?,
        levels: LEVELS.map(|level| (level.key(), level_label(level.key()))).to_vec(),
        sources: ContentSource::ALL.map(|source| (source.key(), source_label(source))).to_vec(),
        states: GuideState::ALL.map(|state| (state.key(), state.label())).to_vec(),
        total,
        lines: lines.into_iter().map(|guide| line(language, guide)).collect(),
        new: new.collect(),
        pages,
        before: (page > 1).then(|| wanted.address(page - 1)),
        after: (page < pages).then(|| wanted.address(page + 1)),
        wanted: Wanted { page: page.to_string(), ..wanted },
    };
    render(language, StatusCode::OK, &page)
}

fn line(language: Language, guide: GuideLine) -> Line {
    let (level, when) = (t(language, level_label(&guide.level)), time(language, guide.updated_at));
    let told = [GuideState::Draft, GuideState::Withdrawn, GuideState::PastReview, GuideState::Warned];
    Line {
        about: tf(language, "{level} · bản {revision}, {when}", &[("level", &level), ("revision", &guide.revision), ("when", &when)]),
        field: guide.field,
        tags: told.into_iter().filter(|state| guide.states.contains(state)).map(GuideState::label).collect(),
        id: guide.id,
        title: guide.title,
    }
}

fn level_label(key: &str) -> &'static str {
    LEVELS.into_iter().find(|level| level.key() == key).map_or("", Level::label)
}

fn source_label(source: ContentSource) -> &'static str {
    match source {
        ContentSource::Seed => vi("Thư mục knowledge-base"),
        ContentSource::Catalogue => vi("Danh mục thủ tục"),
        ContentSource::Console => vi("Trang quản trị"),
    }
}
