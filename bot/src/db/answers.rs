//! Answers: the passages that they showed and what citizens thought of them.

use std::collections::HashMap;

use anyhow::Result;
use indexer::database::Database;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Transaction, dialect};
use crate::answering::Answer;

/// A citizen's vote on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// 👍
    Up,
    /// 👎
    Down,
}

/// A passage as it was shown.
#[derive(Clone, Debug)]
pub struct ShownPassage {
    /// The guide's id.
    pub guide_id: String,
    /// The guide's title.
    pub title: String,
    /// The section's label.
    pub section: String,
    /// The official page.
    pub url: Option<String>,
    /// When the source was checked, ISO date.
    pub checked_on: Option<String>,
    /// The passage itself.
    pub quote: String,
}

const PASSAGE_COLUMNS: [&str; 10] =
    ["answer_id", "rank", "guide_id", "revision", "codes", "title", "section", "url", "checked_on", "quote"];

/// An answer to write.
pub(crate) struct NewAnswer<'a> {
    /// Row id.
    pub(crate) id: &'a str,
    pub(crate) conversation_id: &'a str,
    /// What the citizen wrote.
    pub(crate) question: &'a str,
    pub(crate) answer: &'a Answer,
}

/// Keeps answers together with the passages that were shown, in a statement each.
pub(crate) async fn add(tx: &mut Transaction, answers: &[NewAnswer<'_>], now: i64) -> Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    // sqlx's Any sends a missing f64 to PostgreSQL as a missing f32, and the prepared statement then takes no f64.
    let row = |row: usize| {
        let [id, conversation, question, status, confidence, timings, now] =
            std::array::from_fn(|column| format!("${}", row * 7 + column + 1));
        format!("({id}, {conversation}, {question}, {status}, NULLIF({confidence}, CAST(-1 AS DOUBLE PRECISION)), {timings}, {now})")
    };
    let rows: Vec<String> = (0..answers.len()).map(row).collect();
    let columns = "id, conversation_id, question, status, confidence, timings, created_at";
    let sql = format!("INSERT INTO answers ({columns}) VALUES {}", rows.join(", "));
    let mut query = sqlx::query(&sql);
    for new in answers {
        query = query
            .bind(new.id)
            .bind(new.conversation_id)
            .bind(new.question)
            .bind(new.answer.status.key())
            .bind(new.answer.confidence.unwrap_or(-1.0))
            .bind(serde_json::to_string(&new.answer.timings_ms)?)
            .bind(now);
    }
    query.execute(&mut **tx).await?;
    add_passages(tx, answers).await
}

async fn add_passages(tx: &mut Transaction, answers: &[NewAnswer<'_>]) -> Result<()> {
    let shown = |new: &'_ NewAnswer<'_>| new.answer.citations.len();
    let all = answers.iter().map(shown).sum();
    if all == 0 {
        return Ok(());
    }
    let sql = format!("INSERT INTO answer_passages ({}) VALUES {}", PASSAGE_COLUMNS.join(", "), dialect::rows(all, PASSAGE_COLUMNS.len()));
    let mut query = sqlx::query(&sql);
    for (new, (rank, citation)) in answers.iter().flat_map(|new| new.answer.citations.iter().enumerate().map(move |it| (new, it))) {
        query = query
            .bind(new.id)
            .bind(rank as i64)
            .bind(&citation.id)
            .bind(citation.revision)
            .bind(serde_json::to_string(&citation.codes)?)
            .bind(&citation.title)
            .bind(&citation.section)
            .bind(&citation.url)
            .bind(&citation.checked_on)
            .bind(&citation.quote);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// What answers showed, each in order of weight; those that showed nothing are missing.
pub(super) async fn passages(db: &Database, answer_ids: &[&str]) -> Result<HashMap<String, Vec<ShownPassage>>> {
    let mut shown: HashMap<String, Vec<ShownPassage>> = HashMap::new();
    if answer_ids.is_empty() {
        return Ok(shown);
    }
    let sql = format!(
        "SELECT answer_id, guide_id, title, section, url, checked_on, quote FROM answer_passages WHERE answer_id IN {} ORDER BY rank",
        dialect::placeholders(0, answer_ids.len())
    );
    let read = |row: &AnyRow| -> Result<ShownPassage> {
        Ok(ShownPassage {
            guide_id: row.try_get("guide_id")?,
            title: row.try_get("title")?,
            section: row.try_get("section")?,
            url: row.try_get("url")?,
            checked_on: row.try_get("checked_on")?,
            quote: row.try_get("quote")?,
        })
    };
    for row in answer_ids.iter().fold(sqlx::query(&sql), |query, id| query.bind(*id)).fetch_all(&db.reader).await? {
        shown.entry(row.try_get("answer_id")?).or_default().push(read(&row)?);
    }
    Ok(shown)
}

/// Records a vote; false when the answer is not of this conversation. The last vote counts.
///
/// # Errors
/// When the database fails.
pub async fn vote(db: &Database, conversation_id: &str, answer_id: &str, vote: Vote, now: i64) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO feedback (answer_id, vote, created_at) SELECT id, $3, $4 FROM answers WHERE id = $1 AND conversation_id = $2
         ON CONFLICT (answer_id) DO UPDATE SET vote = excluded.vote, created_at = excluded.created_at",
    )
    .bind(answer_id)
    .bind(conversation_id)
    .bind(match vote {
        Vote::Up => "up",
        Vote::Down => "down",
    })
    .bind(now)
    .execute(&db.writer)
    .await?;
    Ok(done.rows_affected() > 0)
}
