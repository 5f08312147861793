//! Step 5: dense and lexical search over names, lexical search over the rest, brought together by guide and ranked.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::Result;
use indexer::lexical::{fold, query_terms, syllables};
use indexer::sync::Serving;
use indexer::vector_index::{Filter, Hit, TermField};

use super::catalogue::{Catalogue, Entry};
use super::circumstance;
use super::confidence::confidence;
use super::features::{Asked, Features, Found, features};
use super::matching::{Content, QuestionWords};
use super::normalizer::{self, Normalised};
use super::question_rewriter::{content_words, telling_words};
use super::{Context, Flow, asked_fact, milliseconds, ranker};

/// Names fetched from each search over names.
const NAMES_DEPTH: usize = 100;
/// Other passages fetched.
const TEXT_DEPTH: usize = 60;

/// How much less sure the reading with the topic may be: a follow-up that names little is nearly always one.
const TOPIC_BONUS: f64 = 0.1;

/// A guide that may hold the answer.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) guide_id: String,
    /// For ranking only.
    pub(crate) score: f64,
    pub(crate) features: Features,
    /// Guides that are the same procedure at other levels, ranked behind this one.
    pub(crate) alike: Vec<String>,
}

/// Fills `candidates`, best first. A guide that is already clear needs no search. What may be a follow-up is searched by
/// itself and together with the conversation's topic; the surer reading holds.
pub(crate) async fn retrieve(context: &mut Context<'_>) -> Result<Flow> {
    if context.chosen.is_some() {
        context.goes_on = true;
        return Ok(Flow::Continue);
    }
    translate(context);
    // A question that names nothing means what was talked about.
    let own =
        if context.with_topic.is_some() && context.names_nothing { Vec::new() } else { search(context, &context.question.clone()).await? };
    context.candidates = own;
    if let Some(both) = context.with_topic.take() {
        let candidates = search(context, &both).await?;
        if context.candidates.is_empty() || confidence(&candidates) + TOPIC_BONUS >= confidence(&context.candidates) {
            context.candidates = candidates;
            context.with_topic = Some(both);
            context.goes_on = true;
        }
    }
    context.state.topic = Some(topic(context));
    Ok(Flow::Continue)
}

/// What the conversation is about from now on. A remark that names no procedure ("tôi đăng ký rồi") adds to it.
fn topic(context: &Context) -> String {
    if let Some(both) = &context.with_topic {
        return both.clean.clone();
    }
    let own = &context.question.clean;
    match &context.state.topic {
        Some(before) if before.starts_with(own.as_str()) => before.clone(),
        Some(before) if confidence(&context.candidates) < context.engine.sure_enough => format!("{own}. {before}"),
        _ => own.clone(),
    }
}

/// From here on an English question stands in Vietnamese words: guides have no others.
fn translate(context: &mut Context) {
    let glossary = context.engine.glossary();
    if let Some(translated) = normalizer::translated(&context.question, &glossary) {
        if context.asked.is_empty() {
            context.asked = asked_fact::asked(&translated.standard);
        }
        context.question = translated;
    }
    context.with_topic = context.with_topic.take().map(|both| normalizer::translated(&both, &glossary).unwrap_or(both));
}

/// The guides that a question may be about, best first.
async fn search(context: &mut Context<'_>, question: &Normalised) -> Result<Vec<Candidate>> {
    let Some(serving) = context.engine.indexer.serving() else { return Ok(Vec::new()) };
    let catalogue = context.engine.catalogue();
    let reading = reading(question, &catalogue);
    let started = Instant::now();
    let vector = if serving.dense_matches { Some(context.engine.embedder.embed_query(reading).await?) } else { None };
    context.timings.embed = Some(context.timings.embed.unwrap_or(0.0) + milliseconds(started));
    let terms = query_terms(&with_official(question));
    let search = move |serving: &Serving| {
        // Asked again: in between, another process may have switched to the index of another model.
        let vector = vector.as_deref().filter(|_| serving.dense_matches);
        let dense = vector.map(|vector| serving.index.search_dense(vector, &Filter::default(), NAMES_DEPTH)).transpose()?;
        let names = serving.index.search_sparse(&terms, TermField::Names, &Filter::default(), NAMES_DEPTH)?;
        let text = serving.index.search_sparse(&terms, TermField::Text, &Filter::default(), TEXT_DEPTH)?;
        Ok((dense.unwrap_or_default(), names, text))
    };
    let Some((dense, names, text)) = context.engine.indexer.search(search).await? else { return Ok(Vec::new()) };
    Ok(rank(question, &catalogue, &by_guide(&catalogue, &dense, &names, &text)))
}

