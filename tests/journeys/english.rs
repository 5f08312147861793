//! Sen in English: chosen by the person or by the browser's wish, with the facts still quoted in Vietnamese.

use anyhow::{Result, ensure};
use tests::telegram::Simulator;
use tests::{Browser, Client, DataFolder, Server, Staff, Window, between, until};

use crate::telegram::{HOA, connected, meet, reply_after, said};

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const UNKNOWN: &str = "xã tui mai có cúp điện không";
const SEN: &str = ".message.sen .bubble";
const FACTS: &str = "The facts below are quoted in Vietnamese from Sen's guide, which names its sources.";

#[test]
fn a_browser_that_prefers_english_is_spoken_to_in_english() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open_in(Window::Phone, true, "en,vi")?;
    browser.goto(&server.url)?;
    browser.wait_for("h1", "Which procedure do you need?")?;
    say(&browser, QUESTION)?;
    let answer = browser.wait_for(SEN, "Papers to bring:")?;
    ensure!(answer.starts_with(FACTS) && answer.contains("checked on"), "{answer}");
    let quoted = browser.texts(&format!("{SEN} blockquote[lang=vi]"))?.concat();
    ensure!(quoted.contains("Phiếu đề nghị giải quyết thủ tục về căn cước"), "{quoted}");
    assert_eq!(browser.texts(".message.sen .bubble[lang=en]")?.len(), 1);

    say(&browser, UNKNOWN)?;
    browser.wait_for(SEN, "Would you like to ask staff?")?;
    browser.click("button[value=send]")?;
    let receipt = browser.wait_for(SEN, "Your code: NA-")?;
    ensure!(receipt.contains("during office hours"), "{receipt}");
    let code = format!("NA-{}", between(&receipt, "NA-", ".").trim());
    let mut staff = Staff::set_up(&server)?;
    let ticket = staff.find_ticket(&code)?;
    staff.reply(&ticket, "Mai không cúp điện.")?;
    browser.wait_for(".message.staff .message-head", "Nguyễn Thị Hoa (staff)")?;
    staff.close(&ticket)?;
    browser.wait_for(SEN, &format!("Has {code} been resolved?"))?;
    Ok(())
}

#[test]
fn the_language_is_chosen_on_any_page_without_javascript() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(Window::Desktop, false)?;
    browser.goto(&server.url)?;
    say(&browser, QUESTION)?;
    browser.wait_for(SEN, "Giấy tờ cần có")?;
    browser.goto(&format!("{}/guides/cap-lai-can-cuoc", server.url))?;
    browser.click(".language button")?;
    browser.wait_for(".notice", FACTS)?;
    browser.wait_for("h2", "Papers to bring")?;
    assert_eq!(browser.texts("h1[lang=vi]")?, ["Cấp lại thẻ căn cước"]);

    browser.goto(&server.url)?;
    assert_eq!(browser.texts(".message.sen .bubble[lang=vi]")?.len(), 1, "what was said stays as it was said");
    say(&browser, "thế lệ phí?")?;
    browser.wait_for(SEN, FACTS)?;
    browser.click(".language button")?;
    browser.wait_for(".language button", "English")?;
    assert_eq!(browser.texts(".message.sen .bubble[lang=en]")?.len(), 1);
    say(&browser, UNKNOWN)?;
    browser.wait_for(SEN, "Anh/chị muốn hỏi cán bộ không?")?;
    Ok(())
}

