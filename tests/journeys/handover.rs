//! What Sen does not know goes to a person and comes back in the same chat.

use anyhow::Result;
use tests::{Browser, Citizen, Client, DataFolder, Server, Staff, Window, between, messages, until};

const QUESTION: &str = "xã tui mai có cúp điện không";
const REPLY: &str = "Ngày mai xã mình không cúp điện ạ.";
const SEN: &str = ".message.sen .bubble";

#[test]
fn asked_handed_over_replied_read_and_closed() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(Window::Phone, true)?;
    browser.goto(&server.url)?;
    let code = hand_over(&browser)?;

    let mut staff = Staff::set_up(&server)?;
    let ticket = staff.find_ticket(&code)?;
    let conversation = messages(&staff.get(&ticket)?.body);
    assert_eq!(conversation.first().map(|message| message.text.as_str()), Some(QUESTION));
    staff.reply(&ticket, REPLY)?;
    browser.wait_for(".message.staff .bubble", REPLY)?;
    browser.wait_for(".message.staff .message-head", "Cán bộ Nguyễn Thị Hoa")?;

    say(&browser, "dạ cảm ơn cán bộ")?;
    until("the thanks in the ticket", || staff.get(&ticket).ok()?.body.contains("dạ cảm ơn cán bộ").then_some(()))?;
    assert!(!staff.get("/staff")?.body.contains(&code), "thanks need no answer");
    say(&browser, "dạ còn ngày kia")?;
    until("the citizen's words in the ticket", || staff.get(&ticket).ok()?.body.contains("dạ còn ngày kia").then_some(()))?;
    let waits_again = || staff.get("/staff").ok().filter(|list| list.body.contains(&code) && list.body.contains("Hỏi tiếp"));
    until("the question among those that wait", waits_again)?;
    staff.close(&ticket)?;
    browser.wait_for(SEN, &format!("Việc {code} đã giải quyết xong chưa ạ?"))?;
    browser.click("button[value^='solved:']")?;
    browser.wait_for(SEN, "Cảm ơn anh/chị đã cho biết.")?;
    say(&browser, "lam can cuoc cho con 10 tuoi can giay to gi")?;
    browser.wait_for(SEN, "Phiếu đề nghị")?;

    assert_eq!(browser.execute("return window.sameLoad === true")?, true, "all this without loading the page anew");
    // Sen said nothing between the citizen's words to staff and the closing.
    let speakers = browser.execute("return [...document.querySelectorAll('.message')].map((m) => m.classList[1]).join(' ')")?;
    assert_eq!(speakers, "citizen sen citizen sen staff citizen citizen sen citizen sen citizen sen");
    browser.screenshot("handover")?;
    Ok(())
}

#[test]
fn a_receipt_code_tells_the_state() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    citizen.ask(QUESTION)?;
    let receipt = citizen.press("Gửi cho cán bộ")?.text;
    let code = receipt_code(&receipt);
    let state = citizen.ask(&format!("hồ sơ {code}"))?.text;
    assert!(state.contains("đang chờ cán bộ trả lời") && state.contains(QUESTION), "{state}");
    let stranger = Citizen::new(&server).ask(&format!("hồ sơ {code}"))?.text;
    assert!(stranger.contains("đang chờ cán bộ trả lời") && !stranger.contains(QUESTION), "{stranger}");

    let mut staff = Staff::set_up(&server)?;
    let ticket = staff.find_ticket(&code)?;
    staff.close(&ticket)?;
    let state = citizen.ask(&format!("hồ sơ {code}"))?.text;
    assert!(state.contains("đã đóng"), "{state}");
    Ok(())
}

#[test]
fn who_says_bac_is_called_so() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let offer = citizen.ask("cho bac hoi xa tui mai co cup dien khong")?.text;
    assert!(offer.contains("Bác muốn hỏi cán bộ không?") && !offer.to_lowercase().contains("anh/chị"), "{offer}");
    let receipt = citizen.press("Gửi cho cán bộ")?.text;
    assert!(receipt.contains("Mã của bác:"), "{receipt}");
    Ok(())
}

#[test]
fn a_question_opened_again_stays_with_staff_while_another_is_closed() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let mut codes = Vec::new();
    for question in [QUESTION, "xóm tui mai có họp không"] {
        citizen.ask(question)?;
        codes.push(receipt_code(&citizen.press("Gửi cho cán bộ")?.text));
    }
    let mut staff = Staff::set_up(&server)?;
    let [again, other] = [staff.find_ticket(&codes[0])?, staff.find_ticket(&codes[1])?];
    staff.close(&again)?;
    assert!(citizen.press("Chưa, hỏi tiếp")?.text.contains("Sen đã mở lại"));
    staff.close(&other)?;
    let spoken = citizen.say("dạ còn cúp điện ngày kia")?;
    assert_eq!(spoken.last().map(|message| message.kind.as_str()), Some("citizen"), "Sen promised that staff will read and reply");
    staff.reply(&again, REPLY)?;
    Ok(())
}

#[test]
fn the_setup_link_works_once_and_the_console_is_closed_to_strangers() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let link = server.setup_link.clone().unwrap_or_default();
    let mut stranger = Client::new(&server.url);
    assert_eq!(stranger.get(&link)?.status, 200);
    Staff::set_up(&server)?;
    assert_eq!(stranger.get(&link)?.status, 404);
    assert_eq!(stranger.get("/staff")?.path, "/staff/login");
    let server = Server::start(server.stop()?)?;
    assert_eq!(server.setup_link, None, "there is an administrator");
    Ok(())
}

/// Gives the receipt code.
fn hand_over(browser: &Browser) -> Result<String> {
    browser.execute("window.sameLoad = true")?;
    say(browser, QUESTION)?;
    browser.wait_for(SEN, "Anh/chị muốn hỏi cán bộ không?")?;
    browser.click("button[value=send]")?;
    Ok(receipt_code(&browser.wait_for(SEN, "Mã của anh/chị: NA-")?))
}

fn say(browser: &Browser, text: &str) -> Result<()> {
    browser.fill_in("#text", text)?;
    browser.click("#ask button")
}

/// "NA-7K3Q-21" out of the words around it.
fn receipt_code(receipt: &str) -> String {
    format!("NA-{}", between(receipt, "NA-", ".").trim())
}
