//! `bot restore`: a backup into an empty database, either kind.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Seek as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use indexer::lock::DataLock;

use super::manifest::{FileKind, Manifest, file_kind};
use super::row::Insert;
use super::{archive, check, tables};
use crate::config::Config;
use crate::db::{self, Transaction};
use crate::queue;

/// Where the settings of a backup go that must not come into force by themselves.
const SETTINGS_ASIDE: &str = "sen.toml.from-backup";

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// When the backup was made; milliseconds since the epoch.
    pub created_at: i64,
    /// Rows written.
    pub rows: u64,
    /// Attachments written.
    pub attachments: u64,
    /// The settings of the backup lie aside under this name: the folder has its own, or they lead to another database.
    pub settings_aside: Option<&'static str>,
}

/// Checks all of `file`, then writes it into the empty database and data folder of `config`. The rows, and the tables as
/// the backup's version had them and then as this version has them, are one transaction: a killed restore leaves an empty
/// database. Files come before its end.
///
/// # Errors
/// One sentence: the backup is damaged or newer, the folder is in use, the database is not empty, the disk is full.
pub async fn restore(config: &Config, file: &Path, progress: super::ProgressFn<'_>) -> Result<Restored> {
    let mut file = File::open(file).with_context(|| format!("không mở được {}", file.display()))?;
    progress(0, 1, "Kiểm tra bản sao lưu");
    let manifest = check::check(&file)?;
    file.rewind()?;
    let _lock = DataLock::acquire(&config.data_dir, "bot restore")?;
    let db = db::open(&config.database_url).await?;
    let mut tx = db.begin().await?;
    ensure!(
        tables::are_empty(&mut tx).await?,
        "cơ sở dữ liệu đích đã có dữ liệu; hãy khôi phục vào một thư mục dữ liệu mới (--data) hoặc một cơ sở dữ liệu trống (SEN_DATABASE_URL)"
    );
    tables::drop_all(&mut tx).await?;
    db::migrate(&mut tx, |version| manifest.has_migration(version)).await?;
    let restored = load(&mut tx, config, &file, &manifest, progress).await?;
    db::migrate(&mut tx, |_| true).await?;
    queue::release_all(&mut tx).await?;
    tx.commit().await?;
    Ok(restored)
}

async fn load(
    tx: &mut Transaction,
    config: &Config,
    file: &File,
    manifest: &Manifest,
    progress: super::ProgressFn<'_>,
) -> Result<Restored> {
    let mut restored = Restored { created_at: manifest.created_at, rows: 0, attachments: 0, settings_aside: None };
    let mut archive = archive::open(file);
    for (done, entry) in archive.entries()?.enumerate() {
        progress(done, manifest.files.len(), "Khôi phục");
        let entry = entry?;
        match file_kind(&check::name_of(&entry)?) {
            Some(FileKind::Table(table)) => restored.rows += load_table(tx, table, entry).await?,
            Some(FileKind::Attachment(path)) => {
                archive::write_private(&config.data_dir.join(path), entry)?;
                restored.attachments += 1;
            }
            Some(FileKind::Settings) => restored.settings_aside = keep_settings(config, entry)?,
            None => {}
        }
    }
    Ok(restored)
}

async fn load_table(tx: &mut Transaction, table: &str, content: impl Read) -> Result<u64> {
    let insert = Insert::prepare(tx, table).await?;
    let mut rows = 0;
    for line in BufReader::new(content).lines() {
        rows += 1;
        let row = serde_json::from_str(&line?).with_context(|| format!("dòng {rows} của bảng {table}"))?;
        insert.run(tx, row).await.with_context(|| format!("dòng {rows} của bảng {table}"))?;
    }
    Ok(rows)
}

/// The settings come into force where the folder has none and they lead to the database that is restored.
fn keep_settings(config: &Config, mut content: impl Read) -> Result<Option<&'static str>> {
    let mut text = String::new();
    content.read_to_string(&mut text)?;
    let aside = config.data_dir.join(SETTINGS_ASIDE);
    let settings = config.data_dir.join("sen.toml");
    archive::write_private(&aside, text.as_bytes())?;
    if settings.exists() || !leads_to(&text, &config.database_url) {
        return Ok(Some(SETTINGS_ASIDE));
    }
    fs::rename(aside, settings)?;
    Ok(None)
}

fn leads_to(settings: &str, database_url: &str) -> bool {
    let Ok(table) = settings.parse::<toml::Table>() else { return false };
    table.get("database_url").is_none_or(|url| url.as_str() == Some(database_url))
}
