//! Files that citizens sent, in the data folder.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};

/// A file is written before its row: younger ones may still get theirs.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Deletes these files; one that is gone already is as good as deleted.
///
/// # Errors
/// When one can't be deleted.
pub(super) async fn delete(data_dir: &Path, files: &[String]) -> Result<()> {
    for name in files.iter().filter_map(|file| Path::new(file).file_name()) {
        match tokio::fs::remove_file(folder(data_dir).join(name)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).context("an attachment can't be deleted"),
            _ => {}
        }
    }
    Ok(())
}

/// Deletes files older than a day that no attachment names; how many.
///
/// # Errors
/// When the folder can't be read or a file not be deleted.
pub(super) fn delete_orphans(data_dir: &Path, known: &[String], now: i64) -> Result<u64> {
    let known: HashSet<OsString> = known.iter().filter_map(|file| Some(Path::new(file).file_name()?.to_owned())).collect();
    let entries = match std::fs::read_dir(folder(data_dir)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut deleted = 0;
    for entry in entries {
        let (entry, oldest) = (entry?, now - DAY_MS);
        let written = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH)?.as_millis();
        // A folder is none of ours: a disk that is mounted here has its own.
        let is_orphan = entry.file_type()?.is_file() && !known.contains(&entry.file_name());
        if is_orphan && i64::try_from(written)? < oldest {
            std::fs::remove_file(entry.path())?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("attachments")
}