/// A question in standard words, with the official words that they stand for.
fn with_official(question: &Normalised) -> String {
    std::iter::once(question.standard.as_str()).chain(question.official.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// The question as a dense model reads it best: with the diacritics that it most likely means, and its official words.
fn reading(question: &Normalised, catalogue: &Catalogue) -> String {
    let mut words = vec![catalogue.restorer().read(&question.standard)];
    for official in &question.official {
        // A conversation's topic often has them too.
        if !words.contains(official) {
            words.push(official.clone());
        }
    }
    words.join(" ")
}

/// The best scores of each guide; what is found of an official procedure counts for the guide that speaks for it.
fn by_guide<'a>(catalogue: &'a Catalogue, dense: &'a [Hit], names: &'a [Hit], text: &'a [Hit]) -> HashMap<&'a str, Found> {
    let mut found: HashMap<&str, Found> = HashMap::new();
    let mut note = |hits: &'a [Hit], slot: fn(&mut Found) -> &mut f64| {
        for hit in hits {
            let best = slot(found.entry(catalogue.speaker(&hit.guide_id)).or_default());
            *best = best.max(f64::from(hit.score));
        }
    };
    note(dense, |found| &mut found.dense);
    note(names, |found| &mut found.names);
    note(text, |found| &mut found.text);
    // A guide that the dense list does not reach is as far as its last one at most.
    let farthest = dense.last().map_or(0.0, |hit| f64::from(hit.score));
    found.values_mut().filter(|found| found.dense == 0.0).for_each(|found| found.dense = farthest);
    found
}

fn rank(question: &Normalised, catalogue: &Catalogue, found: &HashMap<&str, Found>) -> Vec<Candidate> {
    let told = circumstance::told(question);
    let words = question_words(question, catalogue);
    let asked = Asked { words: &words, told: &told, age: circumstance::age(&question.folded) };
    let top = |of: fn(&Found) -> f64| found.values().map(of).fold(0.0, f64::max);
    let best = Found { dense: top(|found| found.dense), names: top(|found| found.names), text: top(|found| found.text) };
    let mut candidates: Vec<(Candidate, &Entry)> = found
        .iter()
        .filter_map(|(id, found)| {
            let entry = catalogue.get(id)?;
            let features = features(catalogue, entry, &asked, *found, best);
            let candidate = Candidate { guide_id: (*id).to_owned(), score: ranker::score(&features), features, alike: Vec::new() };
            Some((candidate, entry))
        })
        .collect();
    // Of two that fit alike, the one whose sources were read later.
    candidates.sort_by(|(a, of_a), (b, of_b)| {
        b.score.total_cmp(&a.score).then(of_b.checked_on.cmp(&of_a.checked_on)).then_with(|| a.guide_id.cmp(&b.guide_id))
    });
    grouped(candidates.into_iter().map(|(candidate, entry)| (candidate, entry.kind.as_str())).collect())
}

/// One candidate for each kind of procedure: the same at other levels is noted with the best of them.
fn grouped(candidates: Vec<(Candidate, &str)>) -> Vec<Candidate> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Candidate> = Vec::new();
    for (candidate, kind) in candidates {
        match places.get(kind) {
            Some(place) => groups[*place].alike.push(candidate.guide_id),
            None => {
                places.insert(kind, groups.len());
                groups.push(candidate);
            }
        }
    }
    groups
}

/// The words that say which procedure is meant, as the catalogue knows them.
fn question_words(question: &Normalised, catalogue: &Catalogue) -> QuestionWords {
    let mut content = content_words(question, catalogue);
    let all = syllables(&fold(&with_official(question)));
    if content.is_empty() {
        // "nộp hồ sơ trực tuyến": ways of asking can be a guide's very name.
        content = all.iter().map(|word| Content { word: word.clone(), official: None }).collect();
    }
    let telling = |phrase: &String| {
        let words: Vec<&str> = phrase.split(' ').collect();
        telling_words(&words, catalogue).into_iter().map(|at| fold(words[at])).collect::<Vec<_>>()
    };
    let official: Vec<Vec<String>> = question.official.iter().map(telling).collect();
    QuestionWords::new(catalogue, &content, &official, &all)
}
