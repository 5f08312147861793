//! Colleagues are invited, work within their role, and are let go; every change is in the log.

use std::process::Output;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use tests::{Browser, Citizen, Client, DataFolder, PASSWORD, Reply, Server, Staff, Window, between, exit_code, text, until};

const QUESTION: &str = "xã tui mai có cúp điện không";
const FOR_ADMINISTRATORS: &str = "Trang này dành cho quản trị viên.";

#[test]
fn a_clerk_is_invited_answers_and_is_let_go() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let code = hand_over(&server)?;
    let mut administrator = Staff::set_up(&server)?;
    let link = administrator.invite("Trần Văn Nam", "clerk")?;
    let mut clerk = Staff::join(&server, &link, "Trần Văn Nam", "nam.tv")?;
    assert_eq!(Client::new(&server.url).get(&link)?.status, 404, "the link works once");

    let ticket = clerk.find_ticket(&code)?;
    clerk.reply(&ticket, "Xã mình không cúp điện ạ.")?;
    let home = clerk.get("/staff")?.body;
    assert!(!home.contains("href=\"/staff/accounts\"") && !home.contains("href=\"/staff/audit\""), "{home}");
    for closed in ["/staff/accounts", "/staff/audit"] {
        assert_refused(&clerk.get(closed)?, FOR_ADMINISTRATORS);
    }

    let account = administrator.find_account("nam.tv")?;
    let mut elsewhere = Staff::sign_in_as(&server, "nam.tv", PASSWORD)?.0;
    administrator.fill_in("/staff/accounts", &format!("{account}/disable"), &[])?;
    for session in [&mut clerk, &mut elsewhere] {
        assert_eq!(session.get("/staff")?.path, "/staff/login");
        assert_eq!(session.get(&ticket)?.path, format!("/staff/login?next={ticket}"));
    }
    assert_eq!(Staff::sign_in_as(&server, "nam.tv", PASSWORD)?.1.status, 422);
    administrator.fill_in("/staff/accounts", &format!("{account}/enable"), &[])?;
    assert_eq!(clerk.get("/staff")?.path, "/staff/login", "the old session stays ended");
    assert_eq!(Staff::sign_in_as(&server, "nam.tv", PASSWORD)?.1.path, "/staff");
    Ok(())
}

#[test]
fn a_role_opens_its_own_part_and_forged_forms_change_nothing() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let code = hand_over(&server)?;
    let mut administrator = Staff::set_up(&server)?;
    let ticket = administrator.find_ticket(&code)?;
    let link = administrator.invite("Lê Thị Mai", "editor")?;
    let mut editor = Staff::join(&server, &link, "Lê Thị Mai", "mai.lt")?;
    assert_eq!(editor.get("/staff/account")?.status, 200);
    assert_refused(&editor.get(&ticket)?, "Trang này dành cho cán bộ trả lời và quản trị viên.");

    let account = administrator.find_account("mai.lt")?;
    let forged = [
        (format!("{ticket}/reply"), ("text", "Tôi không được trả lời.")),
        (format!("{account}/role"), ("role", "administrator")),
        ("/staff/accounts/invite".to_owned(), ("role", "administrator")),
        (format!("{account}/reset"), ("role", "")),
    ];
    for (form, field) in forged {
        let fields = [field, ("name", "Ai đó"), ("days", "7")];
        assert_eq!(editor.fill_in("/staff/account", &form, &fields)?.status, 403, "{form}");
    }
    // Rights without the form's token are no rights either.
    let mut without_token = Client::new(&server.url);
    assert_eq!(without_token.post(&format!("{account}/disable"), &[("csrf_token", "")])?.path, "/staff/login");
    assert_eq!(administrator.fill_in("/rieng-tu", &format!("{account}/disable"), &[])?.status, 403);
    assert_eq!(
        administrator.fill_in("/rieng-tu", "/staff/accounts/invite", &[("name", "A"), ("role", "editor"), ("days", "1")])?.status,
        403
    );
    assert_eq!(editor.get("/staff/account")?.status, 200);
    assert!(text(&administrator.get("/staff/accounts")?.body).contains("Biên tập viên"));
    assert!(!administrator.get(&ticket)?.body.contains("Tôi không được trả lời."));

    administrator.fill_in("/staff/accounts", &format!("{account}/role"), &[("role", "clerk")])?;
    assert_eq!(editor.get(&ticket)?.status, 200, "a new role holds at once");
    Ok(())
}

