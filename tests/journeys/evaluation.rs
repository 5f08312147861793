//! The answers over the project's own guides, measured: the gate that no change passes by making them worse.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::Value;
use tests::{DataFolder, Server, exit_code, knowledge_base};

fn set(name: &str) -> PathBuf {
    knowledge_base().join("eval").join(name)
}

#[test]
fn answers_from_the_guides_reach_the_thresholds() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let folder = server.folder();
    let saved = folder.path().join("evaluation.json");
    let mut command = folder.command("bot");
    command.arg("evaluate").arg(set("guides.jsonl")).arg("--thresholds").arg(set("thresholds.toml")).arg("--save").arg(&saved);
    let output = command.output()?;
    let (report, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(exit_code(&output)?, 0, "{said}\n{report}");
    assert!(report.contains("Theo kiểu gõ") && report.contains("Độ chắc chắn"), "{report}");

    // The same answers, asked again and compared: nothing changed, and the machine-readable form says so.
    let mut again = folder.command("bot");
    again.arg("evaluate").arg(set("guides.jsonl")).arg("--compare").arg(&saved).arg("--json");
    let output = again.output()?;
    let value: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!((&value["comparison"]["worse"], &value["comparison"]["better"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert_eq!(value["summary"]["ungrounded"], 0);
    Ok(())
}

#[test]
fn an_evaluation_below_a_threshold_fails_and_says_why() -> Result<()> {
    let folder = DataFolder::empty()?;
    let (thresholds, questions, answers) = (folder.path().join("t.toml"), folder.path().join("q.jsonl"), folder.path().join("a.jsonl"));
    let strict = "right = 1.0\nwrong = 0.0\nincomplete = 0.0\nfirst_citation = 1.0\nasked_back = 1.0\nkept_out = 1.0\nungrounded = 0\n";
    std::fs::write(&thresholds, strict)?;
    std::fs::write(&questions, "{\"id\":\"a\",\"question\":\"x\",\"relevant\":[\"ket-hon\"]}\n")?;
    std::fs::write(&answers, "{\"id\":\"a\",\"status\":\"answered\",\"text\":\"70 đồng\",\"citations\":[]}\n")?;
    let mut command = folder.command("bot");
    command.arg("evaluate").arg(&questions).arg("--answers").arg(&answers).arg("--thresholds").arg(&thresholds);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(exit_code(&output)?, 1, "{said}");
    assert!(said.contains("trả lời sai: 100.0 %") && said.contains("không có trong nguồn: 1"), "{said}");
    Ok(())
}

#[test]
fn the_search_is_measured_beside_a_running_serve_as_without_one() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let measure = |folder: &DataFolder| -> Result<Value> {
        let mut command = folder.command("indexer");
        command.arg("evaluate").arg(set("guides.jsonl")).args(["--every", "6", "--json"]);
        let output = command.output()?;
        assert_eq!(exit_code(&output)?, 0, "{}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    let beside = measure(server.folder())?;
    let folder = server.stop()?;
    assert_eq!(beside, measure(&folder)?);
    let fused = beside["rows"].as_array().into_iter().flatten().find(|row| row["group"] == "all" && row["method"] == "restored");
    let measures = fused.map(|row| row["measures"].clone()).unwrap_or_default();
    let (first, questions) = (measures["first"].as_u64().unwrap_or(0), measures["questions"].as_u64().unwrap_or(1));
    assert!(first * 100 >= questions * 80, "{measures}");
    Ok(())
}
