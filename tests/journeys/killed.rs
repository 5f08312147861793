//! Nothing is lost when the process is killed, and a broken guide takes nothing else along.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tests::{Citizen, DataFolder, Server, copy_folder, knowledge_base, until};

use crate::command_line::build_report;

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const UP_TO_DATE: &str = "index is up to date";

#[test]
fn the_first_index_is_completed_after_a_kill() -> Result<()> {
    let folder = Server::start_and_kill_at(DataFolder::empty()?, "Lập chỉ mục lần đầu: 32/")?;
    let server = Server::start(folder)?;
    let report = build_report(server.folder())?;
    assert!(report.contains("thêm 0 đoạn, xóa 0 đoạn"), "{report}");
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    Ok(())
}

#[test]
fn accepted_messages_are_answered_once_and_in_order() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let asked = ["đăng ký khai sinh lệ phí bao nhiêu", "đăng ký kết hôn cần giấy tờ gì", "đăng ký tạm trú mất mấy ngày"];
    for question in asked {
        citizen.hand_over(question)?;
    }
    let server = Server::start(server.kill())?;
    let messages = citizen.at(&server).messages()?;
    let of =
        |kind: &str| messages.iter().filter(|message| message.kind == kind).map(|message| message.text.to_lowercase()).collect::<Vec<_>>();
    assert_eq!(of("citizen"), asked);
    let answers = of("sen");
    assert_eq!(answers.len(), 3, "{answers:?}");
    for (answer, subject) in answers.iter().zip(["khai sinh", "kết hôn", "tạm trú"]) {
        assert!(answer.contains(subject), "{subject}: {answer}");
    }
    Ok(())
}

#[test]
fn while_a_changed_index_is_built_and_killed_the_old_one_answers() -> Result<()> {
    let guides = tempfile::tempdir()?;
    copy_folder(&knowledge_base(), guides.path())?;
    let mut folder = DataFolder::filled()?;
    folder.knowledge_base = guides.path().to_owned();
    // A title is in every chunk: all of them have to be embedded again.
    change_all(&guides.path().join("guides"), "\ntitle: ", "\ntitle: Thủ tục ")?;
    let server = Server::start(folder)?;
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    let folder = server.kill();
    assert!(!folder.log().contains(UP_TO_DATE), "killed too late to say anything");

    let server = Server::start(folder)?;
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    until("the rest of the index", || server.folder().log().contains(UP_TO_DATE).then_some(()))?;
    let report = build_report(server.folder())?;
    assert!(report.contains("0 mới, 0 cập nhật") && report.contains("thêm 0 đoạn, xóa 0 đoạn"), "{report}");
    let answer = Citizen::new(&server).ask(QUESTION)?;
    assert!(answer.text.contains("Nguồn: Thủ tục Cấp thẻ căn cước"), "{}", answer.text);
    Ok(())
}

#[test]
fn a_broken_guide_is_named_and_left_out() -> Result<()> {
    let guides = tempfile::tempdir()?;
    copy_folder(&knowledge_base(), guides.path())?;
    let mut folder = DataFolder::filled()?;
    folder.knowledge_base = guides.path().to_owned();
    fs::write(guides.path().join("guides/hong.md"), "---\nid: hong\ntitle: [không đóng\n---\n")?;
    let server = Server::start(folder)?;
    until("the end of the build", || server.folder().log().contains(UP_TO_DATE).then_some(()))?;
    let log = server.folder().log();
    assert!(log.lines().any(|line| line.contains("a broken guide was left out") && line.contains("hong.md")), "{log}");
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    Ok(())
}

fn change_all(guides: &Path, from: &str, to: &str) -> Result<()> {
    for entry in fs::read_dir(guides)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        fs::write(&path, text.replacen(from, to, 1))?;
    }
    Ok(())
}
