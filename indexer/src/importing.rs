//! `indexer import`: official procedures into the content store, through a running `bot serve` or by itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use indexer::control::{self, Request};
use indexer::import::{Catalogue, Imported, import_and_index};
use indexer::lock::DataLock;
use jiff::civil::Date;

use crate::installation::{self, Installation};
use crate::{Bar, now, say};

/// Where a file of procedures comes from.
#[derive(Subcommand)]
pub(crate) enum Import {
    /// Thủ tục của Cổng dịch vụ công quốc gia: mỗi dòng một bản ghi JSON.
    Dvcqg(Arguments),
}

/// What to import.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Tệp .jsonl hoặc .jsonl.gz.
    file: PathBuf,
    /// Thư mục có catalogue/*.toml, tên gọi thường ngày của các thủ tục.
    #[arg(long, env = "SEN_KNOWLEDGE_BASE", default_value = "knowledge-base", value_name = "DIR")]
    knowledge_base: PathBuf,
    /// Ngày Cổng hiển thị các thủ tục trong tệp (năm-tháng-ngày).
    #[arg(long, default_value = "2026-06-30", value_name = "DATE")]
    checked_on: Date,
    /// Chỉ cập nhật kho nội dung, chưa lập chỉ mục.
    #[arg(long)]
    no_index: bool,
}

/// Imports and prints the report.
pub(crate) async fn run(data: &Path, Import::Dvcqg(arguments): Import) -> Result<ExitCode> {
    let Arguments { file, knowledge_base, checked_on, no_index } = arguments;
    let file = file.canonicalize().with_context(|| format!("không có tệp {}", file.display()))?;
    let knowledge_base = knowledge_base.canonicalize().with_context(|| format!("không có thư mục {}", knowledge_base.display()))?;
    let catalogue = Catalogue { file, knowledge_base, checked_on, with_index: !no_index };
    let mut bar = Bar::new();
    let request = Request { command: "import-dvcqg".to_owned(), arguments: serde_json::to_value(&catalogue)? };
    let answer = control::call(data, &request, &mut |done, total, _| bar.show(done, total)).await?;
    let imported: Imported = match answer {
        Some(imported) => serde_json::from_value(imported)?,
        None => import_here(data, &catalogue, &mut bar).await?,
    };
    bar.end();
    say(&imported.to_string());
    Ok(ExitCode::SUCCESS)
}

async fn import_here(data: &Path, catalogue: &Catalogue, bar: &mut Bar) -> Result<Imported> {
    let _lock = DataLock::acquire(data, "indexer import")?;
    if !catalogue.with_index {
        return import_and_index(&installation::database(data).await?, None, catalogue, now(), &mut |_, _| {}).await;
    }
    let Installation { database, indexer, .. } = Installation::open(data).await?;
    import_and_index(&database, Some(&indexer), catalogue, now(), &mut |done, total| bar.show(done, total)).await
}
