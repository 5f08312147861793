//! `bot ask`: one answer, or a file of them.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bot::ask::{Asked, Question, Turn};
use bot::config::Config;
use clap::Args;

use super::{Answerer, print};

/// What to ask.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Điều người dân đã nói trước đó (lặp lại được).
    #[arg(long = "citizen", value_name = "CÂU")]
    citizen: Vec<String>,
    /// In ra một đối tượng JSON.
    #[arg(long)]
    json: bool,
    /// Tệp JSONL nhiều câu hỏi: mỗi dòng có id, question, history.
    #[arg(long, value_name = "TỆP", conflicts_with_all = ["citizen", "question"])]
    batch: Option<PathBuf>,
    /// Ghi kết quả của --batch vào tệp này.
    #[arg(long, value_name = "TỆP", requires = "batch")]
    out: Option<PathBuf>,
    /// Với --batch: không trả lời mà ghi các thủ tục tìm được và vì sao.
    #[arg(long, requires = "batch")]
    explain: bool,
    /// Câu hỏi.
    #[arg(required_unless_present = "batch")]
    question: Option<String>,
}

/// Answers and prints.
pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<()> {
    if let Some(file) = &arguments.batch {
        return batch(&config, file, arguments.out.as_deref(), arguments.explain).await;
    }
    let history = arguments.citizen.into_iter().map(|text| Turn { role: "citizen".into(), text }).collect();
    let question = Question { question: arguments.question.unwrap_or_default(), history, ..Question::default() };
    let asked = Answerer::open(&config).await?.ask(&config, &question).await?;
    print(&if arguments.json { asked.answer.to_string() } else { readable(&asked) });
    Ok(())
}

/// An answer as text, with its quick replies.
pub(crate) fn readable(asked: &Asked) -> String {
    let text = asked.answer["text"].as_str().unwrap_or_default();
    let buttons: Vec<String> = asked.buttons.iter().map(|label| format!("[{label}]")).collect();
    format!("{text}\n{}", buttons.join(" "))
}

async fn batch(config: &Config, file: &std::path::Path, out: Option<&std::path::Path>, explain: bool) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("không đọc được {}", file.display()))?;
    let mut output: Box<dyn std::io::Write + Send> = match out {
        Some(path) => Box::new(std::fs::File::create(path).with_context(|| format!("không ghi được {}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    let answerer = Answerer::open(config).await?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let question: Question = serde_json::from_str(line).with_context(|| format!("dòng {} không phải câu hỏi", number + 1))?;
        let told = if explain { answerer.explain(config, &question).await? } else { answerer.ask(config, &question).await?.answer };
        writeln!(output, "{told}")?;
    }
    output.flush()?;
    Ok(())
}
