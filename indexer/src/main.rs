//! `indexer`: builds the index from a folder of guides, checks the folder, imports official procedures, measures the search.

mod evaluation;
mod importing;
mod installation;

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use indexer::build::{BuildReport, build_all};
use indexer::check::check_folder;
use indexer::control::{self, Request};
use indexer::course;
use indexer::guide::vietnam_date;
use indexer::lock::DataLock;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;

use crate::installation::Installation;

/// Đưa các bản hướng dẫn vào kho nội dung và lập chỉ mục tìm kiếm.
#[derive(Parser)]
#[command(name = "indexer", version)]
struct Arguments {
    /// Thư mục dữ liệu: mô hình, chỉ mục, cơ sở dữ liệu.
    #[arg(long, global = true, env = "SEN_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Cập nhật kho nội dung và chỉ mục theo thư mục các bản hướng dẫn.
    Build(Source),
    /// Kiểm tra các bản hướng dẫn và khóa học, nêu từng chỗ cần sửa; mã thoát 1 nếu có chỗ cần sửa.
    Check(Source),
    /// Nhập danh mục thủ tục chính thức vào kho nội dung.
    #[command(subcommand)]
    Import(importing::Import),
    /// Đo việc tìm kiếm: thủ tục đúng có đứng trong những kết quả đầu không.
    Evaluate(evaluation::Arguments),
}

#[derive(clap::Args)]
struct Source {
    /// Thư mục các bản hướng dẫn.
    source: Option<PathBuf>,
    /// Thư mục các bản hướng dẫn, khi không ghi SOURCE.
    #[arg(long, env = "SEN_KNOWLEDGE_BASE", default_value = "knowledge-base", value_name = "DIR")]
    knowledge_base: PathBuf,
}

impl Source {
    fn folder(self) -> PathBuf {
        self.source.unwrap_or(self.knowledge_base)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SEN_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Build(source) => build(&arguments.data, &source.folder()).await,
        Command::Check(source) => check(&source.folder()),
        Command::Import(import) => importing::run(&arguments.data, import).await,
        Command::Evaluate(evaluate) => evaluation::run(&arguments.data, evaluate).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("Lỗi: {error:#}");
        ExitCode::FAILURE
    })
}

/// Builds through the running `bot serve`, or else by opening the data folder itself.
async fn build(data: &Path, folder: &Path) -> Result<ExitCode> {
    let folder = folder.canonicalize().with_context(|| format!("không có thư mục {}", folder.display()))?;
    let mut bar = Bar::new();
    let request = Request { command: "build".to_owned(), arguments: json!({ "folder": folder }) };
    let answer = control::call(data, &request, &mut |done, total, _| bar.show(done, total)).await?;
    let report: BuildReport = match answer {
        Some(report) => serde_json::from_value(report)?,
        None => build_here(data, &folder, &mut bar).await?,
    };
    bar.end();
    say(&report.to_string());
    Ok(ExitCode::SUCCESS)
}

async fn build_here(data: &Path, folder: &Path, bar: &mut Bar) -> Result<BuildReport> {
    let _lock = DataLock::acquire(data, "indexer build")?;
    let Installation { database, indexer, .. } = Installation::open(data).await?;
    build_all(&database, &indexer, folder, now(), &mut |done, total| bar.show(done, total)).await
}

fn check(folder: &Path) -> Result<ExitCode> {
    let today = vietnam_date(now());
    let (guides, courses) = (check_folder(folder, today)?, course::check_folder(folder, today)?);
    for finding in guides.findings.iter().chain(&courses.findings) {
        say(&finding.to_string());
    }
    let files = format!("{} bản hướng dẫn và {} khóa học", guides.good.len() + guides.broken.len(), courses.files);
    // Everyday names of catalogue procedures: the first fault ends their reading.
    let names = indexer::import::names(folder).err();
    if let Some(error) = &names {
        say(&format!("{error:#}"));
    }
    let findings = guides.findings.len() + courses.findings.len() + usize::from(names.is_some());
    if findings > 0 {
        say(&format!("Đã kiểm tra {files}: có {findings} chỗ cần sửa."));
        return Ok(ExitCode::FAILURE);
    }
    say(&format!("Đã kiểm tra {files}: không có chỗ nào cần sửa."));
    Ok(ExitCode::SUCCESS)
}

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the command line is where the time comes in")]
fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

#[expect(clippy::print_stdout, reason = "this is what the command answers")]
fn say(text: &str) {
    println!("{text}");
}

/// A bar on a terminal, a plain line for each tenth elsewhere.
struct Bar {
    bar: Option<ProgressBar>,
    tenths: Option<usize>,
}

impl Bar {
    fn new() -> Bar {
        let style = ProgressStyle::with_template("Lập chỉ mục [{bar:40}] {pos}/{len} đoạn").ok();
        let style = style.filter(|_| stderr().is_terminal());
        Bar { bar: style.map(|style| ProgressBar::new(0).with_style(style)), tenths: None }
    }

    fn show(&mut self, done: usize, total: usize) {
        if total == 0 {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            return;
        }
        let tenths = Some(done * 10 / total);
        if self.tenths != tenths {
            self.tenths = tenths;
            eprintln!("Lập chỉ mục: {done}/{total} đoạn");
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
