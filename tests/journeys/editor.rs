//! Editors change what Sen says: from the form to the citizen's next answer, and back.

use std::fs;

use anyhow::{Context as _, Result};
use tests::{Browser, Citizen, DataFolder, Editor, PASSWORD, Server, Staff, Window, copy_folder, exit_code, knowledge_base, until};

use crate::command_line::build_report;

const ID: &str = "cap-lai-can-cuoc";
const FORM: &str = "/staff/content/cap-lai-can-cuoc";
const QUESTION: &str = "lam lai can cuoc bi mat le phi bao nhieu";
const OLD_FEE: &str = "35.000 đồng (bằng 50% của 70.000 đồng)";
const NEW_FEE: &str = "75.000 đồng/thẻ";
const OLD_DAY: &str = "kiểm tra ngày 29/11/2026";
const NEW_DAY: &str = "kiểm tra ngày 20/11/2026";

#[test]
fn a_fee_changed_in_the_browser_is_the_fee_that_citizens_hear() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let mut citizen = Citizen::new(&server);
    let before = citizen.ask(QUESTION)?.text;
    assert!(before.contains(OLD_FEE) && before.contains(OLD_DAY), "{before}");

    let browser = Browser::open(Window::Desktop, true)?;
    sign_in(&browser, &server)?;
    browser.goto(&format!("{}/staff/content?q=cap+lai+the+can+cuoc", server.url))?;
    browser.screenshot("editor-list")?;
    browser.click(&format!("a[href='{FORM}']"))?;
    type_over(&browser, "#fees-0-amount", "75,000 đồng/thẻ")?;
    browser.wait_for("#e-fees-0-amount", "dấu phẩy ngăn hàng nghìn")?;
    type_over(&browser, "#sources-0-url", "http://dichvucong")?;
    browser.wait_for("#e-sources-0-url", "Cách sửa: chép lại địa chỉ từ trình duyệt")?;
    browser.wait_for("#errors", "Còn 1 lỗi")?;
    assert_eq!(browser.execute("return document.getElementById('sources-0-url').getAttribute('aria-invalid')")?, "true");
    browser.screenshot("editor-wrong-input")?;
    browser.click("button[value=publish]")?;
    browser.wait_for("h2", "Cần sửa trước khi công bố")?;
    assert!(browser.texts("#reason")?.is_empty(), "what has errors can't be published");

    browser.goto(&format!("{}{FORM}", server.url))?;
    type_over(&browser, "#sources-0-url", "https://dichvucong.gov.vn/")?;
    type_over(&browser, "#fees-0-amount", NEW_FEE)?;
    set_day(&browser, "#checked_on", "2026-11-20")?;
    until("the end of complaints", || browser.texts(".findings p").ok()?.is_empty().then_some(()))?;
    browser.wait_for("#saved", "Bản nháp đã lưu lúc")?;
    browser.click("button[value=preview]")?;
    browser.wait_for("h1", "Xem trước")?;
    browser.click("a[href$='fact=fee']")?;
    browser.wait_for(".telegram .bubble", NEW_FEE)?;
    browser.wait_for(".messages .bubble", NEW_DAY)?;
    browser.screenshot("editor-preview")?;
    assert!(citizen.ask(QUESTION)?.text.contains(OLD_FEE), "a draft says nothing to citizens");

    browser.click("a[href$='/publish']")?;
    browser.wait_for("ins", NEW_FEE)?;
    browser.fill_in("#reason", "Mức mới theo thông tư")?;
    browser.screenshot("editor-publish")?;
    browser.click("form[action$='/publish'] button")?;
    browser.wait_for(".notice", "Đã công bố")?;
    let after = until("the new fee", || citizen.ask(QUESTION).ok().map(|answer| answer.text).filter(|text| text.contains(NEW_FEE)))?;
    assert!(after.contains(NEW_DAY) && !after.contains(OLD_FEE), "{after}");
    let first = &citizen.messages()?[1].text;
    assert!(first.contains(OLD_FEE), "what was said stays said: {first}");

    browser.wait_for(".revisions", "Mức mới theo thông tư")?;
    browser.click(&format!("a[href='{FORM}/revisions/1']"))?;
    browser.fill_in("#reason", "Nhầm thông tư")?;
    browser.click("form[action$='/restore'] button")?;
    browser.wait_for(".notice", "Đã công bố lại")?;
    browser.screenshot("editor-history")?;
    until("the old fee", || citizen.ask(QUESTION).ok().filter(|answer| answer.text.contains(OLD_FEE)))?;
    Ok(())
}

