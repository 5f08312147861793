//! What each command does.

pub(crate) mod ask;
pub(crate) mod backup;
pub(crate) mod chat;
pub(crate) mod config;
pub(crate) mod evaluate;
pub(crate) mod knowledge;
pub(crate) mod models;
pub(crate) mod reset_password;
pub(crate) mod restore;

use std::io::{IsTerminal as _, Write as _};

use anyhow::Result;
use bot::ask::{Asked, Question};
use bot::clock::Clock;
use bot::config::Config;
use bot::startup::{self, Parts};
use indexer::control::{self, Request};
use indexer::lock::DataLock;
use serde_json::Value;

/// Who answers a command: a running `serve`, or this process itself.
pub(crate) enum Answerer {
    Running,
    Own { parts: Box<Parts>, _lock: DataLock },
}

impl Answerer {
    /// Works through the `serve` that holds the data folder, else opens the folder.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        if is_running(config).await {
            return Ok(Self::Running);
        }
        let lock = DataLock::acquire(&config.data_dir, "bot ask")?;
        let parts = startup::open(config).await?;
        let mut progress = |done: usize, total: usize| startup::show(&format!("Lập chỉ mục: {done}/{total} đoạn"));
        if config.knowledge_base.is_dir() {
            startup::build(&parts.engine, &parts.db, &config.knowledge_base, &Clock::System, &mut progress).await?;
        }
        Ok(Self::Own { parts: Box::new(parts), _lock: lock })
    }

    /// Answers one question.
    pub(crate) async fn ask(&self, config: &Config, question: &Question) -> Result<Asked> {
        match self {
            Self::Own { parts, .. } => bot::ask::ask(&parts.engine, &Clock::System, question).await,
            Self::Running => {
                let request = Request { command: "ask".into(), arguments: serde_json::to_value(question)? };
                let value = control::call(&config.data_dir, &request, &mut |_, _, _| {}).await?;
                Ok(serde_json::from_value(value.ok_or_else(|| anyhow::anyhow!("tiến trình bot serve đã dừng giữa chừng"))?)?)
            }
        }
    }

    /// Tells which guides a question may be about.
    pub(crate) async fn explain(&self, config: &Config, question: &Question) -> Result<Value> {
        match self {
            Self::Own { parts, .. } => bot::ask::explain(&parts.engine, &Clock::System, question).await,
            Self::Running => {
                let request = Request { command: "explain".into(), arguments: serde_json::to_value(question)? };
                let value = control::call(&config.data_dir, &request, &mut |_, _, _| {}).await?;
                value.ok_or_else(|| anyhow::anyhow!("tiến trình bot serve đã dừng giữa chừng"))
            }
        }
    }
}

async fn is_running(config: &Config) -> bool {
    tokio::net::UnixStream::connect(control::socket_path(&config.data_dir)).await.is_ok()
}

/// How far a long command is; for people, not for logs.
pub(crate) fn show_steps(done: usize, total: usize, what: &str) {
    if std::io::stderr().is_terminal() {
        startup::show(&format!("{what}: {done}/{total}"));
    }
}

/// One line on stdout; a reader that went away is no error of ours.
pub(crate) fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The embedded index panics where the disk is full: the operator reads a sentence instead of a stack. The index is derived
/// data, the next start repairs it. Of other panics only fixed words are told: composed ones ("byte index 3 is not a char
/// boundary of …") can hold what a citizen wrote.
pub(crate) fn explain_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if is_disk_full(&panic.to_string()) {
            return print_error(&anyhow::anyhow!("No space left on device"));
        }
        let at = panic.location().map(ToString::to_string);
        let words = panic.payload().downcast_ref::<&str>().copied();
        tracing::error!(at, words, "a panic");
    }));
}

/// One clear sentence, with the cause behind it.
pub(crate) fn print_error(error: &anyhow::Error) {
    let cause = format!("{error:#}");
    let sentence = if is_disk_full(&cause) {
        "ổ đĩa đã đầy; giải phóng chỗ trống rồi chạy lại, dữ liệu cũ vẫn còn nguyên: "
    } else {
        ""
    };
    let _ = writeln!(std::io::stderr(), "Lỗi: {sentence}{cause}");
}

/// As SQLite and the operating system say it.
fn is_disk_full(cause: &str) -> bool {
    ["disk is full", "No space left on device"].iter().any(|words| cause.contains(words))
}
