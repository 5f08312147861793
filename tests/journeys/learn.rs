//! A citizen learns: in the chat and on pages, with and without scripts, on Telegram, and after the process was killed.

use anyhow::{Context as _, Result, ensure};
use tests::telegram::{SimMessage, Simulator};
use tests::{Browser, Citizen, Client, DataFolder, Server, Window, text};

use crate::telegram::{connected, reply_after, said};

const SEN: &str = ".message.sen .bubble";
const LESSON: &str = "/hoc/vneid/2";
const HOA: i64 = 101;
/// Screens of that lesson; its quiz comes after them.
const SCREENS: usize = 6;

#[test]
fn a_lesson_in_the_chat_with_javascript() -> Result<()> {
    in_the_chat(true)
}

#[test]
fn a_lesson_in_the_chat_without_javascript() -> Result<()> {
    in_the_chat(false)
}

#[test]
fn a_lesson_on_pages_with_javascript() -> Result<()> {
    on_pages(true)
}

#[test]
fn a_lesson_on_pages_without_javascript() -> Result<()> {
    on_pages(false)
}

fn in_the_chat(scripts: bool) -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(Window::Phone, scripts)?;
    browser.goto(&server.url)?;
    type_in(&browser, "học dùng vneid")?;
    browser.wait_for(SEN, "2. Định danh mức 2 và khi bị từ chối")?;
    browser.click("button[value='lesson:vneid/2']")?;
    browser.wait_for(SEN, "Dùng VNeID · Bài 2/4: Định danh mức 2 và khi bị từ chối ▓▓░░")?;
    for screen in 2..=SCREENS {
        browser.click(&format!("button[value='screen:{screen}:vneid/2']"))?;
        browser.wait_for(SEN, &format!("Màn {screen}/7"))?;
    }
    fits(&browser)?;
    browser.screenshot(&format!("lesson-chat-{}", if scripts { "scripts" } else { "plain" }))?;
    type_in(&browser, "tiếp")?;
    browser.wait_for(SEN, "Câu hỏi: Người lạ gọi bảo hồ sơ mức 2 bị từ chối")?;
    browser.click("button[value='choose:1:vneid/2']")?;
    browser.wait_for(SEN, "Mã OTP như chìa khóa nhà")?;
    type_in(&browser, "2")?;
    browser.wait_for(SEN, "Xong bài 2/4.")?;
    browser.click("button[value='lesson:vneid/3']")?;
    browser.wait_for(SEN, "Bài 3/4: Giấy tờ trên VNeID")?;
    Ok(())
}

fn type_in(browser: &Browser, words: &str) -> Result<()> {
    browser.fill_in("#text", words)?;
    browser.click("#ask button")
}

fn on_pages(scripts: bool) -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(Window::Phone, scripts)?;
    let name = if scripts { "scripts" } else { "plain" };
    browser.goto(&server.url)?;
    browser.click(".welcome a[href='/hoc']")?;
    fits(&browser)?;
    browser.screenshot(&format!("courses-{name}"))?;
    browser.click("a[href='/hoc/vneid']")?;
    fits(&browser)?;
    browser.screenshot(&format!("course-{name}"))?;
    browser.click("a[href='/hoc/vneid/2']")?;
    browser.wait_for(".quiet", "Bài 2/4 ▓▓░░ · Màn 1/7")?;
    for screen in 2..=SCREENS + 1 {
        browser.click(".turn .primary")?;
        browser.wait_for(".quiet", &format!("Màn {screen}/7"))?;
        fits(&browser)?;
    }
    browser.screenshot(&format!("quiz-{name}"))?;
    browser.click(".options button[value='3']")?;
    browser.wait_for(".notice", "kẻ gian có thể mạo danh mình")?;
    browser.click(".options button[value='2']")?;
    browser.wait_for(".notice", "Đúng rồi.")?;
    fits(&browser)?;
    browser.screenshot(&format!("quiz-right-{name}"))?;
    browser.click(".turn a[href='/hoc/vneid/3']")?;
    browser.wait_for("h1", "Giấy tờ trên VNeID")?;
    browser.goto(&format!("{}/hoc", server.url))?;
    browser.wait_for(".tag", "đã xong 1/4 bài")?;
    Ok(())
}

