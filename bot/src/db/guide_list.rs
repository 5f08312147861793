//! The guides as editors find them: searched, filtered, by the page.

use anyhow::Result;
use indexer::content::ContentSource;
use indexer::database::Database;
use indexer::guide::Level;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Transaction;
use crate::language::vi;

/// Guides a page.
pub(crate) const PAGE: i64 = 50;
/// Words of a search beyond these are not looked for.
const MOST_WORDS: usize = 8;

/// Which guides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Folded words that all occur in a guide's names, codes or summary.
    pub(crate) words: Vec<String>,
    /// The field of administration.
    pub(crate) field: Option<String>,
    /// The level of government.
    pub(crate) level: Option<Level>,
    /// Who brought what is published.
    pub(crate) source: Option<ContentSource>,
    /// What state it is in.
    pub(crate) state: Option<GuideState>,
    /// Today, ISO.
    pub(crate) today: String,
}

/// What editors look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuideState {
    /// Answers citizens.
    Published,
    /// Somebody has a draft of it.
    Draft,
    /// Out of service.
    Withdrawn,
    /// Past the day by which it should have been checked.
    PastReview,
    /// The checker has something to say.
    Warned,
}

impl GuideState {
    /// All of them, in the order of the list.
    pub(crate) const ALL: [GuideState; 5] =
        [GuideState::Published, GuideState::Draft, GuideState::Withdrawn, GuideState::PastReview, GuideState::Warned];

    /// The name in addresses.
    pub(crate) fn key(self) -> &'static str {
        match self {
            GuideState::Published => "published",
            GuideState::Draft => "draft",
            GuideState::Withdrawn => "withdrawn",
            GuideState::PastReview => "past-review",
            GuideState::Warned => "warned",
        }
    }

    /// As editors read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            GuideState::Published => vi("Đang dùng"),
            GuideState::Draft => vi("Có bản nháp"),
            GuideState::Withdrawn => vi("Đã ngừng dùng"),
            GuideState::PastReview => vi("Quá hạn rà soát"),
            GuideState::Warned => vi("Có điều cần xem lại"),
        }
    }

    /// `$4` is today.
    fn condition(self) -> &'static str {
        match self {
            GuideState::Published => "g.withdrawn_at IS NULL",
            GuideState::Draft => "EXISTS (SELECT 1 FROM guide_drafts d WHERE d.guide_id = g.id)",
            GuideState::Withdrawn => "g.withdrawn_at IS NOT NULL",
            GuideState::PastReview => "g.withdrawn_at IS NULL AND g.review_by <> '' AND g.review_by < $4",
            GuideState::Warned => "g.withdrawn_at IS NULL AND g.warned_from <> '' AND g.warned_from <= $4",
        }
    }
}

/// A guide of the list.
#[derive(Clone, Debug)]
pub(crate) struct GuideLine {
    /// The guide's id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// Its field of administration.
    pub(crate) field: String,
    /// The key of its level.
    pub(crate) level: String,
    /// The revision that was published last.
    pub(crate) revision: i64,
    /// When, in milliseconds.
    pub(crate) updated_at: i64,
    /// Which of [`GuideState::ALL`] hold.
    pub(crate) states: Vec<GuideState>,
}

/// A page of the guides that the filter lets through, by name, and how many there are in all.
pub(crate) async fn list(db: &Database, filter: &Filter, page: i64) -> Result<(Vec<GuideLine>, i64)> {
    let condition = condition(filter);
    let total: i64 = bound(&format!("SELECT COUNT(*) AS total FROM guides g WHERE {condition}"), filter, db).await?[0].try_get("total")?;
    let states: Vec<String> = GuideState::ALL
        .iter()
        .enumerate()
        .map(|(at, state)| format!("CASE WHEN {} THEN 1 ELSE 0 END AS state_{at}", state.condition()))
        .collect();
    let sql = format!(
        "SELECT g.id, g.title, g.field, g.level, g.published_revision, g.updated_at, {} FROM guides g
         WHERE {condition} ORDER BY g.folded, g.id LIMIT {PAGE} OFFSET {}",
        states.join(", "),
        (page - 1).max(0) * PAGE
    );
    let rows = bound(&sql, filter, db).await?;
    Ok((rows.iter().map(line).collect::<Result<_>>()?, total))
}