#[test]
fn rows_come_and_go_with_scripts_and_on_a_phone_without() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    for (window, scripts) in [(Window::Desktop, true), (Window::Phone, false)] {
        let browser = Browser::open(window, scripts)?;
        sign_in(&browser, &server)?;
        browser.goto(&format!("{}{FORM}", server.url))?;
        let steps = "return [...document.querySelectorAll('[name^=\"steps[\"]')].map((step) => step.value)";
        let count = || Some(browser.execute(steps).ok()?.as_array()?.len());
        let before = count().context("no steps")?;
        browser.execute("window.sameLoad = true")?;
        browser.click("button[value='add:steps']")?;
        until("a new step", || (count()? == before + 1).then_some(()))?;
        browser.fill_in(&format!("#steps-{before}"), "Bước mới.")?;
        browser.click(&format!("button[value='up:steps[{before}]']"))?;
        let moved = format!("{steps}[{}]", before - 1);
        until("the step further up", || (browser.execute(&moved).ok()? == "Bước mới.").then_some(()))?;
        browser.click("button[value='add:papers[0].items']")?;
        until("a new paper", || browser.texts("#papers-0-items-3").ok()?.first().map(drop))?;
        browser.click(&format!("button[value='remove:steps[{}]']", before - 1))?;
        until("the step gone", || (count()? == before).then_some(()))?;
        assert_eq!(browser.execute("return window.sameLoad === true")?, scripts, "with scripts the page is never loaded anew");
        browser.reload()?;
        assert_eq!(count(), Some(before), "every change was saved");
        browser.wait_for("#e-papers-0-items-3-name", "Để trống")?;
        browser.screenshot(if scripts { "editor-rows" } else { "editor-rows-phone" })?;
        let wide = browser.execute("return document.documentElement.scrollWidth > document.documentElement.clientWidth")?;
        assert_eq!(wide, false, "nothing stands out of the window");
        browser.click("#discard summary")?;
        browser.click("#discard button")?;
        browser.wait_for(".notice", "Đã bỏ bản nháp")?;
    }
    Ok(())
}

#[test]
fn two_editors_settle_what_both_changed() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut hoa = Staff::set_up(&server)?;
    let mut lan = colleague(&server, &mut hoa, "lan", "Trần Thị Lan", "editor")?;
    let mut minh = colleague(&server, &mut hoa, "minh", "Lê Minh", "editor")?;
    lan.write(ID, &[("fees[0].amount", NEW_FEE), ("result", "Thẻ căn cước mới")])?;
    minh.write(ID, &[("fees[0].amount", "90.000 đồng/thẻ"), ("times[0].duration", "Không quá 5 ngày làm việc")])?;
    assert!(minh.get(FORM)?.body.contains("Trần Thị Lan cũng có bản nháp"));
    assert!(lan.publish(ID, "Mức mới")?.body.contains("Đã công bố"));

    let stale = minh.open(ID)?;
    let merge = minh.press(&stale, "publish")?;
    assert_eq!(merge.path, format!("{FORM}/merge"), "{}", merge.body);
    for words in ["Lệ phí › mức lệ phí 1 › Mức thu", OLD_FEE, NEW_FEE, "90.000 đồng/thẻ"] {
        assert!(merge.body.contains(words), "{words}: {}", merge.body);
    }
    assert!(!merge.body.contains("Thẻ căn cước mới"), "what only one has changed is no question");
    let to = format!("{FORM}/merge");
    let open = minh.submit(&to, &to, &[])?;
    assert!(open.status == 422 && open.body.contains("Còn mục chưa chọn"), "{}", open.body);
    let settled = minh.submit(&to, &to, &[("choice-fees[0].amount", "own"), ("own-fees[0].amount", "80.000 đồng/thẻ")])?;
    assert!(settled.body.contains("Đã gộp hai bản"), "{}", settled.body);
    let form = minh.open(ID)?;
    let texts = ["fees[0].amount", "times[0].duration", "result"].map(|name| form.text(name));
    assert_eq!(texts, ["80.000 đồng/thẻ", "Không quá 5 ngày làm việc", "Thẻ căn cước mới"]);
    assert!(minh.publish(ID, "Hai người thống nhất")?.body.contains("Hai người thống nhất"));
    let mut citizen = Citizen::new(&server);
    until("the settled fee", || citizen.ask(QUESTION).ok().filter(|answer| answer.text.contains("80.000 đồng/thẻ")))?;
    Ok(())
}

