//! Reads a whole backup and believes nothing: before this has said yes, a restore writes nothing.

use std::fs::File;
use std::io::{self, Read};

use anyhow::{Context as _, Result, bail, ensure};
use tar::{Entry, EntryType};

use super::archive::{self, Measured};
use super::manifest::{self, FileEntry, FileKind, Manifest, file_kind};

/// The longest manifest that is read, in bytes.
const LONGEST_MANIFEST: u64 = 64 << 20;

/// The manifest of a backup that is whole, unchanged and of a version that this program understands.
///
/// # Errors
/// One sentence: it is cut short, changed, holds what does not belong there, or is of a newer version.
pub(super) fn check(file: &File) -> Result<Manifest> {
    let (manifest, found) = read_all(file).context("bản sao lưu hỏng hoặc bị cắt ngắn")?;
    let manifest = Manifest::read(&manifest)?;
    for entry in &found {
        if file_kind(&entry.name).is_none() {
            bail!("bản sao lưu có tệp lạ {:?}; không khôi phục gì", entry.name);
        }
    }
    ensure!(found.len() == manifest.files.len(), "bản sao lưu hỏng: số tệp không khớp với manifest.json");
    for (found, wanted) in found.iter().zip(&manifest.files) {
        ensure!(found == wanted, "bản sao lưu hỏng: {} không khớp với manifest.json", wanted.name);
    }
    Ok(manifest)
}

/// The manifest's text and every other file, measured. The manifest comes last, so a file that was cut has none.
fn read_all(file: &File) -> Result<(Vec<u8>, Vec<FileEntry>)> {
    let mut archive = archive::open(file);
    let mut files: Vec<FileEntry> = Vec::new();
    let mut manifest = None;
    for entry in archive.entries()? {
        let mut entry = entry?;
        ensure!(manifest.is_none(), "sau manifest.json còn tệp khác");
        let name = name_of(&entry)?;
        if name == manifest::NAME {
            let mut text = Vec::new();
            entry.take(LONGEST_MANIFEST).read_to_end(&mut text)?;
            manifest = Some(text);
        } else {
            ensure!(files.iter().all(|file| file.name != name), "tệp {name:?} có hai lần");
            files.push(measure(name, &mut entry)?);
        }
    }
    // To the end of the compressed stream, where its own checksum stands.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok((manifest.context("không có manifest.json")?, files))
}

/// The path of a plain file; folders, links and devices are never in a backup.
pub(super) fn name_of<R: Read>(entry: &Entry<'_, R>) -> Result<String> {
    ensure!(entry.header().entry_type() == EntryType::Regular, "có mục không phải là tệp");
    Ok(String::from_utf8(entry.path_bytes().into_owned())?)
}

fn measure(name: String, content: impl Read) -> Result<FileEntry> {
    let mut measured = Measured::new(content);
    io::copy(&mut measured, &mut io::sink())?;
    let rows = matches!(file_kind(&name), Some(FileKind::Table(_))).then_some(measured.lines);
    Ok(FileEntry { name, bytes: measured.bytes, rows, sha256: measured.sha256() })
}
