//! A citizen asks in a browser, on a phone and at a desk, with JavaScript and without.

use anyhow::{Result, ensure};
use tests::{Browser, DataFolder, Server, Window};

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const ANSWER: &str = ".message.sen .bubble";
const USEFUL: &str = ".votes button[value=up]";

#[test]
fn on_a_phone_with_javascript() -> Result<()> {
    journey(Window::Phone, true, "phone")
}

#[test]
fn on_a_phone_without_javascript() -> Result<()> {
    journey(Window::Phone, false, "phone-without-javascript")
}

#[test]
fn at_a_desk_with_javascript() -> Result<()> {
    journey(Window::Desktop, true, "desk")
}

#[test]
fn at_a_desk_without_javascript() -> Result<()> {
    journey(Window::Desktop, false, "desk-without-javascript")
}

fn journey(window: Window, scripts: bool, name: &str) -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(window, scripts)?;
    browser.goto(&server.url)?;
    fits(&browser)?;
    browser.screenshot(&format!("{name}-welcome"))?;
    ask(&browser, scripts)?;
    fits(&browser)?;
    browser.screenshot(&format!("{name}-answer"))?;
    open_the_source(&browser)?;
    fits(&browser)?;
    press_a_quick_reply(&browser)?;
    vote(&browser)
}

/// With scripts the answer arrives in the page that is open, without them in a new one.
fn ask(browser: &Browser, scripts: bool) -> Result<()> {
    browser.execute("window.sameLoad = true")?;
    browser.fill_in("#text", QUESTION)?;
    browser.click("#ask button")?;
    browser.wait_for(ANSWER, "Phiếu đề nghị giải quyết thủ tục về căn cước")?;
    assert_eq!(browser.execute("return window.sameLoad === true")?, scripts);
    assert_eq!(browser.texts(".message.citizen .bubble")?, [QUESTION]);
    Ok(())
}

fn open_the_source(browser: &Browser) -> Result<()> {
    assert_eq!(browser.texts(".sources blockquote")?.concat(), "", "a source is closed at first");
    browser.click(".sources summary")?;
    browser.wait_for(".sources blockquote", "Cấp thẻ căn cước cho người dưới 14 tuổi")?;
    browser.wait_for(".sources p", "Kiểm tra ngày ")?;
    Ok(())
}

fn press_a_quick_reply(browser: &Browser) -> Result<()> {
    browser.click(".message.sen .replies button[value^='fact:place:']")?;
    browser.wait_for(ANSWER, "Nơi nộp")?;
    assert_eq!(browser.texts(ANSWER)?.len(), 2);
    Ok(())
}

/// The vote is still there after the page was loaded anew.
fn vote(browser: &Browser) -> Result<()> {
    browser.click(USEFUL)?;
    browser.wait_for(".votes button[aria-pressed=true]", "Câu trả lời có ích")?;
    browser.reload()?;
    browser.wait_for(".votes button[aria-pressed=true]", "Câu trả lời có ích")?;
    Ok(())
}

/// Nothing has to be scrolled sideways.
fn fits(browser: &Browser) -> Result<()> {
    let widths = browser.execute("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")?;
    ensure!(widths[0].as_i64() <= widths[1].as_i64(), "the page is wider than the window: {widths}");
    Ok(())
}
