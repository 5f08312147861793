//! `bot knowledge export` and `bot knowledge import`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bot::clock::Clock;
use bot::config::Config;
use bot::knowledge::{self, Exported, Imported};
use bot::{db, startup};
use clap::Subcommand;
use indexer::control::{self, Request};
use indexer::lock::DataLock;
use serde_json::{Value, json};

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum What {
    /// Ghi mọi bản hướng dẫn đang dùng ra một thư mục, mỗi bản một tệp, nguyên từng byte.
    Export {
        /// Thư mục sẽ nhận các tệp; bản đã ngừng dùng thì tệp của nó bị xóa.
        #[arg(value_name = "THƯ MỤC")]
        folder: PathBuf,
    },
    /// Công bố các bản hướng dẫn trong một thư mục, kể cả bản đã sửa trên trang quản trị.
    Import {
        /// Thư mục có các tệp.
        #[arg(value_name = "THƯ MỤC")]
        folder: PathBuf,
    },
}

/// Does it through the running `serve`, else here.
pub(crate) async fn run(config: &Config, what: What) -> Result<()> {
    match what {
        What::Export { folder } => export(config, &folder).await,
        What::Import { folder } => import(config, &folder).await,
    }
}

async fn export(config: &Config, folder: &Path) -> Result<()> {
    let folder = std::path::absolute(folder)?;
    let report: Exported = match through_serve(config, "knowledge-export", &folder).await? {
        Some(report) => serde_json::from_value(report)?,
        None => {
            let _lock = DataLock::acquire(&config.data_dir, "bot knowledge")?;
            knowledge::export(&db::open(&config.database_url).await?, &folder).await?
        }
    };
    super::print(&report.to_string());
    Ok(())
}

async fn import(config: &Config, folder: &Path) -> Result<()> {
    let folder = folder.canonicalize().with_context(|| format!("không có thư mục {}", folder.display()))?;
    let report: Imported = match through_serve(config, "knowledge-import", &folder).await? {
        Some(report) => serde_json::from_value(report)?,
        None => {
            let _lock = DataLock::acquire(&config.data_dir, "bot knowledge")?;
            let parts = startup::open(config).await?;
            let mut progress = |done, total| super::show_steps(done, total, "Lập chỉ mục");
            knowledge::import(&parts.engine, &parts.db, &folder, &Clock::System, &mut progress).await?
        }
    };
    super::print(&report.to_string());
    Ok(())
}

async fn through_serve(config: &Config, command: &str, folder: &Path) -> Result<Option<Value>> {
    let request = Request { command: command.to_owned(), arguments: json!({ "folder": folder }) };
    control::call(&config.data_dir, &request, &mut super::show_steps).await
}