#[test]
fn a_lesson_on_telegram_with_numbers_and_a_question_in_between() -> Result<()> {
    let simulator = Simulator::start()?;
    simulator.citizen(HOA, "Hoa");
    let _server = Server::start(connected(DataFolder::filled()?, &simulator))?;
    let list = said(&simulator, HOA, "/hoc")?;
    assert!(list.text.contains("1. An toàn trên mạng") && list.text.contains("3. Dùng VNeID"), "{}", list.text);
    let course = press(&simulator, &list, "An toàn trên mạng")?;
    let first = press(&simulator, &course, "Bài 2")?;
    assert!(first.text.contains("Bài 2/4: Giữ mã OTP và giấy tờ ▓▓░░") && first.text.contains("Màn 1/6"), "{}", first.text);
    assert!(said(&simulator, HOA, "1")?.text.contains("Màn 2/6"), "1 is the first button: on");
    assert!(said(&simulator, HOA, "2")?.text.contains("Màn 1/6"), "2 is the second one: back");
    assert!(said(&simulator, HOA, "tiep")?.text.contains("Màn 2/6"));

    let answer = said(&simulator, HOA, "lam can cuoc cho con 10 tuoi can giay to gi")?;
    assert!(answer.text.contains("Phiếu đề nghị"), "a question is answered: {}", answer.text);
    assert!(press(&simulator, &answer, "Học tiếp")?.text.contains("Màn 2/6"), "and the lesson goes on where it was");

    let rest = said(&simulator, HOA, "3")?;
    assert!(rest.text.contains("học tiếp"), "{}", rest.text);
    assert!(said(&simulator, HOA, "hoc tiep")?.text.contains("Màn 2/6"));
    for _ in 3..=6 {
        said(&simulator, HOA, "tiếp")?;
    }
    let wrong = said(&simulator, HOA, "1")?;
    assert!(wrong.text.contains("Không phải gửi nhầm đâu") && wrong.text.contains("3. Không đọc"), "{}", wrong.text);
    assert!(press(&simulator, &wrong, "Chọn 3")?.text.contains("Xong bài 2/4."));
    assert!(said(&simulator, HOA, "tiếp")?.text.contains("Bài 3/4: Bẫy tiền trên mạng"));
    Ok(())
}

#[test]
fn killed_in_the_middle_of_any_screen_the_learner_resumes_there() -> Result<()> {
    let mut server = Server::start(DataFolder::filled()?)?;
    let mut learner = Client::new(&server.url);
    for screen in 1..=SCREENS + 1 {
        let page = learner.post(LESSON, &[("screen", &screen.to_string())])?;
        server = Server::start(server.kill())?;
        learner = learner.moved_to(&server.url);
        let resumed = learner.get(LESSON)?;
        assert!(text(&resumed.body).contains(&format!("Màn {screen}/7")), "screen {screen}");
        assert_eq!(lesson(&resumed.body), lesson(&page.body));
    }
    learner.post(LESSON, &[("option", "1")])?;
    let server = Server::start(server.kill())?;
    let mut learner = learner.moved_to(&server.url);
    assert!(learner.get(LESSON)?.body.contains("Mã OTP như chìa khóa nhà"), "the wrong answer is still on the page");
    let list = learner.get("/hoc")?.body;
    assert!(list.contains("href=\"/hoc/vneid/2\">Học tiếp"), "{list}");
    Ok(())
}

#[test]
fn a_step_that_was_handed_over_before_the_kill_is_taken_once() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut learner = Citizen::new(&server);
    learner.ask("học định danh mức 2")?;
    learner.ask("tiếp")?;
    learner.hand_over("tiếp")?;
    let server = Server::start(server.kill())?;
    let mut learner = learner.at(&server);
    let messages = learner.messages()?;
    let screens: Vec<bool> =
        messages.iter().filter(|message| message.kind == "sen").map(|message| message.text.contains("Màn 3/7")).collect();
    assert_eq!(screens, [false, false, true], "{messages:?}");
    assert!(learner.ask("học tiếp")?.text.contains("Màn 3/7"));
    Ok(())
}

