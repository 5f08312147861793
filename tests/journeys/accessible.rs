//! Everybody can use every page: axe-core finds nothing (WCAG 2.2, A and AA) in either language on a phone and at a desk,
//! nothing has to be scrolled sideways, an English page marks its Vietnamese words, and the keyboard alone is enough.
//!
//! A new page goes into [`CITIZENS`] or [`CONSOLE`]. Pictures of all are kept in `screenshots` below cargo's target folder.

use anyhow::{Context as _, Result, ensure};
use tests::{Browser, Citizen, DataFolder, Editor, Key, Server, Staff, Window, between, execute, until};

use crate::editor::colleague;

/// What a citizen can open: a name for the picture, and the address.
const CITIZENS: [(&str, &str); 9] = [
    ("welcome", "/?"),
    ("conversation", "/"),
    ("privacy", "/rieng-tu"),
    ("guide", "/guides/cap-lai-can-cuoc"),
    ("lesson", "/hoc/vneid/2"),
    ("quiz", "/hoc/vneid/2?"),
    ("course", "/hoc/vneid"),
    ("courses", "/hoc"),
    ("not-found", "/khong-co"),
];
/// What staff can open; `{ticket}` stands for a ticket's address, `{invitation}` for an invitation's.
const CONSOLE: [(&str, &str); 19] = [
    ("tickets", "/staff"),
    ("tickets-closed", "/staff?state=closed"),
    ("ticket", "{ticket}"),
    ("dead-letters", "/staff/dead-letters"),
    ("guides", "/staff/content"),
    ("guide-new", "/staff/content/new"),
    ("guide-form", "/staff/content/cap-doi-can-cuoc"),
    ("guide-preview", "/staff/content/cap-doi-can-cuoc/preview?fact=fee"),
    ("guide-publish", "/staff/content/cap-doi-can-cuoc/publish"),
    ("guide-history", "/staff/content/cap-doi-can-cuoc/revisions"),
    ("guide-revision", "/staff/content/cap-doi-can-cuoc/revisions/1"),
    ("guide-differences", "/staff/content/cap-doi-can-cuoc/revisions/2"),
    ("guide-merge", "/staff/content/cap-lai-can-cuoc/merge"),
    ("accounts", "/staff/accounts"),
    ("account", "/staff/account"),
    ("audit", "/staff/audit"),
    ("invitation", "{invitation}"),
    ("console-not-found", "/staff/khong-co"),
    ("login", "/staff/login"),
];
/// The names of people are the same in every language.
const NAMES: &str = "Nguyễn Thị Hoa";

const QUESTION: &str = "làm căn cước cho con 10 tuổi cần giấy tờ gì";
const UNKNOWN: &str = "xã tui mai có cúp điện không";
const ANSWER: &str = ".message.sen .bubble";

#[test]
fn every_page_of_citizens_on_a_phone() -> Result<()> {
    citizens(Window::Phone, "phone")
}

#[test]
fn every_page_of_citizens_at_a_desk() -> Result<()> {
    citizens(Window::Desktop, "desk")
}

#[test]
fn every_page_of_the_console_on_a_phone() -> Result<()> {
    console(Window::Phone, "phone")
}

#[test]
fn every_page_of_the_console_at_a_desk() -> Result<()> {
    console(Window::Desktop, "desk")
}

fn citizens(window: Window, size: &str) -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    for language in ["vi", "en"] {
        let browser = Browser::open_in(window, true, language)?;
        for (name, address) in CITIZENS {
            match name {
                "conversation" => converse(&browser)?,
                "quiz" => answer_wrongly(&browser)?,
                _ => {}
            }
            browser.goto(&format!("{}{address}", server.url))?;
            look(&browser, language, &format!("{size}-{language}-{name}"))?;
        }
    }
    Ok(())
}

/// An answer with its source open, a question back, what Sen does not know, and a receipt.
fn converse(browser: &Browser) -> Result<()> {
    for (number, question) in [QUESTION, "căn cước", UNKNOWN].into_iter().enumerate() {
        browser.fill_in("#text", question)?;
        browser.click("#ask button")?;
        until("the answer", || (browser.texts(ANSWER).ok()?.len() > number).then_some(()))?;
    }
    browser.click("button[value=send]")?;
    browser.wait_for(ANSWER, "NA-")?;
    browser.click(".votes button")?;
    browser.click(".sources summary")
}

/// From the first screen of a lesson to its quiz, and there the wrong option.
fn answer_wrongly(browser: &Browser) -> Result<()> {
    for screen in 2..=7 {
        browser.click(".turn .primary")?;
        browser.wait_for(".quiet", &format!("{screen}/7"))?;
    }
    browser.click(".options button")?;
    browser.wait_for(".notice", "Chưa đúng.").map(drop)
}

