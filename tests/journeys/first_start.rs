//! A stranger starts Sen for the first time, with nothing there but the model.

use anyhow::Result;
use tests::{Citizen, DataFolder, Server, text};

use crate::command_line::build_report;

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const GUIDE: &str = "can-cuoc-duoi-14-tuoi";

#[test]
fn from_nothing_to_an_answer_with_its_source() -> Result<()> {
    let server = Server::start(DataFolder::empty()?)?;
    assert!(server.setup_link.is_some());
    let mut citizen = Citizen::new(&server);
    let answer = citizen.ask(QUESTION)?;
    assert!(answer.text.contains("Phiếu đề nghị giải quyết thủ tục về căn cước"), "{}", answer.text);
    assert!(answer.text.contains("Nguồn: Cấp thẻ căn cước cho người dưới 14 tuổi"), "{}", answer.text);
    assert!(
        answer.text.contains("kiểm tra ngày ")
            && answer.text.contains("Chưa có cơ quan nào duyệt nội dung này; anh/chị hỏi lại nơi nộp cho chắc."),
        "{}",
        answer.text
    );
    assert!(
        answer.sources.contains(&format!("href=\"/guides/{GUIDE}\"")) && answer.sources.contains("href=\"https://"),
        "{}",
        answer.sources
    );
    let before = build_report(server.folder())?;
    assert!(before.contains("0 mới, 0 cập nhật") && before.contains("thêm 0 đoạn, xóa 0 đoạn"), "{before}");

    let server = Server::start(server.stop()?)?;
    assert!(server.setup_link.is_some(), "nobody has used the link yet");
    assert_eq!(build_report(server.folder())?, before);
    let messages = citizen.at(&server).messages()?;
    assert_eq!(messages.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>(), ["citizen", "sen"]);
    Ok(())
}

#[test]
fn the_source_leads_to_the_whole_guide() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let guide = tests::Client::new(&server.url).get(&format!("/guides/{GUIDE}"))?;
    assert_eq!(guide.status, 200);
    let words = text(&guide.body);
    for part in [
        "Giấy tờ cần có",
        "Thời hạn giải quyết",
        "Nộp ở đâu",
        "Căn cứ pháp lý",
        "Chưa có cơ quan nào duyệt nội dung này; anh/chị hỏi lại nơi nộp cho chắc.",
    ] {
        assert!(words.contains(part), "{part}");
    }
    Ok(())
}