#[test]
fn there_is_always_an_administrator() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut hoa = Staff::set_up(&server)?;
    let account = hoa.find_account("hoa.nt")?;
    for (form, role) in [("disable", ""), ("role", "clerk"), ("role", "editor")] {
        let page = hoa.fill_in("/staff/accounts", &format!("{account}/{form}"), &[("role", role)])?;
        assert!(page.status == 200 && page.body.contains("quản trị viên duy nhất"), "{form}: {}", page.body);
    }
    let link = hoa.invite("Trần Văn Nam", "administrator")?;
    let nam = Staff::join(&server, &link, "Trần Văn Nam", "nam.tv")?;
    let logins = ["hoa.nt", "nam.tv"];
    let accounts = [account, hoa.find_account("nam.tv")?];
    let mut people = [hoa, nam];
    for _ in 0..4 {
        let stays = let_each_other_go(&mut people, &accounts)?;
        let goes = 1 - stays;
        people[stays].fill_in("/staff/accounts", &format!("{}/enable", accounts[goes]), &[])?;
        people[goes] = Staff::sign_in_as(&server, logins[goes], PASSWORD)?.0;
    }
    Ok(())
}

/// Two administrators close each other's account in the same moment; which of them stays.
fn let_each_other_go(people: &mut [Staff; 2], accounts: &[String; 2]) -> Result<usize> {
    let [one, two] = people;
    let disable = |staff: &mut Staff, account: &str| staff.fill_in("/staff/accounts", &format!("{account}/disable"), &[]).map(drop);
    thread::scope(|scope| {
        scope.spawn(|| disable(one, &accounts[1]));
        scope.spawn(|| disable(two, &accounts[0]));
    });
    let stay = [one.get("/staff/accounts")?, two.get("/staff/accounts")?].map(|page| page.path == "/staff/accounts");
    assert!(stay[0] != stay[1], "{stay:?}");
    Ok(usize::from(stay[1]))
}

#[test]
fn passwords_are_changed_forgotten_and_guessed() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut hoa = Staff::set_up(&server)?;
    let mut elsewhere = Staff::sign_in(&server)?;
    let new = "một mật khẩu khác";
    let change = |staff: &mut Staff, current: &str| {
        staff.fill_in("/staff/account", "/staff/account/password", &[("current", current), ("password", new), ("password_again", new)])
    };
    let refused = change(&mut hoa, "không phải")?;
    assert!(refused.status == 422 && refused.body.contains("Mật khẩu hiện tại không đúng."), "{}", refused.body);
    assert!(change(&mut hoa, PASSWORD)?.body.contains("Đã đổi mật khẩu."));
    assert_eq!(elsewhere.get("/staff")?.path, "/staff/login");
    assert_eq!(hoa.get("/staff")?.path, "/staff");
    assert_eq!(Staff::sign_in_as(&server, "hoa.nt", PASSWORD)?.1.status, 422);

    let mut elsewhere = Staff::sign_in_as(&server, "hoa.nt", new)?.0;
    assert_eq!(hoa.fill_in("/staff/account", "/staff/account/sign-out", &[])?.path, "/staff/login");
    assert_eq!(elsewhere.get("/staff")?.path, "/staff/login");

    let mut hoa = Staff::sign_in_as(&server, "hoa.nt", new)?.0;
    let link = hoa.invite("Trần Văn Nam", "clerk")?;
    let mut nam = Staff::join(&server, &link, "Trần Văn Nam", "nam.tv")?;
    for _ in 0..5 {
        assert_eq!(Staff::sign_in_as(&server, "nam.tv", "đoán mò")?.1.status, 422);
    }
    assert_eq!(Staff::sign_in_as(&server, "nam.tv", PASSWORD)?.1.status, 422, "locked");
    let account = hoa.find_account("nam.tv")?;
    let link = hoa.offer_reset(&account)?;
    set_password(&server, &link, new)?;
    assert_eq!(nam.get("/staff")?.path, "/staff/login", "who was signed in with the old one is so no more");
    assert_eq!(Staff::sign_in_as(&server, "nam.tv", new)?.1.path, "/staff");
    assert_eq!(Client::new(&server.url).get(&link)?.status, 404);

    let log = text(&hoa.get("/staff/audit?kind=account")?.body);
    for entry in ["Đổi mật khẩu", "Đăng xuất khỏi mọi thiết bị", "Tạm khóa đăng nhập", "Tạo đường dẫn đặt lại", "Đặt lại mật khẩu bằng"]
    {
        assert!(log.contains(entry), "{entry}: {log}");
    }
    assert_eq!(log.matches("Tạm khóa đăng nhập").count(), 1, "once a lock-out");
    Ok(())
}