fn console(window: Window, size: &str) -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let setup = server.setup_link.clone().context("no setup link")?;
    let browser = Browser::open(window, true)?;
    for language in ["vi", "en"] {
        browser.goto(&format!("{}{setup}", server.url))?;
        speak(&browser, language)?;
        look(&browser, language, &format!("{size}-{language}-setup"))?;
    }
    let ticket = a_ticket(&server)?;
    set_one_aside(&server)?;
    write_guides(&server)?;
    let invitation = a_colleague(&server)?;
    for language in ["vi", "en"] {
        sign_in(&browser, &server)?;
        speak(&browser, language)?;
        invite(&browser, &server)?;
        look(&browser, language, &format!("{size}-{language}-new-link"))?;
        for (name, address) in CONSOLE {
            if name == "login" {
                browser.goto(&format!("{}/staff", server.url))?;
                browser.click(".top form:last-of-type button")?;
            }
            browser.goto(&format!("{}{}", server.url, address.replace("{ticket}", &ticket).replace("{invitation}", &invitation)))?;
            look(&browser, language, &format!("{size}-{language}-{name}"))?;
        }
    }
    Ok(())
}

/// A citizen's question with a reply of staff; the ticket's address. Another one is closed.
fn a_ticket(server: &Server) -> Result<String> {
    let mut staff = Staff::set_up(server)?;
    let mut tickets = Vec::new();
    for reply in ["Ngày mai xã mình không cúp điện ạ.", "Dạ không ạ."] {
        let mut citizen = Citizen::new(server);
        citizen.ask(QUESTION)?;
        citizen.ask(UNKNOWN)?;
        let receipt = citizen.press("Gửi cho cán bộ")?.text;
        let ticket = staff.find_ticket(&format!("NA-{}", between(&receipt, "NA-", ".").trim()))?;
        staff.reply(&ticket, reply)?;
        tickets.push(ticket);
    }
    let closed = tickets.pop().context("no ticket")?;
    staff.close(&closed)?;
    let mut waiting = Citizen::new(server);
    waiting.ask(UNKNOWN)?;
    waiting.press("Gửi cho cán bộ")?;
    tickets.pop().context("no ticket")
}

/// One guide with two revisions and a draft that is not right yet, one that two editors have changed differently.
fn write_guides(server: &Server) -> Result<()> {
    let mut hoa = Editor::sign_in(server, Staff::LOGIN)?;
    hoa.write("cap-doi-can-cuoc", &[("fees[0].amount", "55.000 đồng/thẻ")])?;
    hoa.publish("cap-doi-can-cuoc", "Mức mới theo thông tư")?;
    hoa.write("cap-doi-can-cuoc", &[("fees[0].amount", "60,000 đồng/thẻ"), ("sources[0].url", "http://dichvucong")])?;
    hoa.write("cap-lai-can-cuoc", &[("fees[0].amount", "80.000 đồng/thẻ")])?;
    let mut lan = colleague(server, &mut Staff::sign_in(server)?, "lan", "Trần Thị Lan", "editor")?;
    lan.write("cap-lai-can-cuoc", &[("fees[0].amount", "90.000 đồng/thẻ")])?;
    lan.publish("cap-lai-can-cuoc", "Mức mới")?;
    Ok(())
}

/// A colleague whose account is closed, and another one who is invited; the invitation's address.
fn a_colleague(server: &Server) -> Result<String> {
    let mut staff = Staff::sign_in(server)?;
    let link = staff.invite("Trần Văn Nam", "editor")?;
    Staff::join(server, &link, "Trần Văn Nam", "nam.tv")?;
    let account = staff.find_account("nam.tv")?;
    staff.fill_in("/staff/accounts", &format!("{account}/disable"), &[])?;
    staff.invite("Lê Thị Mai", "clerk")
}

/// Invites somebody in the browser; the link is shown once.
fn invite(browser: &Browser, server: &Server) -> Result<()> {
    browser.goto(&format!("{}/staff/accounts", server.url))?;
    browser.fill_in("#name", "Phạm Văn Đức")?;
    browser.click("#invite .primary")?;
    browser.wait_for("#link", "/staff/invite/").map(drop)
}

/// As if a reply could not be delivered.
fn set_one_aside(server: &Server) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'dead', attempts = 10, last_error = 'timed out' WHERE id = (SELECT MIN(id) FROM outbox)";
    execute(&server.folder().database_url(), sql)
}

fn sign_in(browser: &Browser, server: &Server) -> Result<()> {
    browser.goto(&format!("{}/staff/login", server.url))?;
    browser.fill_in("#login", Staff::LOGIN)?;
    browser.fill_in("#password", Staff::PASSWORD)?;
    browser.click("button.primary")?;
    browser.wait_for(".tabs a", "(").map(drop)
}

/// Presses the language's button, unless the page speaks it already.
fn speak(browser: &Browser, language: &str) -> Result<()> {
    if browser.execute("return document.documentElement.lang")? != language {
        browser.click(".language button")?;
    }
    until("the other language", || (browser.execute("return document.documentElement.lang").ok()? == language).then_some(()))
}

