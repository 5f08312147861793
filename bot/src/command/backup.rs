//! `bot backup`: through the running `serve`, else by opening the database itself. Never the model.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bot::backup::{self, ProgressFn, Report};
use bot::clock::Clock;
use bot::config::Config;
use bot::db;
use indexer::control::{self, Request};
use indexer::lock::DataLock;
use serde_json::json;

use super::{print, show_steps};

/// Writes the backup and tells what it holds.
pub(crate) async fn run(config: &Config, file: &Path) -> Result<()> {
    // The service runs in another folder.
    let file = std::path::absolute(file)?;
    let name = file.to_str().context("đường dẫn của tệp sao lưu không phải UTF-8")?;
    let request = Request { command: "backup".into(), arguments: json!({ "file": name }) };
    let report = match control::call(&config.data_dir, &request, &mut show_steps).await? {
        Some(report) => serde_json::from_value(report)?,
        None => back_up_here(config, &file, &mut show_steps).await?,
    };
    bot::startup::show("Đã ghi xong bản sao lưu.\n");
    print(&format!("{name}: {} dòng dữ liệu, {} tệp đính kèm.", report.rows, report.attachments));
    Ok(())
}

async fn back_up_here(config: &Config, file: &Path, progress: ProgressFn<'_>) -> Result<Report> {
    ensure!(config.data_dir.is_dir(), "không có thư mục dữ liệu {}", config.data_dir.display());
    let _lock = DataLock::acquire(&config.data_dir, "bot backup")?;
    let db = db::open(&config.database_url).await?;
    backup::create(&db, &config.data_dir, file, Clock::System.now_ms(), progress).await
}
