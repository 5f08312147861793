//! An answer over the guides without its embedding: `cargo bench -p tests --bench answering`. Aim: p95 at most 5 ms.
//!
//! The real parts on a data folder of its own; questions are the guides' names with every fact that can be asked.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::Path;

use anyhow::{Context as _, Result};
use bot::answering::Fact;
use bot::ask::{Question, ask};
use bot::clock::Clock;
use bot::config::Config;
use bot::startup::{self, Parts};
use tests::{knowledge_base, models_dir};

const FACTS: [Fact; 8] = [Fact::Fee, Fact::Time, Fact::Papers, Fact::Place, Fact::Online, Fact::Steps, Fact::Conditions, Fact::LegalBasis];
/// Titles and other names of a guide that are asked with.
const NAMES: usize = 2;

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let parts = open(folder.path()).await?;
    let questions = questions(&parts).await?;
    let mut times = Vec::new();
    // The first round warms the caches.
    for round in 0..2 {
        times.clear();
        for question in &questions {
            times.push(without_embedding(&parts, question).await.with_context(|| format!("round {round}, {question:?}"))?);
        }
    }
    times.sort_by(f64::total_cmp);
    let percentile = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("answer without embedding, {} questions: p50 {:.2} ms, p95 {:.2} ms (aim 5)", times.len(), percentile(0.5), percentile(0.95));
    Ok(())
}

async fn open(folder: &Path) -> Result<Parts> {
    std::fs::create_dir_all(models_dir())?;
    std::os::unix::fs::symlink(models_dir(), folder.join("models"))?;
    let guides = knowledge_base();
    let config = Config::load(folder, &|name| (name == "SEN_KNOWLEDGE_BASE").then(|| guides.display().to_string()))?;
    let parts = startup::open(&config).await?;
    startup::build(&parts.engine, &parts.db, &guides, &Clock::System, &mut |_, _| {}).await?;
    Ok(parts)
}

async fn questions(parts: &Parts) -> Result<Vec<String>> {
    let guides = indexer::content::published_all(&parts.db).await?;
    let names = guides.iter().flat_map(|found| [&found.guide.title].into_iter().chain(&found.guide.other_names).take(NAMES));
    Ok(names.flat_map(|name| FACTS.map(|fact| format!("{name} {}", fact.button_label().to_lowercase()))).collect())
}

/// Milliseconds.
async fn without_embedding(parts: &Parts, question: &str) -> Result<f64> {
    let question = Question { question: question.to_owned(), ..Question::default() };
    let timings = &ask(&parts.engine, &Clock::System, &question).await?.answer["timings_ms"];
    Ok(timings["total"].as_f64().context("no total")? - timings["embed"].as_f64().unwrap_or(0.0))
}
