//! `indexer evaluate`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use indexer::control::{self, Request};
use indexer::evaluate::installed;
use indexer::evaluate::questions::{self, Question};
use indexer::evaluate::report::RetrievalReport;
use indexer::evaluate::squad::Squad;
use indexer::lock::DataLock;
use serde_json::json;

use crate::installation::{Installation, embedder};
use crate::say;

/// Questions sent to a running `bot serve` at a time: a request has at most 1 MiB.
const AT_A_TIME: usize = 500;

/// What is asked.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Tệp JSONL các câu hỏi: mỗi dòng có id, question, relevant; hỏi chỉ mục đang dùng.
    #[arg(required_unless_present = "squad", value_name = "TỆP")]
    questions: Vec<PathBuf>,
    /// Tệp SQuAD hoặc XQuAD (.json, .json.gz): mỗi đoạn văn là một tài liệu, lập chỉ mục tạm rồi bỏ.
    #[arg(long, value_name = "TỆP", conflicts_with = "questions")]
    squad: Option<PathBuf>,
    /// Bỏ dấu các câu hỏi trước khi hỏi.
    #[arg(long)]
    strip: bool,
    /// Chỉ hỏi mỗi N câu một câu.
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// In ra một đối tượng JSON.
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
pub(crate) async fn run(data: &Path, arguments: Arguments) -> Result<ExitCode> {
    let report = match &arguments.squad {
        Some(file) => squad(data, file, &arguments).await?,
        None => installed(data, &arguments).await?,
    };
    say(&if arguments.json { serde_json::to_string(&report)? } else { report.to_string() });
    Ok(ExitCode::SUCCESS)
}

async fn squad(data: &Path, file: &Path, arguments: &Arguments) -> Result<RetrievalReport> {
    let squad = Squad::read(file)?.every(arguments.every);
    let squad = if arguments.strip { squad.stripped() } else { squad };
    let embedder = embedder(data).await?;
    let rows = tokio::task::spawn_blocking(move || squad.evaluate(&*embedder, &mut show)).await??;
    Ok(RetrievalReport::new(rows, 0))
}

/// Through the running `bot serve`, or else by opening the data folder.
async fn installed(data: &Path, arguments: &Arguments) -> Result<RetrievalReport> {
    let mut asked: Vec<Question> = Vec::new();
    for file in &arguments.questions {
        asked.extend(questions::read(file)?.into_iter().step_by(arguments.every.max(1)));
    }
    if arguments.strip {
        asked.iter_mut().for_each(|question| question.question = indexer::lexical::strip(&question.question));
    }
    if let Some(report) = through_serve(data, &asked).await? {
        return Ok(report);
    }
    let _lock = DataLock::acquire(data, "indexer evaluate")?;
    let Installation { database, indexer, embedder } = Installation::open(data).await?;
    installed::evaluate(&database, &indexer, embedder, &asked, Arc::new(show)).await
}

async fn through_serve(data: &Path, asked: &[Question]) -> Result<Option<RetrievalReport>> {
    let mut merged = RetrievalReport::default();
    for questions in asked.chunks(AT_A_TIME) {
        let request = Request { command: "evaluate-search".to_owned(), arguments: json!({ "questions": questions }) };
        let Some(value) = control::call(data, &request, &mut show).await? else { return Ok(None) };
        let report = serde_json::from_value(value).context("máy chủ đang chạy trả lời theo dạng khác")?;
        merged = merged.merge(report);
    }
    Ok(Some(merged))
}

/// How far it is; for people, not for logs.
fn show(done: usize, total: usize, what: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{what}: {done}/{total}");
        if done == total {
            eprintln!();
        }
    }
}