#[test]
fn the_console_and_refusals_speak_english_too() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let browser = Browser::open(Window::Desktop, true)?;
    browser.goto(&format!("{}/staff/login", server.url))?;
    browser.click(".language button")?;
    browser.wait_for("h1", "Sign in")?;
    browser.fill_in("#login", Staff::LOGIN)?;
    browser.fill_in("#password", "a wrong one")?;
    browser.click("button.primary")?;
    browser.wait_for(".field-error", "Wrong user name or password.")?;
    browser.fill_in("#password", Staff::PASSWORD)?;
    browser.click("button.primary")?;
    browser.wait_for("h1", "Citizens' questions")?;
    browser.goto(&format!("{}/staff/accounts", server.url))?;
    browser.wait_for("dd", "Administrator")?;
    browser.goto(&format!("{}/staff/audit", server.url))?;
    browser.wait_for("td", "Create the first administrator")?;
    browser.wait_for(".changes", "Role: Administrator")?;
    browser.goto(&format!("{}/staff/tickets/nothing", server.url))?;
    browser.wait_for("h1", "Page not found")?;

    let english = ("accept-language", "en");
    let mut program = Client::new(&server.url);
    let refused = program.post_raw("/chat/messages", b"text=", &[english, ("accept", "application/json")])?;
    ensure!(refused.status == 400 && refused.body.contains("Please type a question first."), "{}", refused.body);
    Ok(())
}

#[test]
fn lessons_are_led_in_english_and_quoted_in_vietnamese() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open_in(Window::Phone, true, "en")?;
    browser.goto(&server.url)?;
    say(&browser, "learn")?;
    browser.wait_for(SEN, "Short courses in Vietnamese")?;
    assert_eq!(browser.texts("button[value='course:vneid'][lang=vi]")?, ["Dùng VNeID"]);
    browser.click("button[value='course:vneid']")?;
    browser.wait_for(SEN, "with these sources:")?;
    browser.click("button[value='lesson:vneid/2'][lang=en]")?;
    browser.wait_for(SEN, "Lesson 2/4 ▓▓░░")?;
    let quoted = browser.texts(&format!("{SEN} blockquote[lang=vi]"))?.concat();
    ensure!(quoted.contains("Dùng VNeID: Định danh mức 2 và khi bị từ chối"), "{quoted}");
    say(&browser, "next")?;
    browser.wait_for(SEN, "Screen 2/7")?;
    say(&browser, "rest")?;
    browser.wait_for(SEN, "Sen remembers where you are.")?;
    say(&browser, "continue")?;
    until("the same screen", || (browser.texts(SEN).ok()?.last()?.contains("Screen 2/7")).then_some(()))?;
    browser.goto(&format!("{}/hoc", server.url))?;
    browser.click("main a.primary")?;
    browser.wait_for(".turn button", "Next")?;
    assert_eq!(browser.texts("h1[lang=vi]")?, ["Định danh mức 2 và khi bị từ chối"]);
    Ok(())
}

#[test]
fn a_chat_on_telegram_remembers_its_language() -> Result<()> {
    let simulator = Simulator::start()?;
    meet(&simulator);
    let server = Server::start(connected(DataFolder::filled()?, &simulator))?;
    let offer = said(&simulator, HOA, "/ngonngu")?;
    ensure!(offer.text.contains("bằng tiếng nào") && offer.text.contains("In which language"), "{}", offer.text);
    simulator.press(HOA, offer.message_id, "English")?;
    let spoken = reply_after(&simulator, HOA, offer.message_id)?;
    ensure!(spoken.text.starts_with("From now on Sen replies in English"), "{}", spoken.text);

    // Another process, later.
    let _server = Server::start(server.stop()?)?;
    let answer = said(&simulator, HOA, QUESTION)?;
    ensure!(answer.text.starts_with(FACTS) && answer.text.contains("Papers to bring:\nMọi trẻ"), "{}", answer.text);
    ensure!(answer.entities.iter().any(|entity| entity.kind == "blockquote"), "{answer:?}");
    let menu = said(&simulator, HOA, "/ngonngu")?;
    simulator.press(HOA, menu.message_id, "Tiếng Việt")?;
    let spoken = reply_after(&simulator, HOA, menu.message_id)?;
    ensure!(spoken.text.starts_with("Từ giờ Sen trả lời bằng tiếng Việt."), "{}", spoken.text);
    ensure!(simulator.calls("setMyCommands") >= 2, "the menu of commands is in both languages");
    Ok(())
}

fn say(browser: &Browser, text: &str) -> Result<()> {
    browser.fill_in("#text", text)?;
    browser.click("#ask button")
}
