//! A citizen reads what is kept and has everything erased.

use anyhow::{Result, ensure};
use tests::{Browser, Citizen, Client, DataFolder, Server, Staff, Window};

const QUESTION: &str = "tôi tên Bí Mật, làm căn cước cho con 10 tuổi cần giấy tờ gì";
const SEN: &str = ".message.sen .bubble";

#[test]
fn a_citizen_erases_everything_in_the_browser() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let browser = Browser::open(Window::Phone, true)?;
    let privacy = format!("{}/rieng-tu", server.url);
    browser.goto(&privacy)?;
    browser.wait_for(".quiet", "không có gì để xóa")?;
    browser.click(".brand")?;
    browser.fill_in("#text", QUESTION)?;
    browser.click("#ask button")?;
    browser.wait_for(SEN, "Phiếu đề nghị")?;

    browser.click("#ask-hint a")?;
    browser.wait_for("h1", "Dữ liệu của anh/chị ở Sen")?;
    fits(&browser)?;
    browser.screenshot("privacy-phone")?;
    browser.click("button[value=erase]")?;
    browser.wait_for(SEN, "Còn giữ, và vì sao")?;
    fits(&browser)?;
    browser.screenshot("privacy-confirm-phone")?;
    browser.click("button[value=erase-yes]")?;
    browser.wait_for(SEN, "Đã xóa dữ liệu của anh/chị.")?;
    assert_eq!(browser.texts(".message .bubble")?.len(), 2, "what was erased is no longer shown");
    browser.screenshot("privacy-erased-phone")?;

    // The same conversation goes on.
    browser.fill_in("#text", "xin chào")?;
    browser.click("#ask button")?;
    browser.wait_for(SEN, "Sen đây")?;
    Ok(())
}

#[test]
fn staff_no_longer_read_what_was_erased() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    citizen.ask("tôi là Bí Mật, xã tui mai có cúp điện không")?;
    citizen.press("Gửi cho cán bộ")?;
    citizen.ask("tôi muốn phản ánh cán bộ vòi tiền")?;
    citizen.press("Gửi phản ánh")?;
    let mut staff = Staff::set_up(&server)?;
    assert!(staff.get("/staff")?.body.contains("Bí Mật"));
    citizen.ask("xoa du lieu cua toi")?;
    let told = citizen.press("Xóa dữ liệu")?.text;
    assert!(told.contains("đang được xử lý nên còn giữ nội dung"), "{told}");
    let waiting = staff.get("/staff")?.body;
    assert!(!waiting.contains("Bí Mật") && waiting.contains("vòi tiền"), "{waiting}");
    let closed = staff.get("/staff?state=closed")?.body;
    assert!(!closed.contains("Bí Mật") && closed.contains("Người dân đã xóa nội dung."), "{closed}");
    Ok(())
}

#[test]
fn operators_see_readiness_and_metrics() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut operator = Client::new(&server.url);
    assert_eq!(operator.get("/readyz")?.body, "ready\n");
    Citizen::new(&server).ask(QUESTION)?;
    let metrics = operator.get("/metrics")?.body;
    ensure!(metrics.contains("sen_answers_total{status=\"answered\"} 1"), "{metrics}");
    ensure!(!server.folder().log().contains("Bí Mật") && !metrics.contains("Bí Mật"));
    Ok(())
}

/// Nothing has to be scrolled sideways.
fn fits(browser: &Browser) -> Result<()> {
    let widths = browser.execute("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")?;
    ensure!(widths[0].as_i64() <= widths[1].as_i64(), "the page is wider than the window: {widths}");
    Ok(())
}
