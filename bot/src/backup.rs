//! `bot backup`: everything that can't be had again, in one file for both databases.
//!
//! A gzip tar: `tables/<name>.jsonl` (one JSON object a row), `attachments/…`, `sen.toml` where there is one and, last,
//! `manifest.json`, which names them all with their digests. Index and model are not in it: one is derived, the other fetched.

mod archive;
mod check;
mod manifest;
mod restore;
mod row;
mod tables;

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use indexer::database::Database;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::db::{Transaction, dialect};
use archive::Writer;
use manifest::{AppliedMigration, Manifest};

pub use restore::{Restored, restore};

/// Told how many of how many steps are done, and of what.
pub type ProgressFn<'a> = &'a mut (dyn FnMut(usize, usize, &str) + Send);

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Rows of all tables.
    pub rows: u64,
    /// Attachments.
    pub attachments: u64,
}

/// Writes a backup of one moment to `file`, while others may write to the database. `now` in milliseconds.
///
/// # Errors
/// When `file` exists or can't be written, the database is empty or fails, or the disk is full; then no file is left.
pub async fn create(db: &Database, data_dir: &Path, file: &Path, now: i64, progress: ProgressFn<'_>) -> Result<Report> {
    let mut snapshot = dialect::begin_snapshot(db).await?;
    ensure!(!tables::are_empty(&mut snapshot).await?, "cơ sở dữ liệu trống, không có gì để sao lưu; hãy xem lại --data");
    let manifest = Manifest::new(now, dialect::name(db), applied(&mut snapshot).await?)?;
    let mut writer = Writer::create(file, manifest)?;
    let total = tables::BACKED_UP.len();
    for (done, table) in tables::BACKED_UP.into_iter().enumerate() {
        progress(done, total, "Sao lưu");
        let rows = spool(&mut snapshot, table, parent(file)).await?;
        writer =
            off_the_runtime(writer, move |writer| writer.add(&format!("tables/{table}.jsonl"), rows.bytes, Some(rows.count), rows.file))
                .await?;
    }
    snapshot.rollback().await?;
    progress(total, total, "Sao lưu");
    let data_dir = data_dir.to_owned();
    let writer = off_the_runtime(writer, move |writer| add_files(writer, &data_dir)).await?;
    let manifest = tokio::task::spawn_blocking(move || writer.finish()).await??;
    let attachments = manifest.files.iter().filter(|file| file.name.starts_with(ATTACHMENTS)).count() as u64;
    Ok(Report { rows: manifest.files.iter().filter_map(|file| file.rows).sum(), attachments })
}

/// Below this name in the data folder and in the archive.
const ATTACHMENTS: &str = "attachments/";

/// Compressing takes long: citizens are served meanwhile.
async fn off_the_runtime(mut writer: Writer, work: impl FnOnce(&mut Writer) -> Result<()> + Send + 'static) -> Result<Writer> {
    tokio::task::spawn_blocking(move || work(&mut writer).map(|()| writer)).await?
}

async fn applied(snapshot: &mut Transaction) -> Result<Vec<AppliedMigration>> {
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").fetch_all(&mut **snapshot).await?;
    let read = |row: sqlx::any::AnyRow| {
        Ok(AppliedMigration { version: row.try_get("version")?, checksum: hex(&row.try_get::<Vec<u8>, _>("checksum")?) })
    };
    rows.into_iter().map(read).collect()
}

/// A table's rows in a file that has no name: an archive must know the length first.
struct Rows {
    file: File,
    bytes: u64,
    count: u64,
}

async fn spool(snapshot: &mut Transaction, table: &str, folder: &Path) -> Result<Rows> {
    let mut file = BufWriter::new(tempfile::tempfile_in(folder)?);
    let mut count = 0;
    let sql = format!("SELECT * FROM {table}");
    let mut rows = sqlx::query(&sql).fetch(&mut **snapshot);
    while let Some(row) = rows.try_next().await? {
        serde_json::to_writer(&mut file, &row::to_json(&row)?)?;
        file.write_all(b"\n")?;
        count += 1;
    }
    let mut file = file.into_inner()?;
    let bytes = file.stream_position()?;
    file.rewind()?;
    Ok(Rows { file, bytes, count })
}

/// What lies in the data folder beside the database.
fn add_files(writer: &mut Writer, data_dir: &Path) -> Result<()> {
    for path in files_below(&data_dir.join(ATTACHMENTS))? {
        add_file(writer, data_dir, &path)?;
    }
    add_file(writer, data_dir, &data_dir.join("sen.toml"))
}

/// A file that is gone by now was taken away meanwhile, and is left out.
fn add_file(writer: &mut Writer, data_dir: &Path, path: &Path) -> Result<()> {
    let name = path.strip_prefix(data_dir)?.to_str().with_context(|| format!("tên tệp không phải UTF-8: {}", path.display()))?;
    match File::open(path) {
        Ok(file) => writer.add(name, file.metadata()?.len(), None, file),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("không đọc được {}", path.display())),
    }
}

/// All plain files, in the order of their names; links are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("không đọc được {}", folder.display())),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        match entry.file_type()? {
            kind if kind.is_dir() => files.extend(files_below(&entry.path())?),
            kind if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    files.sort();
    Ok(files)
}

/// The folder that a path lies in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
