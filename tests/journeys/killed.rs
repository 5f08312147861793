//! Nothing is lost when the process is killed, and a broken guide takes nothing else along.

use std::fs::{self, DirEntry};
use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;
use tests::{Citizen, DataFolder, Server, copy_folder, knowledge_base, until};

use crate::command_line::build_report;

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const UP_TO_DATE: &str = "index is up to date";

#[test]
fn the_first_index_is_completed_after_a_kill() -> Result<()> {
    let guides = copied_guides()?;
    keep_some(&guides.path().join("guides"))?;
    let folder = DataFolder::empty()?.with_guides(guides.path());
    let folder = Server::start_and_kill_at(folder, "Lập chỉ mục lần đầu: 64/")?;
    assert!(!folder.log().contains("Đã lập xong chỉ mục"), "killed too late to say anything");
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
    // Killed before the answers, and again among them.
    let server = Server::start(server.kill())?;
    let mut citizen = citizen.at(&server);
    until("the first answer", || citizen.page().ok()?.body.contains("message sen").then_some(()))?;
    let server = Server::start(server.kill())?;
    let messages = citizen.at(&server).messages()?;
    let of = |kind: &str| messages.iter().filter(|message| message.kind == kind).map(|m| m.text.to_lowercase()).collect::<Vec<_>>();
    assert_eq!(of("citizen"), asked);
    let answers = of("sen");
    assert_eq!(answers.len(), asked.len(), "{answers:?}");
    for (answer, subject) in answers.iter().zip(["khai sinh", "kết hôn", "tạm trú"]) {
        assert!(answer.contains(subject), "{subject}: {answer}");
    }
    Ok(())
}

#[test]
fn while_a_changed_index_is_built_and_killed_the_old_one_answers() -> Result<()> {
    let guides = copied_guides()?;
    change_some(&guides.path().join("guides"))?;
    let server = Server::start(DataFolder::filled()?.with_guides(guides.path()))?;
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
    let guides = copied_guides()?;
    fs::write(guides.path().join("guides/hong.md"), "---\nid: hong\ntitle: [không đóng\n---\n")?;
    let server = Server::start(DataFolder::filled()?.with_guides(guides.path()))?;
    until("the end of the build", || server.folder().log().contains(UP_TO_DATE).then_some(()))?;
    let log = server.folder().log();
    assert!(log.lines().any(|line| line.contains("a broken guide was left out") && line.contains("hong.md")), "{log}");
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    Ok(())
}

fn copied_guides() -> Result<TempDir> {
    let guides = tempfile::tempdir()?;
    copy_folder(&knowledge_base(), guides.path())?;
    Ok(guides)
}

/// Leaves the others out: enough to be killed in the middle, and soon done.
fn keep_some(guides: &Path) -> Result<()> {
    for entry in fs::read_dir(guides)?.flatten().filter(|entry| !is_one_of_some(entry)) {
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// Changes titles: a title is in every chunk of its guide, so that all of them have to be embedded again.
fn change_some(guides: &Path) -> Result<()> {
    for entry in fs::read_dir(guides)?.flatten().filter(is_one_of_some) {
        let text = fs::read_to_string(entry.path())?;
        fs::write(entry.path(), text.replacen("\ntitle: ", "\ntitle: Thủ tục ", 1))?;
    }
    Ok(())
}

/// Identity cards and certifications.
fn is_one_of_some(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('c')
}
