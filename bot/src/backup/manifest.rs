//! `manifest.json`: what a backup holds and which version of the program wrote it.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::tables;
use crate::db;

/// The manifest's name in the archive.
pub(super) const NAME: &str = "manifest.json";
/// The form of the archive. It grows only when an older program could not read a newer file.
const FORMAT: u64 = 1;

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The form of the archive.
    pub(super) format: u64,
    /// The program's version.
    pub(super) product: String,
    /// Milliseconds since the epoch.
    pub(super) created_at: i64,
    /// The same, for people.
    pub(super) created: String,
    /// `sqlite` or `postgres`; it can be restored into either.
    pub(super) database: String,
    /// How far the tables had come.
    pub(super) migrations: Vec<AppliedMigration>,
    /// Every other file, in the archive's order.
    pub(super) files: Vec<FileEntry>,
}

/// A migration that the tables had gone through.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AppliedMigration {
    /// Its number.
    pub(super) version: i64,
    /// The checksum of its text, in hexadecimal.
    pub(super) checksum: String,
}

/// One file of the archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    /// Its path there.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    /// The number of lines of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<u64>,
    /// Its digest, in hexadecimal.
    pub(super) sha256: String,
}

/// What a file of the archive is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileKind {
    /// Rows of this table.
    Table(&'static str),
    /// A file below `attachments/` in the data folder, with that folder.
    Attachment(PathBuf),
    /// `sen.toml`.
    Settings,
}

/// What the name stands for; none when this version of the program puts no such file into a backup.
pub(super) fn file_kind(name: &str) -> Option<FileKind> {
    if name == "sen.toml" {
        return Some(FileKind::Settings);
    }
    if let Some(table) = name.strip_prefix("tables/").and_then(|file| file.strip_suffix(".jsonl")) {
        return tables::BACKED_UP.into_iter().find(|known| *known == table).map(FileKind::Table);
    }
    let inside = name.strip_prefix("attachments/")?;
    let is_plain = !inside.is_empty() && Path::new(inside).components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| FileKind::Attachment(PathBuf::from(name)))
}

impl Manifest {
    /// A manifest of this version of the program.
    pub(super) fn new(now: i64, database: &str, migrations: Vec<AppliedMigration>) -> Result<Self> {
        Ok(Self {
            format: FORMAT,
            product: env!("CARGO_PKG_VERSION").to_owned(),
            created_at: now,
            created: jiff::Timestamp::from_millisecond(now)?.to_string(),
            database: database.to_owned(),
            migrations,
            files: Vec::new(),
        })
    }

    /// Reads one, of whatever version.
    ///
    /// # Errors
    /// When it is no manifest, or that of a newer version.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let json: serde_json::Value = serde_json::from_slice(bytes).context("manifest.json không đọc được")?;
        let format = json["format"].as_u64().context("manifest.json không ghi dạng của bản sao lưu")?;
        if format > FORMAT {
            refuse_newer(json["product"].as_str().unwrap_or("không rõ"))?;
        }
        let manifest: Self = serde_json::from_value(json).context("manifest.json không đọc được")?;
        manifest.check_migrations()?;
        Ok(manifest)
    }

    /// Whether the tables had gone through this migration.
    pub(super) fn has_migration(&self, version: i64) -> bool {
        self.migrations.iter().any(|applied| applied.version == version)
    }

    fn check_migrations(&self) -> Result<()> {
        for applied in &self.migrations {
            let Some(known) = db::migrations().find(|known| known.version == applied.version) else {
                return refuse_newer(&self.product);
            };
            ensure!(super::hex(&known.checksum) == applied.checksum, "bước {} của bản sao lưu khác với chương trình này", applied.version);
        }
        Ok(())
    }
}

fn refuse_newer(product: &str) -> Result<()> {
    bail!("bản sao lưu thuộc phiên bản mới hơn chương trình này (Sen {product}); hãy cập nhật Sen rồi khôi phục lại")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_files_have_a_kind() {
        assert_eq!(file_kind("tables/tickets.jsonl"), Some(FileKind::Table("tickets")));
        assert_eq!(file_kind("attachments/a/b.pdf"), Some(FileKind::Attachment("attachments/a/b.pdf".into())));
        for name in
            ["tables/other.jsonl", "tables/../x", "attachments/../sen.sqlite", "attachments//etc/passwd", "attachments/", "/sen.toml", "x"]
        {
            assert_eq!(file_kind(name), None, "{name}");
        }
    }
}