/// Everything that must hold of a page.
fn look(browser: &Browser, language: &str, picture: &str) -> Result<()> {
    browser.screenshot_of_page(picture)?;
    assert_eq!(browser.execute("return document.documentElement.lang")?, language, "{picture}");
    for scheme in ["dark", "light"] {
        browser.prefer_colours(scheme)?;
        let faults = browser.accessibility_faults()?;
        ensure!(faults.is_empty(), "{picture}, {scheme}:\n{}", faults.join("\n"));
    }
    let widths = browser.execute("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")?;
    ensure!(widths[0].as_i64() <= widths[1].as_i64(), "{picture} is wider than the window: {widths}");
    if language == "en" {
        let unmarked = browser.execute(&format!("const names = '{NAMES}'; {UNMARKED}"))?;
        ensure!(unmarked == serde_json::json!([]), "{picture} has Vietnamese words that are not marked as such: {unmarked:#}");
    }
    Ok(())
}

/// Words with Vietnamese letters, seen or only heard, that are not inside `lang="vi"`.
const UNMARKED: &str = r"
    const isVietnamese = (text) => /[À-ÖØ-öø-ɏḀ-ỿ]/.test(text.replaceAll(names, ''));
    const isMarked = (element) => element.closest('[lang]').lang === 'vi';
    const found = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (isMarked(element)) continue;
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
      const heard = ['title', 'aria-label', 'placeholder', 'alt', 'data-label'].map((name) => element.getAttribute(name) ?? '');
      found.push(...[...own, ...heard].filter(isVietnamese));
    }
    return found;
";

#[test]
fn a_citizen_needs_no_mouse() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    for window in [Window::Phone, Window::Desktop] {
        let browser = Browser::open(window, true)?;
        browser.goto(&server.url)?;
        skip_to_the_content(&browser)?;
        walk_through(&browser, &server.url)?;
        // The question's field is where one writes; Enter sends.
        tab_to(&browser, "id=\"text\"")?;
        browser.type_text(QUESTION)?;
        browser.strike(Key::Enter)?;
        browser.wait_for(ANSWER, "Phiếu đề nghị")?;
        back_tab_to(&browser, "<summary")?;
        browser.strike(Key::Enter)?;
        browser.wait_for(".sources blockquote", "14 tuổi")?;
        tab_to(&browser, "value=\"up\"")?;
        browser.strike(Key::Space)?;
        browser.wait_for(".votes button[aria-pressed=true]", "Câu trả lời có ích")?;
        tab_to(&browser, "value=\"fact:place:")?;
        browser.strike(Key::Enter)?;
        browser.wait_for(ANSWER, "Nơi nộp")?;
        walk_through(&browser, &server.url)?;
        walk_through(&browser, &format!("{}/rieng-tu", server.url))?;
    }
    Ok(())
}

#[test]
fn staff_need_no_mouse() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let ticket = a_ticket(&server)?;
    let browser = Browser::open(Window::Desktop, true)?;
    browser.goto(&format!("{}/staff/login", server.url))?;
    skip_to_the_content(&browser)?;
    tab_to(&browser, "id=\"login\"")?;
    browser.type_text(Staff::LOGIN)?;
    browser.strike(Key::Tab)?;
    browser.type_text(Staff::PASSWORD)?;
    browser.strike(Key::Enter)?;
    browser.wait_for(".tabs a", "(")?;
    walk_through(&browser, &format!("{}/staff", server.url))?;
    walk_through(&browser, &format!("{}{ticket}", server.url))?;
    tab_to(&browser, "<textarea")?;
    browser.type_text("Mai có điện ạ.")?;
    browser.strike(Key::Tab)?;
    browser.strike(Key::Enter)?;
    browser.wait_for(".notice", "Đã gửi câu trả lời.")?;
    Ok(())
}

/// The first stop of the tab key leads past the header.
fn skip_to_the_content(browser: &Browser) -> Result<()> {
    browser.strike(Key::Tab)?;
    let first = browser.focus()?;
    ensure!(first.element.contains("class=\"skip\"") && first.is_visible, "the first stop is {first:?}");
    browser.strike(Key::Enter)?;
    assert_eq!(browser.execute("return document.activeElement.id")?, "noi-dung");
    Ok(())
}

/// With the tab key one comes to everything in the order of the page, sees where one is, and leaves the page again.
fn walk_through(browser: &Browser, address: &str) -> Result<()> {
    browser.goto(address)?;
    for expected in 0..browser.count_reachable()? {
        browser.strike(Key::Tab)?;
        let focus = browser.focus()?;
        ensure!(focus.index == Some(expected), "{address}: stop {expected} is {focus:?}");
        ensure!(focus.is_visible, "{address}: the focus is not seen on {}", focus.element);
    }
    browser.strike(Key::Tab)?;
    let after = browser.focus()?;
    ensure!(after.index.is_none_or(|index| index == 0), "{address}: one does not get out: {after:?}");
    Ok(())
}

fn tab_to(browser: &Browser, mark: &str) -> Result<()> {
    strike_until(browser, Key::Tab, mark)
}

fn back_tab_to(browser: &Browser, mark: &str) -> Result<()> {
    strike_until(browser, Key::BackTab, mark)
}

fn strike_until(browser: &Browser, key: Key, mark: &str) -> Result<()> {
    for _ in 0..2 * browser.count_reachable()? {
        browser.strike(key)?;
        if browser.focus()?.element.contains(mark) {
            return Ok(());
        }
    }
    anyhow::bail!("the keyboard does not come to {mark}")
}
