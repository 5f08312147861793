//! A question set against the index that answers, guide by guide.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use models::Embedder;
use tokio::task::spawn_blocking;

use super::questions::Question;
use super::report::RetrievalReport;
use super::search::{Asked, Collection, Group, Progress};
use crate::chunker::chunk;
use crate::content::{PublishedGuide, published_all};
use crate::database::Database;
use crate::lexical::restorer::Restorer;
use crate::sync::Indexer;

/// Hears from another thread how far the work is: done, of how many, what.
pub type Listener = Arc<dyn Fn(usize, usize, &str) + Send + Sync>;

/// Asks the index in every way. Questions that need what was said before, and those whose guides are not published, are left
/// out and counted.
///
/// # Errors
/// When there is no index yet, or the database, the model or the index fails.
pub async fn evaluate(
    database: &Database,
    indexer: &Indexer,
    embedder: Arc<dyn Embedder>,
    questions: &[Question],
    progress: Listener,
) -> Result<RetrievalReport> {
    let guides = published_all(database).await?;
    let serving = indexer.serving().context("chưa có chỉ mục; chạy indexer build trước")?;
    let asked: Vec<Asked> = questions.iter().filter_map(|question| ask(question, &guides)).collect();
    let left_out = questions.len() - asked.len();
    let search = move || {
        let restorer = learnt(&guides);
        let collection =
            Collection { index: &serving.index, embedder: &*embedder, dense_matches: serving.dense_matches, restorer: &restorer };
        let tell: Progress<'_> = &mut |done, total, what| progress(done, total, what);
        collection.evaluate(&asked, tell)
    };
    let rows = spawn_blocking(search).await??;
    Ok(RetrievalReport::new(rows, left_out))
}

fn ask(question: &Question, guides: &[PublishedGuide]) -> Option<Asked> {
    let is_relevant = |published: &&PublishedGuide| {
        let guide = &published.guide;
        question.relevant.iter().any(|wanted| *wanted == guide.id || guide.codes.contains(wanted))
    };
    let relevant: HashSet<String> = guides.iter().filter(is_relevant).map(|published| published.guide.id.clone()).collect();
    let groups = vec![Group::Style(question.style.clone()), Group::Intent(question.intent.clone())];
    let can_be_asked = question.history.is_empty() && !relevant.is_empty();
    can_be_asked.then(|| Asked { text: question.question.clone(), groups, relevant })
}

fn learnt(guides: &[PublishedGuide]) -> Restorer {
    let texts: Vec<String> = guides.iter().flat_map(|published| chunk(&published.guide)).map(|chunk| chunk.text).collect();
    Restorer::learnt(texts.iter().map(String::as_str))
}