#[test]
fn lessons_are_found_by_questions() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let first = |question: &str| Citizen::new(&server).ask(question);
    for (wish, shown) in [
        ("học", "Các khóa học ngắn"),
        ("tui muon hoc", "Các khóa học ngắn"),
        ("hoc dung vneid", "2. Định danh mức 2 và khi bị từ chối"),
        ("bài học chống lừa đảo", "1. Nhận ra cuộc gọi giả"),
        ("học cách nộp hồ sơ qua mạng", "1. Vào đúng Cổng dịch vụ công"),
        ("dạy tui giữ mã otp", "Bài 2/4: Giữ mã OTP và giấy tờ"),
    ] {
        let reply = first(wish)?;
        assert!(reply.text.contains(shown), "{wish}: {}", reply.text);
    }
    for other in ["xác nhận cư trú cho con đi học cần gì", "khai sinh cho con để nhập học lệ phí bao nhiêu"] {
        assert!(!first(other)?.text.contains("khóa học"), "{other}");
    }
    Ok(())
}

#[test]
fn an_answer_offers_the_lesson_that_fits() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let first = |question: &str| Citizen::new(&server).ask(question);
    let offered = first("VNeID mức 2 bị từ chối")?;
    assert!(offered.text.contains("định danh điện tử mức độ 2") && offered.sources.contains("Cấp tài khoản định danh"), "{offered:?}");
    ensure!(offers(&offered, "lesson:vneid/2"), "{offered:?}");
    ensure!(offers(&first("nộp hồ sơ trực tuyến thế nào")?, "lesson:dich-vu-cong-truc-tuyen/1"));
    ensure!(offers(&first("cách dùng vneid")?, "course:vneid"), "where no guide answers, the course may");
    Ok(())
}

#[test]
fn somebody_who_is_being_cheated_is_warned_at_once() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    for scam in ["có người gọi xưng công an bảo cài app định danh rồi đọc mã OTP", "co nguoi goi doi ma otp", "toi bi lua roi lam sao"]
    {
        let warned = Citizen::new(&server).ask(scam)?;
        assert!(warned.text.contains("Làm ngay") && warned.text.contains("ngân hàng"), "{scam}: {}", warned.text);
        assert!(
            warned.buttons.iter().any(|(label, action)| label.starts_with("Bài học: ") && action.starts_with("lesson:an-toan-tren-mang/"))
        );
    }
    Ok(())
}

#[test]
fn progress_goes_with_everything_else_that_is_erased() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut learner = Client::new(&server.url);
    learner.post(LESSON, &[("screen", "4")])?;
    let privacy = learner.get("/rieng-tu")?.body;
    assert!(privacy.contains("value=\"erase\""), "a learner who never wrote can erase too");
    learner.post("/chat/messages", &[("action", "erase"), ("message_id", "1")])?;
    assert!(learner.get(LESSON)?.body.contains("Màn 4/7"));
    learner.post("/chat/messages", &[("action", "erase-yes"), ("message_id", "2")])?;
    assert!(learner.get(LESSON)?.body.contains("Màn 1/7"));
    assert!(!learner.get("/hoc")?.body.contains("Học tiếp"));
    Ok(())
}

fn offers(message: &tests::Message, action: &str) -> bool {
    message.buttons.iter().any(|(_, offered)| offered == action)
}

/// What the lesson's page shows of the lesson.
fn lesson(page: &str) -> &str {
    tests::between(page, "<h1>", "</main>")
}

fn press(simulator: &Simulator, message: &SimMessage, label: &str) -> Result<SimMessage> {
    let newest = simulator.messages(HOA).pop().context("nothing was said")?.message_id;
    simulator.press(HOA, message.message_id, label)?;
    reply_after(simulator, HOA, newest)
}

/// Nothing has to be scrolled sideways.
fn fits(browser: &Browser) -> Result<()> {
    let widths = browser.execute("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")?;
    ensure!(widths[0].as_i64() <= widths[1].as_i64(), "the page is wider than the window: {widths}");
    Ok(())
}