#[test]
fn a_draft_in_two_windows_loses_no_words() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let mut hoa = Editor::sign_in(&server, "hoa.nt")?;
    let mut second_window = hoa.open(ID)?;
    hoa.write(ID, &[("result", "Thẻ ở cửa sổ một")])?;
    second_window.set("result", "Thẻ ở cửa sổ hai");
    let page = hoa.press(&second_window, "save")?;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("Thẻ ở cửa sổ một") && page.body.contains("value=\"Thẻ ở cửa sổ hai\""), "{}", page.body);
    assert_eq!(hoa.open(ID)?.text("result"), "Thẻ ở cửa sổ một");
    let again = tests::GuideForm::read(ID, &page.body);
    assert!(hoa.press(&again, "save")?.body.contains("Đã lưu bản nháp."), "whoever has seen both may keep the second");
    assert_eq!(hoa.open(ID)?.text("result"), "Thẻ ở cửa sổ hai");
    Ok(())
}

#[test]
fn a_guide_is_begun_published_withdrawn_and_brought_back() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let mut hoa = Editor::sign_in(&server, "hoa.nt")?;
    let begun = hoa.submit("/staff/content/new", "/staff/content/new", &[("title", "Mượn sách thư viện xã")])?;
    assert_eq!(begun.path, "/staff/content/muon-sach-thu-vien-xa");
    assert!(hoa.get("/staff/content")?.body.contains("Nguyễn Thị Hoa đang viết"));
    let id = "muon-sach-thu-vien-xa";
    let mut form = hoa.open(id)?;
    for list in ["add:sources", "add:fees"] {
        hoa.press(&form, list)?;
        form = hoa.open(id)?;
    }
    let refused = hoa.press(&form, "publish")?;
    assert!(refused.body.contains("Cần sửa trước khi công bố") && !refused.body.contains("id=\"reason\""), "{}", refused.body);
    let words = [
        ("field", "Văn hóa"),
        ("summary", "Mượn sách ở thư viện xã."),
        ("receiving_body", "Thư viện xã"),
        ("fees[0].case", "Mượn một quyển"),
        ("fees[0].amount", "3.000 đồng"),
        ("fees[0].source", "noi-quy"),
        ("sources[0].id", "noi-quy"),
        ("sources[0].title", "Nội quy thư viện"),
        ("sources[0].url", "https://thuvien.example.vn/noi-quy"),
        ("sources[0].checked_on", "2026-06-01"),
        ("checked_on", "2026-06-01"),
        ("review_by", "2099-06-01"),
    ];
    hoa.write(id, &words)?;
    let published = hoa.publish(id, "Bản đầu")?;
    assert!(published.body.contains("Đã công bố"), "{}", published.body);
    let mut citizen = Citizen::new(&server);
    let mut answers = |words: &str, expected: bool| {
        until(&format!("{expected} for {words}"), || {
            citizen.ask("mượn sách thư viện xã lệ phí bao nhiêu").ok().filter(|answer| answer.text.contains(words) == expected)
        })
    };
    answers("3.000 đồng", true)?;
    let history = format!("/staff/content/{id}/revisions");
    assert!(
        hoa.submit(&history, &format!("/staff/content/{id}/withdraw"), &[("reason", "Thư viện sửa chữa")])?.body.contains("Đã ngừng dùng")
    );
    answers("3.000 đồng", false)?;
    assert!(hoa.get("/staff/content?state=withdrawn")?.body.contains("Mượn sách thư viện xã"));
    assert!(hoa.submit(&history, &format!("/staff/content/{id}/bring-back"), &[("reason", "Mở lại")])?.body.contains("Đã công bố lại"));
    answers("3.000 đồng", true)?;
    Ok(())
}

