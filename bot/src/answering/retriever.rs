//! Step 5: dense and lexical search, fused, together with how well the question fits the guides' names.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use anyhow::Result;
use indexer::lexical::{fold, normalise, query_terms};
use indexer::sync::Serving;
use indexer::vector_index::{Filter, Hit};

use super::catalogue::WordMatch;
use super::circumstance::{self, Circumstance};
use super::question_rewriter::content_words;
use super::{Context, Flow, asked_fact, milliseconds};

/// Passages fetched from each side.
const DEPTH: usize = 60;

/// A question without diacritics tells a dense model little: its side counts for less (see ARCHITECTURE.md, "Retrieval").
const DENSE_WEIGHT: f64 = 1.0;
const DENSE_WEIGHT_UNACCENTED: f64 = 0.3;
const LEXICAL_WEIGHT: f64 = 1.0;
const NAMES_WEIGHT: f64 = 2.0;
const MISMATCH: f64 = -1.0;
const RIGHT_AGE: f64 = 0.5;

/// A guide that may hold the answer.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) guide_id: String,
    /// Fused score, for ranking only.
    pub(crate) score: f64,
    /// Fit of its words.
    pub(crate) words: WordMatch,
    /// The citizen told something (an age, a loss, a foreigner) for which this guide is not meant.
    pub(crate) mismatch: bool,
}

/// Fills `candidates`, best first. A guide that is already clear needs no search.
pub(crate) async fn retrieve(context: &mut Context<'_>) -> Result<Flow> {
    if context.chosen.is_some() {
        return Ok(Flow::Continue);
    }
    let Some(serving) = context.engine.indexer.serving() else { return Ok(Flow::Continue) };
    let started = Instant::now();
    let vector = if serving.dense_matches { Some(context.engine.embedder.embed_query(context.query.clone()).await?) } else { None };
    context.timings.embed = Some(milliseconds(started));
    let terms = query_terms(&context.query);
    let search = move |serving: &Serving| {
        let filter = Filter::default();
        // Asked again: in between, another process may have switched to the index of another model.
        let vector = vector.as_deref().filter(|_| serving.dense_matches);
        let dense = vector.map(|vector| serving.index.search_dense(vector, &filter, DEPTH)).transpose()?;
        Ok((dense.unwrap_or_default(), serving.index.search_sparse(&terms, &filter, DEPTH)?))
    };
    let Some((dense, lexical)) = context.engine.indexer.search(search).await? else { return Ok(Flow::Continue) };
    context.candidates = rank(context, &best_by_guide(&dense), &best_by_guide(&lexical));
    Ok(Flow::Continue)
}

/// The best score among each guide's passages.
fn best_by_guide(hits: &[Hit]) -> HashMap<&str, f64> {
    let mut best: HashMap<&str, f64> = HashMap::new();
    for hit in hits {
        let score = best.entry(&hit.guide_id).or_insert(f64::MIN);
        *score = score.max(f64::from(hit.score));
    }
    best
}

/// Min-max normalised score sum: rank fusion lets a list that is wrong all over (dense, without diacritics) drag a good
/// one down, a score sum does not.
fn rank(context: &Context, dense: &HashMap<&str, f64>, lexical: &HashMap<&str, f64>) -> Vec<Candidate> {
    let catalogue = context.engine.catalogue();
    let content = content_words(&context.question.standard, &catalogue);
    let official = context.question.official.iter().flat_map(|phrase| content_words(phrase, &catalogue));
    let mut content: Vec<String> = content.into_iter().chain(official).collect();
    let all = folded_words(&fold(&normalise(&context.query)));
    if content.is_empty() {
        // "nộp hồ sơ trực tuyến": ways of asking can be a guide's very name.
        content.clone_from(&all);
    }
    let told = Circumstance::told(&context.question, &asked_fact::cue_words(&folded_words(&context.question.folded)));
    let age = circumstance::age(&context.question.folded);
    let dense_weight = if context.question.accented { DENSE_WEIGHT } else { DENSE_WEIGHT_UNACCENTED };
    let question = catalogue.question(&content, &all);
    let guides: HashSet<&str> = dense.keys().chain(lexical.keys()).copied().collect();
    let mut candidates: Vec<Candidate> = guides
        .into_iter()
        .filter_map(|id| {
            let entry = catalogue.get(id)?;
            let words = catalogue.compare(entry, &question);
            let right_age = age.is_some_and(|age| entry.ages.is_stated() && entry.ages.holds(age));
            let mismatch = age.is_some_and(|age| !entry.ages.holds(age)) || told.iter().any(|told| !entry.circumstances.contains(told));
            let score = dense_weight * scaled(dense, id)
                + LEXICAL_WEIGHT * scaled(lexical, id)
                + NAMES_WEIGHT * words.together()
                + if mismatch { MISMATCH } else { 0.0 }
                + if right_age { RIGHT_AGE } else { 0.0 };
            Some(Candidate { guide_id: id.to_owned(), score, words, mismatch })
        })
        .collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.guide_id.cmp(&b.guide_id)));
    candidates
}

fn folded_words(folded: &str) -> Vec<String> {
    folded.split(' ').map(str::to_owned).collect()
}

/// A score between the list's lowest (0) and highest (1).
fn scaled(list: &HashMap<&str, f64>, id: &str) -> f64 {
    let Some(score) = list.get(id) else { return 0.0 };
    let low = list.values().copied().fold(f64::MAX, f64::min);
    let high = list.values().copied().fold(f64::MIN, f64::max);
    if high > low { (score - low) / (high - low) } else { 1.0 }
}
