//! `bot knowledge export` and `bot knowledge import`: the content store and a folder of guides brought into step.

use std::fmt;
use std::path::Path;

use anyhow::Result;
use indexer::content::{self, ExportReport, ImportReport};
use indexer::database::Database;
use indexer::sync::IndexReport;
use serde::{Deserialize, Serialize};

use crate::answering::Engine;
use crate::clock::Clock;

/// Who publishes what a folder brings, in a guide's history.
const AUTHOR: &str = "dòng lệnh";

/// What an export did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exported(ExportReport);

/// What an import did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    content: ImportReport,
    index: IndexReport,
}

/// Writes what is published to a folder.
///
/// # Errors
/// As [`content::export`].
pub async fn export(db: &Database, folder: &Path) -> Result<Exported> {
    content::export(db, folder).await.map(Exported)
}

/// Publishes a folder's guides over what is published and brings index and names to their state.
///
/// # Errors
/// As [`content::import`]; broken guides are no error, the report names them.
pub async fn import(
    engine: &Engine,
    db: &Database,
    folder: &Path,
    clock: &Clock,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Imported> {
    let reason = format!("nhập từ thư mục {}", folder.display());
    let content = content::import(db, folder, AUTHOR, &reason, clock.now_ms()).await?;
    let index = engine.indexer().sync(clock.now_ms(), progress).await?;
    engine.refresh().await?;
    Ok(Imported { content, index })
}

impl fmt::Display for Exported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExportReport { written, skipped, removed } = &self.0;
        write!(formatter, "Bản hướng dẫn: ghi {} tệp, {skipped} tệp đã đúng, xóa {} tệp.", written.len(), removed.len())?;
        written.iter().try_for_each(|id| write!(formatter, "\n- {id}: đã ghi."))?;
        removed.iter().try_for_each(|id| write!(formatter, "\n- {id}: đã ngừng dùng, đã xóa tệp."))
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportReport { created, updated, skipped, withdrawn, broken } = &self.content;
        writeln!(formatter, "Bản hướng dẫn: {} mới, {} cập nhật, {skipped} giữ nguyên.", created.len(), updated.len())?;
        for id in withdrawn {
            writeln!(formatter, "- {id}: đã ngừng dùng trên trang quản trị, giữ như vậy.")?;
        }
        if !broken.is_empty() {
            writeln!(formatter, "Có lỗi cần sửa, bản hướng dẫn tương ứng chưa được nhập:")?;
        }
        for finding in broken {
            writeln!(formatter, "- {finding}")?;
        }
        let IndexReport { created, deleted, unchanged } = self.index;
        write!(formatter, "Chỉ mục: thêm {created} đoạn, xóa {deleted} đoạn, giữ nguyên {unchanged} đoạn.")
    }
}
