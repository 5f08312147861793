//! What the tests share: a deterministic embedder, a data folder, a folder of guides.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod contract;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use indexer::database::Database;
use indexer::lexical::{fold, syllables};
use indexer::vector_index::IndexLocation;
use models::{EmbedError, Embedder, TextKind};
use sqlx::Connection;
use tempfile::TempDir;

/// 2026-11-24 in Vietnam, in milliseconds.
pub(crate) const NOW: i64 = 1_795_500_000_000;

const SAMPLE: &str = include_str!("../guides/cap-lai-can-cuoc.md");

/// A guide with that id and title, otherwise the sample.
pub(crate) fn guide(id: &str, title: &str) -> String {
    SAMPLE.replace("cap-lai-can-cuoc", id).replace("Cấp lại thẻ căn cước", title)
}

/// Hashes words into a unit vector: texts that share words are near each other.
pub(crate) struct WordHashes {
    pub(crate) id: String,
    pub(crate) dimensions: usize,
    /// Texts embedded so far.
    pub(crate) embedded: AtomicUsize,
}

impl WordHashes {
    pub(crate) fn new(id: &str, dimensions: usize) -> WordHashes {
        WordHashes { id: id.to_owned(), dimensions, embedded: AtomicUsize::new(0) }
    }

    pub(crate) fn embedded(&self) -> usize {
        self.embedded.load(Ordering::SeqCst)
    }

    pub(crate) fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.01; self.dimensions];
        for word in syllables(&fold(text)) {
            let hash = word.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
            vector[hash % self.dimensions] += 1.0;
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter().map(|value| value / length).collect()
    }
}

impl Embedder for WordHashes {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, _: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.embedded.fetch_add(texts.len(), Ordering::SeqCst);
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }
}

/// A data folder with its database, and a folder of guides.
pub(crate) struct House {
    folder: TempDir,
    pub(crate) database: Database,
}

impl House {
    pub(crate) async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("knowledge-base/guides")).unwrap();
        let database = Database::open(&database_url(folder.path()).await).await.unwrap();
        House { folder, database }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn folder(&self) -> IndexLocation {
        IndexLocation::Folder(self.data().join("index"))
    }

    pub(crate) fn knowledge_base(&self) -> PathBuf {
        self.folder.path().join("knowledge-base")
    }

    pub(crate) fn file(&self, id: &str) -> PathBuf {
        self.knowledge_base().join("guides").join(format!("{id}.md"))
    }

    pub(crate) fn write(&self, id: &str, text: impl AsRef<[u8]>) {
        fs::write(self.file(id), text).unwrap();
    }
}

/// A fresh database: a file or, where `SEN_TEST_POSTGRES_URL` names a server, a database of its own there.
async fn database_url(folder: &Path) -> String {
    let Ok(server) = std::env::var("SEN_TEST_POSTGRES_URL") else {
        return format!("sqlite://{}", folder.join("sen.sqlite").display());
    };
    let random = folder.file_name().unwrap().to_str().unwrap().replace(|letter: char| !letter.is_alphanumeric(), "");
    let name = format!("sen_test_{}_{}", std::process::id(), random.to_lowercase());
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&server).await.unwrap();
    sqlx::query(&format!("CREATE DATABASE {name}")).execute(&mut connection).await.unwrap();
    format!("{}/{name}", server.trim_end_matches('/').rsplit_once('/').unwrap().0)
}

/// Overwrites every file below with rubbish.
pub(crate) fn damage(dir: &Path) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damage(&path);
        } else {
            fs::write(path, b"rubbish").unwrap();
        }
    }
}