#[test]
fn the_list_is_searched_without_diacritics_and_filtered() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let mut hoa = Editor::sign_in(&server, "hoa.nt")?;
    let mut shows =
        |query: &str| anyhow::Ok(hoa.get(&format!("/staff/content?{query}"))?.body.matches("<li><a href=\"/staff/content/").count());
    let all = shows("")?;
    assert!(all > 0 && shows("page=2")? > 0, "the list has pages");
    assert_eq!(all + shows("page=2")?, fs::read_dir(knowledge_base().join("guides"))?.count());
    assert!((1..5).contains(&shows("q=lam+giay+ket+hon")?));
    assert_eq!((shows("q=1.000894")?, shows("q=100%25")?, shows("q=khongcogi")?), (1, 0, 0));
    assert_eq!((shows("state=withdrawn")?, shows("state=draft")?, shows("source=seed")?, shows("source=console")?), (0, 0, all, 0));
    assert!((1..all).contains(&shows("field=H%E1%BB%99+t%E1%BB%8Bch")?) && shows("level=central")? < all);
    hoa.write(ID, &[("result", "Thẻ")])?;
    let mut shows = |query: &str| anyhow::Ok(hoa.get(&format!("/staff/content?{query}"))?.body.contains(FORM));
    assert!(shows("state=draft")? && !shows("state=withdrawn")? && shows("q=can+cuoc&state=published&field=&level=commune&source=seed")?);
    Ok(())
}

#[test]
fn killed_between_publication_and_index_the_new_text_serves_after_the_restart() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    until("the end of the build", || server.folder().log().contains("index is up to date").then_some(()))?;
    Staff::set_up(&server)?;
    let mut hoa = Editor::sign_in(&server, "hoa.nt")?;
    // The title stands in every chunk: indexing takes its time.
    hoa.write(ID, &[("fees[0].amount", NEW_FEE), ("title", "Làm lại thẻ căn cước")])?;
    let publish = format!("{FORM}/publish");
    hoa.submit_and_leave(&publish, &publish, &[("reason", "Mức mới")])?;
    let folder = server.kill();
    assert!(!folder.log().contains("a guide was indexed"), "killed too late to say anything");
    let server = Server::start(folder)?;
    let mut citizen = Citizen::new(&server);
    let answer = until("the new fee", || citizen.ask(QUESTION).ok().filter(|answer| answer.text.contains(NEW_FEE)))?;
    assert!(answer.text.contains("Nguồn: Làm lại thẻ căn cước"), "{}", answer.text);
    until("the index job", || server.folder().log().contains("a guide was indexed").then_some(()))?;
    let report = build_report(server.folder())?;
    assert!(report.contains("thêm 0 đoạn, xóa 0 đoạn"), "index and content agree: {report}");
    assert!(report.contains("cap-lai-can-cuoc: đã sửa trên trang quản trị (bản 2), giữ bản đó"), "{report}");
    Ok(())
}

