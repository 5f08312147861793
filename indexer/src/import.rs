//! Imports a national catalogue of procedures into the content store.
//!
//! # Layout: a record's way
//! - [`record`]: a line of the file, as the portal's page was stored.
//! - [`ways`]: the table of ways to hand in; [`rows`], [`fees`], [`descriptions`]: its channels, fees and times.
//! - [`papers`], [`laws`], [`lines`]: the other run-together texts.
//! - [`place`]: levels, bodies, pages of other provinces.
//! - [`names`]: everyday names from the knowledge base.
//! - [`compose`]: the guide; what no row says stays as text in its sections.
//! - [`store`]: published by digest; [`reason`], [`report`]: what could not be taken, and why.

mod compose;
mod descriptions;
mod fees;
mod laws;
mod lines;
mod names;
mod papers;
mod place;
mod reason;
mod record;
mod report;
mod rows;
mod store;
mod text;
mod ways;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

pub use names::names;
pub use reason::{Reason, Weight};
pub use report::{CatalogueReport, Tally};

use crate::database::Database;
use crate::guide::Guide;
use crate::sync::{IndexReport, Indexer};
use compose::compose;
use record::{Record, Records};

/// What to import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The file: one JSON record a line, perhaps packed with gzip.
    pub file: PathBuf,
    /// The knowledge base whose folder `catalogue/` holds everyday names.
    pub knowledge_base: PathBuf,
    /// The day on which the portal showed the records.
    pub checked_on: Date,
    /// Whether the index follows at once.
    pub with_index: bool,
}

/// What an import did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The content store.
    pub content: CatalogueReport,
    /// The index, where it followed.
    pub index: Option<IndexReport>,
}

/// Publishes a catalogue and, with an indexer, brings the index to the store's state. A second run changes nothing.
///
/// # Errors
/// As [`import_dvcqg`] and [`Indexer::sync`].
pub async fn import_and_index(
    database: &Database,
    indexer: Option<&Indexer>,
    catalogue: &Catalogue,
    now: i64,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Imported> {
    let content = import_dvcqg(database, catalogue, now).await?;
    let index = match indexer.filter(|_| catalogue.with_index) {
        Some(indexer) => Some(indexer.sync(now, progress).await?),
        None => None,
    };
    Ok(Imported { content, index })
}

/// Publishes the procedures of the national portal ("Cổng dịch vụ công quốc gia") as guides whose ids are their codes.
/// What the console has changed stays; what is gone from the file is withdrawn, unless lines of it can't be read.
///
/// # Errors
/// When the file or the names can't be read, or the database fails; nothing has changed then.
pub async fn import_dvcqg(database: &Database, catalogue: &Catalogue, now: i64) -> Result<CatalogueReport> {
    let catalogue = catalogue.clone();
    let (guides, mut report) = spawn_blocking(move || guides(&catalogue.file, &catalogue.knowledge_base, catalogue.checked_on)).await??;
    let is_whole = !report.reasons.contains_key(&Reason::Unreadable);
    store::store(database, &guides, is_whole, now, &mut report).await?;
    Ok(report)
}

/// The guides that may be served, as id and text, and what was found on the way.
fn guides(file: &Path, knowledge_base: &Path, checked_on: Date) -> Result<(Vec<(String, String)>, CatalogueReport)> {
    let Records { good, broken } = record::read(file)?;
    let names = names(knowledge_base)?;
    let mut report = CatalogueReport { records: good.len() + broken.len(), withheld: broken.len(), ..CatalogueReport::default() };
    broken.iter().for_each(|line| report.count(Reason::Unreadable, &format!("dòng {line}")));
    let pages = pages(&good);
    let mut codes: HashSet<&str> = HashSet::new();
    let mut guides = Vec::with_capacity(good.len());
    for record in &good {
        let code = record.ma_thu_tuc.as_str();
        let faults = faults(record, &pages, &mut codes);
        if !faults.is_empty() {
            faults.iter().for_each(|fault| report.count(*fault, code));
            report.withheld += 1;
            continue;
        }
        let composed = compose(record, names.get(code).map_or(&[], Vec::as_slice), checked_on);
        let text = composed.guide.write();
        if Guide::parse(&text).as_ref() != Ok(&composed.guide) {
            report.count(Reason::NotAGuide, code);
            report.withheld += 1;
            continue;
        }
        let is_partly = composed.reasons.iter().any(|reason| reason.weight() == Weight::Partly);
        *(if is_partly { &mut report.partly } else { &mut report.whole }) += 1;
        composed.reasons.iter().for_each(|reason| report.count(*reason, code));
        report.furniture += composed.furniture;
        report.named += usize::from(names.contains_key(code));
        guides.push((composed.guide.id, text));
    }
    report.unknown_names = names.keys().filter(|code| !codes.contains(code.as_str())).cloned().collect();
    report.unknown_names.sort();
    Ok((guides, report))
}

/// The codes that a page stands under, by its name and contents.
type Pages<'a> = HashMap<[&'a str; 4], HashSet<&'a str>>;

fn pages(records: &[Record]) -> Pages<'_> {
    let mut pages = Pages::new();
    for record in records {
        pages.entry(page(record)).or_default().insert(&record.ma_thu_tuc);
    }
    pages
}

fn page(record: &Record) -> [&str; 4] {
    [&record.ten_thu_tuc, &record.trinh_tu_thuc_hien, &record.cach_thuc_thuc_hien, &record.thanh_phan_ho_so]
}

/// Why the record can't be served at all.
fn faults<'a>(record: &'a Record, pages: &Pages<'a>, codes: &mut HashSet<&'a str>) -> Vec<Reason> {
    let faults = [
        (!codes.insert(&record.ma_thu_tuc), Reason::CodeTwice),
        (pages.get(&page(record)).is_some_and(|codes| codes.len() > 1), Reason::PageTwice),
        (place::is_elsewhere(record), Reason::OtherProvince),
    ];
    faults.into_iter().filter(|(holds, _)| *holds).map(|(_, fault)| fault).collect()
}

impl fmt::Display for Imported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.content)?;
        let Some(IndexReport { created, deleted, unchanged }) = self.index else { return Ok(()) };
        write!(formatter, "\nChỉ mục: thêm {created} đoạn, xóa {deleted} đoạn, giữ nguyên {unchanged} đoạn.")
    }
}
