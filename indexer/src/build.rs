//! From a folder of guides to an index that answers: one call for the command line and the bot.

use std::fmt;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::content::{SyncReport, sync_seed};
use crate::database::Database;
use crate::sync::{IndexReport, Indexer};

/// What a build did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildReport {
    /// The content store.
    pub content: SyncReport,
    /// The index.
    pub index: IndexReport,
}

/// Publishes the guides of `folder` and brings the index to their state. A second run changes nothing.
///
/// # Errors
/// As [`sync_seed`] and [`Indexer::sync`]; broken guides are no error, the report names them.
pub async fn build_all(
    database: &Database,
    indexer: &Indexer,
    folder: &Path,
    now: i64,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<BuildReport> {
    let content = sync_seed(database, folder, now).await?;
    let index = indexer.sync(now, progress).await?;
    Ok(BuildReport { content, index })
}

impl fmt::Display for BuildReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SyncReport { created, updated, skipped, deleted, kept, broken } = &self.content;
        let IndexReport { created: new, deleted: gone, unchanged } = self.index;
        writeln!(
            formatter,
            "Bản hướng dẫn: {} mới, {} cập nhật, {skipped} giữ nguyên, {} ngừng dùng.",
            created.len(),
            updated.len(),
            deleted.len()
        )?;
        for (id, revision) in kept {
            writeln!(formatter, "- {id}: đã sửa trên trang quản trị (bản {revision}), giữ bản đó.")?;
        }
        if !broken.is_empty() {
            writeln!(formatter, "Có lỗi cần sửa, bản hướng dẫn tương ứng chưa được cập nhật:")?;
        }
        for finding in broken {
            writeln!(formatter, "- {finding}")?;
        }
        write!(formatter, "Chỉ mục: thêm {new} đoạn, xóa {gone} đoạn, giữ nguyên {unchanged} đoạn.")
    }
}