/// Opens a link and sets another password.
fn set_password(server: &Server, link: &str, password: &str) -> Result<()> {
    let mut client = Client::new(&server.url);
    let token = between(&client.get(link)?.body, "name=\"csrf_token\" value=\"", "\"").to_owned();
    let reply = client.post(link, &[("csrf_token", &token), ("password", password), ("password_again", password)])?;
    ensure!(reply.path.starts_with("/staff/login"), "{}", reply.body);
    Ok(())
}

#[test]
fn the_only_administrator_gets_back_in() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut elsewhere = Staff::set_up(&server)?;
    for _ in 0..5 {
        assert_eq!(Staff::sign_in_as(&server, "hoa.nt", "đoán mò")?.1.status, 422);
    }
    let unknown = reset_password(server.folder(), "hoa")?;
    assert_eq!(exit_code(&unknown)?, 1);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("các tên đăng nhập đang dùng: hoa.nt"), "{unknown:?}");
    let new = "một mật khẩu khác";
    set_password(&server, &printed_link(&reset_password(server.folder(), " HOA.NT ")?)?, new)?;
    let (mut hoa, reply) = Staff::sign_in_as(&server, "hoa.nt", new)?;
    assert_eq!(reply.path, "/staff");
    assert_eq!(elsewhere.get("/staff")?.path, "/staff/login", "who was signed in with the old one is so no more");
    let log = words(&hoa.get("/staff/audit?kind=account")?.body);
    assert!(log.contains("Hệ thống Tạo đường dẫn đặt lại mật khẩu"), "{log}");

    let folder = server.kill();
    let link = printed_link(&reset_password(&folder, "hoa.nt")?)?;
    let server = Server::start(folder)?;
    set_password(&server, &link, PASSWORD)?;
    assert_eq!(Staff::sign_in_as(&server, "hoa.nt", PASSWORD)?.1.path, "/staff");
    Ok(())
}

fn reset_password(folder: &DataFolder, login: &str) -> Result<Output> {
    Ok(folder.command("bot").args(["reset-password", login]).output()?)
}

/// The path of the address on the last line.
fn printed_link(output: &Output) -> Result<String> {
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(format!("/staff/invite/{}", said.trim_end().rsplit_once("/staff/invite/").with_context(|| format!("{output:?}"))?.1))
}

#[test]
fn links_are_taken_back_and_a_login_is_taken_once() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut hoa = Staff::set_up(&server)?;
    let link = hoa.invite("Trần Văn Nam", "clerk")?;
    let page = hoa.get("/staff/accounts")?.body;
    let withdraw = format!("/staff/accounts/links/{}", between(&page, "action=\"/staff/accounts/links/", "\""));
    assert!(hoa.fill_in("/staff/accounts", &withdraw, &[])?.body.contains("Đã thu hồi đường dẫn."));
    assert_eq!(Client::new(&server.url).get(&link)?.status, 404);
    let link = hoa.invite("Hoa khác", "clerk")?;
    let taken = Staff::join(&server, &link, "Hoa khác", "HOA.NT").err().context("a second hoa.nt")?;
    assert!(format!("{taken:#}").contains("đã có người dùng"), "{taken:#}");
    Staff::join(&server, &link, "Hoa khác", "hoa.khac")?;
    Ok(())
}