/// `$1` field, `$2` level, `$3` source, `$4` today, then the words; an empty one lets everything through.
fn condition(filter: &Filter) -> String {
    let mut conditions = vec![
        "g.published_revision > 0".to_owned(),
        "($1 = '' OR g.field = $1) AND ($2 = '' OR g.level = $2) AND ($3 = '' OR g.source = $3) AND $4 <> ''".to_owned(),
    ];
    conditions.extend(filter.state.map(|state| state.condition().to_owned()));
    let words = 0..filter.words.len().min(MOST_WORDS);
    conditions.extend(words.map(|at| format!("g.folded LIKE ${} ESCAPE '\\'", at + 5)));
    conditions.join(" AND ")
}

async fn bound(sql: &str, filter: &Filter, db: &Database) -> Result<Vec<AnyRow>> {
    let mut query = sqlx::query(sql)
        .bind(filter.field.as_deref().unwrap_or_default())
        .bind(filter.level.map_or("", Level::key))
        .bind(filter.source.map_or("", ContentSource::key))
        .bind(&filter.today);
    for word in filter.words.iter().take(MOST_WORDS) {
        query = query.bind(format!("%{}%", escaped(word)));
    }
    Ok(query.fetch_all(&db.reader).await?)
}

/// `%` and `_` of a search mean themselves.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn line(row: &AnyRow) -> Result<GuideLine> {
    let mut states = Vec::new();
    for (at, state) in GuideState::ALL.into_iter().enumerate() {
        if row.try_get::<i64, _>(format!("state_{at}").as_str())? == 1 {
            states.push(state);
        }
    }
    Ok(GuideLine {
        id: row.try_get("id")?,
        title: row.try_get("title")?,
        field: row.try_get("field")?,
        level: row.try_get("level")?,
        revision: row.try_get("published_revision")?,
        updated_at: row.try_get("updated_at")?,
        states,
    })
}

/// The fields of administration that guides have.
pub(crate) async fn fields(db: &Database) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT DISTINCT field FROM guides WHERE published_revision > 0 ORDER BY field").fetch_all(&db.reader).await?)
}

/// A guide's title and revision as this transaction has them.
pub(crate) async fn title_and_revision(tx: &mut Transaction, id: &str) -> Result<(String, i64)> {
    Ok(sqlx::query_as("SELECT title, published_revision FROM guides WHERE id = $1").bind(id).fetch_one(&mut **tx).await?)
}

/// What is published under an id.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The revision that was published last.
    pub(crate) revision: i64,
    /// Its title.
    pub(crate) title: String,
    /// Whether it is out of service.
    pub(crate) is_withdrawn: bool,
}

/// What is published under an id; none where nothing ever was.
pub(crate) async fn head(db: &Database, id: &str) -> Result<Option<Head>> {
    let sql = "SELECT published_revision, title, CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END AS withdrawn FROM guides WHERE id = $1";
    let row = sqlx::query(sql).bind(id).fetch_optional(&db.reader).await?;
    let read = |row: AnyRow| {
        let is_withdrawn = row.try_get::<i64, _>("withdrawn")? == 1;
        Ok(Head { revision: row.try_get("published_revision")?, title: row.try_get("title")?, is_withdrawn })
    };
    row.map(read).transpose()
}

/// Those of the ids that guides in service have, and whether another one has this title.
pub(crate) async fn neighbours(db: &Database, id: &str, title: &str, related: &[String]) -> Result<(Vec<String>, Option<String>)> {
    let mut there = Vec::new();
    for related in related {
        if head(db, related).await?.is_some_and(|head| !head.is_withdrawn) {
            there.push(related.clone());
        }
    }
    let sql = "SELECT id FROM guides WHERE title = $1 AND id <> $2 AND withdrawn_at IS NULL LIMIT 1";
    let twin = sqlx::query_scalar(sql).bind(title).bind(id).fetch_optional(&db.reader).await?;
    Ok((there, twin))
}
