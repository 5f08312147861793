//! The archive's file: written beside its place and put there when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tar::{Archive, Builder, EntryType, Header};

use super::manifest::{self, FileEntry, Manifest};

/// A backup that is being written.
pub(super) struct Writer {
    tar: Builder<GzEncoder<BufWriter<File>>>,
    part: Part,
    manifest: Manifest,
}

impl Writer {
    /// Begins `FILE.part`, readable by its owner only.
    ///
    /// # Errors
    /// When `target` exists, or can't be written, or another backup is writing it.
    pub(super) fn create(target: &Path, manifest: Manifest) -> Result<Self> {
        let (part, file) = Part::create(target)?;
        let mut tar = Builder::new(GzEncoder::new(BufWriter::new(file), Compression::fast()));
        tar.sparse(false);
        Ok(Self { tar, part, manifest })
    }

    /// Adds the next `bytes` of `content` as one file.
    ///
    /// # Errors
    /// When there are fewer, or the disk is full.
    pub(super) fn add(&mut self, name: &str, bytes: u64, rows: Option<u64>, content: impl Read) -> Result<()> {
        let mut measured = Measured::new(content.take(bytes));
        self.append(name, bytes, &mut measured)?;
        ensure!(measured.bytes == bytes, "{name} đã ngắn đi trong lúc sao lưu");
        self.manifest.files.push(FileEntry { name: name.to_owned(), bytes, rows, sha256: measured.sha256() });
        Ok(())
    }

    /// Closes the archive with its manifest, waits until all is on the disk and puts it in its place.
    ///
    /// # Errors
    /// When the disk is full; then nothing is left behind.
    pub(super) fn finish(mut self) -> Result<Manifest> {
        let manifest = serde_json::to_vec_pretty(&self.manifest)?;
        self.append(manifest::NAME, manifest.len() as u64, manifest.as_slice())?;
        let file = self.tar.into_inner()?.finish()?.into_inner()?;
        file.sync_all()?;
        self.part.publish()?;
        Ok(self.manifest)
    }

    fn append(&mut self, name: &str, bytes: u64, content: impl Read) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.manifest.created_at / 1000).unwrap_or_default());
        self.tar.append_data(&mut header, name, content).with_context(|| format!("không ghi được {name} vào bản sao lưu"))
    }
}

/// `FILE.part`; removed when dropped, unless it has become FILE.
struct Part {
    path: PathBuf,
    target: PathBuf,
    is_published: bool,
}

impl Part {
    fn create(target: &Path) -> Result<(Self, File)> {
        let path = PathBuf::from(format!("{}.part", target.display()));
        let cannot = || format!("không ghi được {}", path.display());
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).with_context(cannot)?;
        // What a killed backup left is overwritten, but not what another one is writing.
        file.try_lock().with_context(cannot)?;
        let part = Self { path, target: target.to_owned(), is_published: false };
        part.ensure_free()?;
        file.set_len(0)?;
        Ok((part, file))
    }

    fn ensure_free(&self) -> Result<()> {
        ensure!(!self.target.exists(), "đã có {}; hãy chọn tên tệp khác", self.target.display());
        Ok(())
    }

    fn publish(&mut self) -> Result<()> {
        self.ensure_free()?;
        fs::rename(&self.path, &self.target)?;
        self.is_published = true;
        File::open(super::parent(&self.target))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_published {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Counts and digests what is read through it.
pub(super) struct Measured<R> {
    inner: R,
    digest: Sha256,
    /// Bytes read so far.
    pub(super) bytes: u64,
    /// Ends of lines among them.
    pub(super) lines: u64,
}

impl<R: Read> Measured<R> {
    /// Nothing read yet.
    pub(super) fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0, lines: 0 }
    }

    /// The digest of what was read, in hexadecimal.
    pub(super) fn sha256(self) -> String {
        super::hex(&self.digest.finalize())
    }
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes += count as u64;
        self.lines += buffer[..count].iter().filter(|byte| **byte == b'\n').count() as u64;
        Ok(count)
    }
}

/// Opens an archive to read its files in order.
pub(super) fn open(file: &File) -> Archive<GzDecoder<BufReader<&File>>> {
    Archive::new(GzDecoder::new(BufReader::new(file)))
}

/// Writes a file that only its owner reads, in the place of an earlier one.
///
/// # Errors
/// When it can't be written.
pub(super) fn write_private(path: &Path, mut content: impl Read) -> Result<()> {
    let cannot = || format!("không ghi được {}", path.display());
    fs::create_dir_all(super::parent(path)).with_context(cannot)?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).with_context(cannot)?;
    io::copy(&mut content, &mut file).with_context(cannot)?;
    file.flush()?;
    file.sync_all().with_context(cannot)
}