#[test]
fn every_change_is_in_the_log() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let code = hand_over(&server)?;
    let mut hoa = Staff::set_up(&server)?;
    let link = hoa.invite("Trần Văn Nam", "clerk")?;
    let mut nam = Staff::join(&server, &link, "Trần Văn Nam", "nam.tv")?;
    let ticket = nam.find_ticket(&code)?;
    nam.reply(&ticket, "Lời riêng của cán bộ.")?;
    nam.close(&ticket)?;
    let account = hoa.find_account("nam.tv")?;
    hoa.fill_in("/staff/accounts", &format!("{account}/role"), &[("role", "editor")])?;

    let page = hoa.get("/staff/audit")?.body;
    let lines: Vec<String> = page.split("<tr>").skip(2).map(words).collect();
    let expected = [
        ["Nguyễn Thị Hoa", "Đổi vai trò", "Trần Văn Nam", "Vai trò: Cán bộ trả lời → Biên tập viên"],
        ["Trần Văn Nam", "Đóng câu hỏi", code.as_str(), "Trạng thái: Đã trả lời → Đã đóng"],
        ["Trần Văn Nam", "Trả lời câu hỏi", code.as_str(), "Trạng thái: Đang chờ → Đã trả lời"],
        ["Trần Văn Nam", "Nhận lời mời", "Trần Văn Nam", "Vai trò: Cán bộ trả lời"],
        ["Nguyễn Thị Hoa", "Mời đồng nghiệp", "Trần Văn Nam", "Vai trò: Cán bộ trả lời"],
        ["Nguyễn Thị Hoa", "Tạo tài khoản quản trị đầu tiên", "Nguyễn Thị Hoa", "Vai trò: Quản trị viên"],
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, parts) in lines.iter().zip(expected) {
        assert!(parts.iter().all(|part| line.contains(part)), "{parts:?}: {line}");
    }
    assert!(!page.contains("Lời riêng") && !page.contains(QUESTION), "words stay erasable");

    let nam_id = account.rsplit('/').next().unwrap_or_default();
    let filtered = hoa.get(&format!("/staff/audit?who={nam_id}&kind=ticket"))?.body;
    assert_eq!(filtered.split("<tr>").skip(2).count(), 2);
    for number in 0..50 {
        let form = if number % 2 == 0 { "disable" } else { "enable" };
        hoa.fill_in("/staff/account", &format!("{account}/{form}"), &[])?;
    }
    let (first, second) = (hoa.get("/staff/audit")?.body, hoa.get("/staff/audit?page=2")?.body);
    assert_eq!((first.split("<tr>").skip(2).count(), second.split("<tr>").skip(2).count()), (50, 6));
    assert!(first.contains("rel=\"next\"") && !first.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
    Ok(())
}

#[test]
fn the_pages_fit_a_phone_and_an_invitation_is_made_in_the_browser() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    drop(Staff::set_up(&server)?);
    let browser = Browser::open(Window::Phone, false)?;
    browser.goto(&format!("{}/staff/login?next=/staff/accounts", server.url))?;
    browser.fill_in("#login", "hoa.nt")?;
    browser.fill_in("#password", PASSWORD)?;
    browser.click("form .primary")?;
    until("the accounts' page", || browser.texts("#name").ok().filter(|found| !found.is_empty()))?;
    browser.fill_in("#name", "Trần Văn Nam")?;
    browser.click("#invite .primary")?;
    let link = browser.wait_for("#link", "/staff/invite/")?;
    assert!(link.starts_with(&server.url), "{link}");
    for page in ["/staff/accounts", "/staff/audit", "/staff/account", "/staff"] {
        browser.goto(&format!("{}{page}", server.url))?;
        let fits = browser.execute("return document.documentElement.scrollWidth <= window.innerWidth")?;
        assert_eq!(fits, true, "{page}");
        browser.screenshot(&format!("console{}", page.replace('/', "-")))?;
    }
    browser.goto(&link)?;
    assert_eq!(browser.texts("h1")?, ["Tạo tài khoản"]);
    browser.screenshot("invitation")?;
    Ok(())
}

/// A citizen's question becomes a ticket; its receipt code.
fn hand_over(server: &Server) -> Result<String> {
    let mut citizen = Citizen::new(server);
    citizen.ask(QUESTION)?;
    let receipt = citizen.press("Gửi cho cán bộ")?.text;
    Ok(format!("NA-{}", between(&receipt, "NA-", ".").trim()))
}

fn assert_refused(reply: &Reply, sentence: &str) {
    assert_eq!(reply.status, 403, "{}", reply.body);
    assert!(reply.body.contains(sentence), "{}", reply.body);
}

/// The words of a piece of HTML, one space between them.
fn words(html: &str) -> String {
    text(html).split_whitespace().collect::<Vec<_>>().join(" ")
}