#[test]
fn the_folder_and_the_store_are_brought_into_step() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    Staff::set_up(&server)?;
    let place = tempfile::tempdir()?;
    let folder = place.path().display().to_string();
    let knowledge = |what: &str| -> Result<String> {
        let output = server.folder().run("bot", &["knowledge", what, &folder])?;
        assert_eq!(exit_code(&output)?, 0, "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    knowledge("export")?;
    let mut guides = 0;
    for entry in fs::read_dir(knowledge_base().join("guides"))?.flatten() {
        guides += 1;
        assert_eq!(fs::read(place.path().join("guides").join(entry.file_name()))?, fs::read(entry.path())?, "{:?}", entry.file_name());
    }
    assert!(knowledge("import")?.contains(&format!("0 mới, 0 cập nhật, {guides} giữ nguyên")));

    let mut hoa = Editor::sign_in(&server, "hoa.nt")?;
    hoa.write(ID, &[("fees[0].amount", NEW_FEE)])?;
    hoa.publish(ID, "Mức mới")?;
    assert!(knowledge("export")?.contains("ghi 1 tệp"));
    let file = place.path().join(format!("guides/{ID}.md"));
    let text = fs::read_to_string(&file)?;
    assert_eq!(
        text.replace(&format!("\"{NEW_FEE}\""), OLD_FEE),
        fs::read_to_string(knowledge_base().join(format!("guides/{ID}.md")))?,
        "one line differs"
    );
    fs::write(&file, text.replace(NEW_FEE, "77.000 đồng/thẻ"))?;
    assert!(knowledge("import")?.contains("0 mới, 1 cập nhật"));
    assert!(Citizen::new(&server).ask(QUESTION)?.text.contains("77.000 đồng/thẻ"));
    let newest = hoa.get(&format!("{FORM}/revisions"))?.body;
    assert!(newest.contains("dòng lệnh") && newest.contains("nhập từ thư mục"), "{newest}");

    // Without a serve the data folder is opened here.
    let stopped = server.stop()?;
    let again = tempfile::tempdir()?;
    let output = stopped.run("bot", &["knowledge", "export", &again.path().display().to_string()])?;
    assert_eq!(exit_code(&output)?, 0, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(again.path().join(format!("guides/{ID}.md")))?, fs::read(&file)?);
    copy_folder(&knowledge_base().join("guides"), &again.path().join("guides"))?;
    let output = stopped.run("bot", &["knowledge", "import", &again.path().display().to_string()])?;
    assert!(String::from_utf8(output.stdout)?.contains("0 mới, 1 cập nhật"));
    Ok(())
}

#[test]
fn a_clerk_is_refused() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut thu = colleague(&server, &mut Staff::set_up(&server)?, "thu", "Phạm Thị Thu", "clerk")?;
    for page in ["/staff/content", FORM, "/staff/content/new", &format!("{FORM}/publish"), &format!("{FORM}/revisions")] {
        let reply = thu.get(page)?;
        assert!(reply.status == 403 && reply.body.contains("biên tập viên"), "{page}: {} {}", reply.status, reply.body);
    }
    Ok(())
}

/// Invited, joined and signed in.
pub(crate) fn colleague(server: &Server, administrator: &mut Staff, login: &str, name: &str, role: &str) -> Result<Editor> {
    let link = administrator.invite(name, role)?;
    Staff::join(server, &link, name, login)?;
    Editor::sign_in(server, login)
}

fn sign_in(browser: &Browser, server: &Server) -> Result<()> {
    browser.goto(&format!("{}/staff/login", server.url))?;
    browser.fill_in("#login", "hoa.nt")?;
    browser.fill_in("#password", PASSWORD)?;
    browser.click("button.primary")?;
    browser.wait_for("h1", "").map(drop)
}

/// Takes the words out and types others, as a person does.
fn type_over(browser: &Browser, css: &str, words: &str) -> Result<()> {
    browser.execute(&format!("document.querySelector('{css}').value = ''"))?;
    browser.fill_in(css, words)
}

/// The picker's own keys differ by language; what it tells the page is the same.
fn set_day(browser: &Browser, css: &str, day: &str) -> Result<()> {
    let script = format!(
        "const day = document.querySelector('{css}'); day.value = '{day}'; day.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    browser.execute(&script).map(drop)
}
