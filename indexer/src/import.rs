//! Imported official procedures: the national portal's catalogue as guides of the source [`ContentSource::Catalogue`].
//!
//! Tables that the portal's pages flattened are read back into rows. What can't be read stays as text in the guide's body;
//! what is faulty is told in the report and not served. An import again publishes only what differs.

mod laws;
mod names;
mod papers;
mod record;
mod report;
mod submissions;
#[cfg(test)]
mod tests;
mod to_guide;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::chunker::hex;
use crate::content::{ContentSource, Publish, Published, publish, withdraw};
use crate::database::Database;
use crate::sync::Indexer;
use names::Names;
use record::Record;
pub use report::{Fault, ImportReport};

/// As many procedures of one name are a page that was read for many codes.
const SAME_NAME: usize = 3;

/// What to import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportRequest {
    /// One JSON object a line, gzipped where its name ends in `.gz`.
    pub file: PathBuf,
    /// The day on which the portal showed the procedures.
    pub checked_on: Date,
    /// Its `catalogue/*.toml` hold everyday names.
    pub knowledge_base: PathBuf,
}

/// Imports and brings the index to the new state; tells `progress` (done, total) in passages.
///
/// # Errors
/// As [`import`] and [`Indexer::sync`].
pub async fn import_all(
    database: &Database,
    indexer: &Indexer,
    wanted: &ImportRequest,
    now: i64,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<ImportReport> {
    let mut report = import(database, &wanted.file, &wanted.knowledge_base, wanted.checked_on, now).await?;
    report.index = Some(indexer.sync(now, progress).await?);
    Ok(report)
}

/// Publishes the procedures of a file, one JSON object a line, gzipped where its name ends so. `checked_on` is the day on
/// which the portal showed them. Everyday names come from `knowledge_base/catalogue/*.toml`.
///
/// # Errors
/// When a file can't be read, or the database fails; nothing has changed then.
pub async fn import(database: &Database, file: &Path, knowledge_base: &Path, checked_on: Date, now: i64) -> Result<ImportReport> {
    let names = Names::load(&knowledge_base.join("catalogue"))?;
    let (records, mut report) = read(file)?;
    let guides = report.guides(records, &names, checked_on);
    store(database, &guides, &mut report, now).await?;
    Ok(report)
}

/// The records of a file; lines that are none are counted.
fn read(file: &Path) -> Result<(Vec<Record>, ImportReport)> {
    let opened = File::open(file).with_context(|| format!("không đọc được {}", file.display()))?;
    let plain: Box<dyn Read> =
        if file.extension().is_some_and(|ext| ext == "gz") { Box::new(MultiGzDecoder::new(opened)) } else { Box::new(opened) };
    let (mut records, mut report) = (Vec::new(), ImportReport::default());
    for line in BufReader::new(plain).lines() {
        let line = line.with_context(|| format!("không đọc được {}", file.display()))?;
        match serde_json::from_str::<Record>(&line) {
            _ if line.trim().is_empty() => {}
            Ok(record) => records.push(record),
            Err(error) => report.failed.push(error.to_string()),
        }
    }
    Ok((records, report))
}

impl ImportReport {
    /// The guides to serve, by id and text; the rest is noted.
    fn guides(&mut self, records: Vec<Record>, names: &Names, checked_on: Date) -> Vec<(String, String)> {
        let mut of_name: HashMap<String, usize> = HashMap::new();
        records.iter().for_each(|record| *of_name.entry(record.ten_thu_tuc.clone()).or_default() += 1);
        let mut guides = Vec::new();
        for record in &records {
            if let Some(fault) = not_to_serve(record, of_name[&record.ten_thu_tuc]) {
                self.note(fault, &record.ma_thu_tuc);
                self.left_out += 1;
                continue;
            }
            let (guide, mut faults) = to_guide::guide(record, names.of(&record.ma_thu_tuc), checked_on);
            faults.sort_unstable();
            faults.dedup();
            let whole = faults.is_empty();
            faults.into_iter().for_each(|fault| self.note(fault, &record.ma_thu_tuc));
            *(if whole { &mut self.whole } else { &mut self.partly }) += 1;
            guides.push((guide.id.clone(), guide.write()));
        }
        guides
    }
}

/// Why a record is no procedure that citizens of the province can use.
fn not_to_serve(record: &Record, of_that_name: usize) -> Option<Fault> {
    let is_code = record.ma_thu_tuc.contains('.') && record.ma_thu_tuc.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_code || record.ten_thu_tuc.trim().is_empty() {
        return Some(Fault::NoCodeOrName);
    }
    if names_other_province(&record.ten_thu_tuc) {
        return Some(Fault::OtherProvince);
    }
    // The district level ended on 1 July 2025.
    if record.ten_thu_tuc.to_lowercase().contains("cấp huyện") {
        return Some(Fault::DistrictLevel);
    }
    (of_that_name >= SAME_NAME).then_some(Fault::SameNameOnManyCodes)
}

/// Whether a title is of one province ("trên địa bàn tỉnh Hà Tĩnh") that is not ours.
fn names_other_province(title: &str) -> bool {
    let title = papers::one_line(title);
    title.match_indices("tỉnh ").any(|(at, word)| {
        let name = &title[at + word.len()..];
        name.starts_with(char::is_uppercase) && !name.starts_with("Nghệ An")
    })
}

/// Publishes what differs and withdraws what the file no longer has, in one transaction.
async fn store(database: &Database, guides: &[(String, String)], report: &mut ImportReport, now: i64) -> Result<()> {
    let stored = stored(database).await?;
    let mut tx = database.begin().await?;
    for (id, text) in guides {
        if stored.get(id).is_some_and(|digest| *digest == hex(&Sha256::digest(text))) {
            report.unchanged += 1;
            continue;
        }
        let item = Publish { id, source: ContentSource::Catalogue, text, author: "indexer", reason: "import", now, replaces: None };
        match publish(&mut tx, item).await? {
            Published::Created => report.created += 1,
            Published::Updated => report.updated += 1,
            Published::Unchanged => report.unchanged += 1,
            Published::KeptConsole { .. } | Published::Outdated { .. } => report.kept.push(id.clone()),
        }
    }
    let gone = stored.keys().filter(|id| !guides.iter().any(|(of_file, _)| of_file == *id));
    for id in gone {
        report.withdrawn += usize::from(withdraw(&mut tx, id, ContentSource::Catalogue, now).await?);
    }
    tx.commit().await?;
    Ok(())
}

/// The digests of what this source serves now.
async fn stored(database: &Database) -> sqlx::Result<HashMap<String, String>> {
    let sql = "SELECT id, digest FROM guides WHERE source = 'catalogue' AND withdrawn_at IS NULL";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&database.reader).await?;
    Ok(rows.into_iter().collect())
}
