//! `bot evaluate`: question sets judged, reported, compared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bot::config::Config;
use bot::evaluate::compare::Comparison;
use bot::evaluate::report::report;
use bot::evaluate::summary::Summary;
use bot::evaluate::thresholds::Thresholds;
use bot::evaluate::{Evaluation, Judged, unlabelled};
use clap::Args;
use indexer::evaluate::questions::{self, Question};
use serde_json::{Value, json};

use super::{Answerer, print, show_steps};

/// What to evaluate.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Các tệp JSONL câu hỏi kèm đáp án: id, question, history, style, intent, relevant, facts, note.
    #[arg(required = true, value_name = "TỆP")]
    questions: Vec<PathBuf>,
    /// Chấm các câu trả lời có sẵn trong tệp này (do `bot ask --batch` ghi), không hỏi lại.
    #[arg(long, value_name = "TỆP")]
    answers: Option<PathBuf>,
    /// So với lần chấm trước, đã ghi bằng --save.
    #[arg(long, value_name = "TỆP")]
    compare: Option<PathBuf>,
    /// Ghi lần chấm này vào tệp, để lần sau so.
    #[arg(long, value_name = "TỆP")]
    save: Option<PathBuf>,
    /// Các mức phải đạt (tệp TOML); không đạt thì mã thoát 1.
    #[arg(long, value_name = "TỆP")]
    thresholds: Option<PathBuf>,
    /// Liệt kê nhiều nhất bấy nhiêu câu chưa tốt.
    #[arg(long, value_name = "N", default_value_t = 100)]
    failures: usize,
    /// In ra một đối tượng JSON.
    #[arg(long)]
    json: bool,
}

/// Asks or reads, judges, prints.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<()> {
    let thresholds = arguments.thresholds.as_deref().map(thresholds).transpose()?;
    let earlier: Option<Evaluation> = arguments.compare.as_deref().map(read_json).transpose()?;
    let evaluation = evaluate(config, &arguments).await?;
    if let Some(path) = &arguments.save {
        std::fs::write(path, serde_json::to_vec(&evaluation)?).with_context(|| format!("không ghi được {}", path.display()))?;
    }
    let comparison = earlier.map(|earlier| Comparison::between(&earlier, &evaluation));
    if arguments.json {
        print(&json!({ "summary": Summary::of(&evaluation), "judged": evaluation.judged, "comparison": comparison }).to_string());
    } else {
        print(&report(&evaluation, arguments.failures));
        comparison.iter().for_each(|comparison| print(&comparison.to_string()));
    }
    let missed = thresholds.map(|thresholds| thresholds.missed(&evaluation)).unwrap_or_default();
    if !missed.is_empty() {
        bail!("chưa đạt: {}", missed.join("; "));
    }
    Ok(())
}

async fn evaluate(config: &Config, arguments: &Arguments) -> Result<Evaluation> {
    let mut asked: Vec<Question> = Vec::new();
    for path in &arguments.questions {
        asked.extend(questions::read(path)?);
    }
    let judged = match &arguments.answers {
        Some(path) => {
            let answers = stored(path)?;
            asked.iter().map(|question| Judged::new(question, answers.get(&question.id).unwrap_or(&Value::Null))).collect()
        }
        None => ask(config, &asked).await?,
    };
    Ok(Evaluation { judged })
}

async fn ask(config: &Config, asked: &[Question]) -> Result<Vec<Judged>> {
    let answerer = Answerer::open(config).await?;
    let mut judged = Vec::with_capacity(asked.len());
    for question in asked {
        let answer = answerer.ask(config, &unlabelled(question)).await?.answer;
        judged.push(Judged::new(question, &answer));
        show_steps(judged.len(), asked.len(), "Hỏi thử");
    }
    Ok(judged)
}

fn stored(path: &Path) -> Result<HashMap<String, Value>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("không đọc được {}", path.display()))?;
    let mut answers = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let answer: Value = serde_json::from_str(line).with_context(|| format!("dòng {} không phải câu trả lời", number + 1))?;
        let id = answer["id"].as_str().with_context(|| format!("dòng {} thiếu id", number + 1))?.to_owned();
        answers.insert(id, answer);
    }
    Ok(answers)
}

fn thresholds(path: &Path) -> Result<Thresholds> {
    let text = std::fs::read_to_string(path).with_context(|| format!("không đọc được {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} không phải các mức phải đạt", path.display()))
}

fn read_json(path: &Path) -> Result<Evaluation> {
    let text = std::fs::read(path).with_context(|| format!("không đọc được {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} không phải một lần chấm đã ghi", path.display()))
}
