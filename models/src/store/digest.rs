//! SHA-256 of large files, computed once and noted.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// The digest in `note`, if `file` still has the size and time of change that it had then.
pub(super) fn noted(file: &Path, note: &Path) -> Option<String> {
    let text = fs::read_to_string(note).ok()?;
    let (digest, state) = text.split_once('\n')?;
    (state == self::state(file).ok()?).then(|| digest.to_owned())
}

/// Reads the whole file; a note that cannot be written only costs time at the next start.
pub(super) fn compute_and_note(file: &Path, note: &Path) -> io::Result<String> {
    let state = state(file)?;
    let digest = of_file(file)?;
    let written = note.with_extension("tmp");
    let result = note
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&written, format!("{digest}\n{state}")))
        .and_then(|()| fs::rename(&written, note));
    if let Err(error) = result {
        tracing::warn!(%error, note = %note.display(), "could not note a digest");
    }
    Ok(digest)
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn of_file(file: &Path) -> io::Result<String> {
    let mut reader = File::open(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// The SHA-256 of `bytes`, in hexadecimal.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What changes when a file does: path, size and time.
fn state(file: &Path) -> io::Result<String> {
    let file = file.canonicalize()?;
    let metadata = file.metadata()?;
    let changed = metadata.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    Ok(format!("{} {changed} {}", metadata.len(), file.display()))
}
