//! A citizen on Telegram: asks, follows up, presses, sends pictures, is handed over, and gets the staff's reply.

use std::net::TcpListener;

use anyhow::{Context as _, Result};
use tests::telegram::{CallbackAnswer, Fault, SimMessage, Simulator};
use tests::{Client, DataFolder, Server, Staff, between, messages, until};

pub(crate) const HOA: i64 = 101;
const NAM: i64 = 102;
const GROUP: i64 = -5_001;
const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";

#[test]
fn asked_followed_up_and_pressed() -> Result<()> {
    let (simulator, _server) = started()?;
    let welcome = said(&simulator, HOA, "/start")?;
    assert!(welcome.text.contains("Sen đây") && welcome.text.contains("xóa dữ liệu của tôi"), "{}", welcome.text);

    let answer = said(&simulator, HOA, QUESTION)?;
    assert!(answer.text.contains("Phiếu đề nghị") && answer.text.contains("https://dichvucong.gov.vn/"), "{}", answer.text);
    assert!(!answer.text.contains("xóa dữ liệu"), "the notice is given once");
    assert!(answer.entities.iter().any(|entity| entity.kind == "bold") && !answer.text.contains("**"), "{answer:?}");
    assert!(simulator.typing_count(HOA) > 0);

    let fee = said(&simulator, HOA, "thế lệ phí?")?;
    assert!(fee.text.contains("Chưa có mức lệ phí") || fee.text.contains("đồng") || fee.text.contains("lệ phí"), "{}", fee.text);

    let help = said(&simulator, HOA, "/help")?;
    simulator.press(HOA, help.message_id, "Gặp cán bộ")?;
    let offer = reply_after(&simulator, HOA, help.message_id)?;
    assert!(offer.text.contains("Sen gửi câu hỏi"), "{}", offer.text);
    assert!(!simulator.callback_answers().is_empty(), "the button's spinner is ended");
    Ok(())
}

#[test]
fn handed_over_with_a_file_replied_and_blocked() -> Result<()> {
    let (simulator, server) = started()?;
    let silent = simulator.send_document(HOA, "don.txt", "Kính gửi".as_bytes(), "")?;
    let honest = reply_after(&simulator, HOA, silent.message_id)?;
    assert!(honest.text.contains("Sen chưa đọc được tệp"), "{}", honest.text);
    let unknown = said(&simulator, HOA, "xã tui mai có cúp điện không")?;
    simulator.press(HOA, unknown.message_id, "Gửi cho cán bộ")?;
    let receipt = reply_after(&simulator, HOA, unknown.message_id)?.text;
    let code = format!("NA-{}", between(&receipt, "NA-", ".").trim());

    let mut staff = Staff::set_up(&server)?;
    let ticket = staff.find_ticket(&code)?;
    let page = until("the file at the ticket", || {
        let page = staff.get(&ticket).ok()?.body;
        page.contains("/staff/attachments/").then_some(page)
    })?;
    let path = format!("/staff/attachments/{}", between(&page, "/staff/attachments/", "\""));
    assert_eq!(staff.get(&path)?.body, "Kính gửi");
    assert!(Client::new(&server.url).get(&path)?.path.starts_with("/staff/login"), "not for strangers");

    let before = simulator.messages(HOA).pop().context("nothing was said")?;
    staff.reply(&ticket, "Mai không cúp điện bác nhé. <b>&</b>")?;
    let reply = reply_after(&simulator, HOA, before.message_id)?;
    assert!(reply.text.contains("Cán bộ Nguyễn Thị Hoa") && reply.text.contains("Mai không cúp điện bác nhé. <b>&</b>"), "{}", reply.text);
    simulator.block(HOA)?;
    until("the console to say so", || staff.get(&ticket).ok()?.body.contains("đã chặn Sen").then_some(()))?;
    simulator.unblock(HOA)?;
    simulator.say(HOA, "dạ cảm ơn")?;
    let thanks = until("what the citizen says then", || {
        let page = staff.get(&ticket).ok()?.body;
        messages(&page).iter().any(|message| message.text == "dạ cảm ơn").then_some(page)
    })?;
    assert!(!thanks.contains("đã chặn Sen"), "the citizen is back");
    Ok(())
}

#[test]
fn in_a_group_only_when_addressed() -> Result<()> {
    let (simulator, _server) = started()?;
    simulator.group(GROUP, "Xóm 5")?;
    let name = simulator.bot_username();
    simulator.say_in_group(GROUP, NAM, "mai họp xóm nhé bà con", None)?;
    let asked = simulator.say_in_group(GROUP, NAM, &format!("@{name} {QUESTION}"), None)?;
    let answer = until("an answer in the group", || simulator.messages(GROUP).last().cloned())?;
    assert!(answer.text.contains("Phiếu đề nghị"), "{}", answer.text);
    assert_eq!(answer.reply_to, Some(asked.message_id), "it answers the one who asked");
    let asked = simulator.say_in_group(GROUP, HOA, &format!("/hoi@{name} xã tui mai có cúp điện không"), None)?;
    let unknown = until("the second answer", || simulator.messages(GROUP).into_iter().find(|m| m.reply_to == Some(asked.message_id)))?;
    simulator.press_in(GROUP, HOA, unknown.message_id, "Gửi cho cán bộ")?;
    simulator.press_in(GROUP, NAM, unknown.message_id, "Gửi cho cán bộ")?;
    let told = |answer: &CallbackAnswer| answer.user == NAM && answer.text.contains("dành cho người khác");
    until("who presses another's button to be told", || simulator.callback_answers().iter().any(told).then_some(()))?;
    let refusal = until("the third answer", || simulator.messages(GROUP).into_iter().nth(2))?;
    assert!(refusal.text.contains("nhắn riêng cho Sen"), "{}", refusal.text);
    assert_eq!(simulator.messages(GROUP).len(), 3, "nothing was said to the group's own talk");
    Ok(())
}

#[test]
fn duplicates_edits_and_long_replies() -> Result<()> {
    let (simulator, server) = started()?;
    let first = simulator.say(HOA, QUESTION)?;
    let answer = reply_after(&simulator, HOA, first.message_id)?;
    simulator.redeliver(first.update_id.context("no update")?)?;
    simulator.edit(HOA, first.message_id, "đăng ký kết hôn cần giấy tờ gì")?;
    let second = reply_after(&simulator, HOA, answer.message_id)?;
    assert!(second.text.to_lowercase().contains("kết hôn"), "{}", second.text);
    simulator.edit(HOA, first.message_id, "đăng ký kết hôn cần giấy tờ gì")?;
    let place = simulator.send_location(HOA, 18.9, 105.6)?;
    let near = reply_after(&simulator, HOA, second.message_id)?;
    for _ in 0..3 {
        simulator.edit(HOA, place.message_id, "")?;
    }
    said(&simulator, HOA, "xin chào")?;
    assert!(near.text.contains("xã, phường"), "{}", near.text);
    assert_eq!(simulator.messages(HOA).len(), 4, "a redelivery, an edit of nothing and a moving position are answered once");

    let unknown = said(&simulator, HOA, "xã tui mai có cúp điện không")?;
    simulator.press(HOA, unknown.message_id, "Gửi cho cán bộ")?;
    let receipt = reply_after(&simulator, HOA, unknown.message_id)?.text;
    let mut staff = Staff::set_up(&server)?;
    let ticket = staff.find_ticket(&format!("NA-{}", between(&receipt, "NA-", ".").trim()))?;
    let before = simulator.messages(HOA).len();
    staff.reply(&ticket, &"Bác mang theo căn cước và giấy hẹn. ".repeat(110))?;
    let parts = until("a long reply in parts", || {
        let parts = simulator.messages(HOA).split_off(before);
        (parts.iter().map(|part| part.text.matches("giấy hẹn").count()).sum::<usize>() == 110).then_some(parts)
    })?;
    assert!(parts.len() > 1 && parts.iter().all(|part| part.text.encode_utf16().count() <= 4_096 && part.text.ends_with('.')));
    Ok(())
}

#[test]
fn a_failing_platform_gets_every_reply_in_order() -> Result<()> {
    let (simulator, _server) = started()?;
    simulator.fault_next_of("sendMessage", Fault::ServerError, 2);
    simulator.fault_next_of("sendMessage", Fault::TooManyRequests { retry_after: 1 }, 1);
    simulator.fault_next_of("sendMessage", Fault::CutBeforeAccept, 1);
    for question in ["đăng ký khai sinh lệ phí bao nhiêu", "đăng ký kết hôn cần giấy tờ gì", "đăng ký tạm trú mất mấy ngày"]
    {
        simulator.say(HOA, question)?;
    }
    let replies = until("three replies", || Some(simulator.messages(HOA)).filter(|replies| replies.len() >= 3))?;
    for (reply, subject) in replies.iter().zip(["khai sinh", "kết hôn", "tạm trú"]) {
        assert!(reply.text.to_lowercase().contains(subject), "{subject}: {}", reply.text);
    }
    assert_eq!(replies.len(), 3);
    Ok(())
}

#[test]
fn a_webhook_takes_only_what_has_the_secret() -> Result<()> {
    let simulator = Simulator::start()?;
    meet(&simulator);
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let folder = connected(DataFolder::filled()?, &simulator).with("SEN_LISTEN", &address);
    let folder = folder.with("SEN_PUBLIC_URL", &format!("http://{address}")).with("SEN_TELEGRAM_WEBHOOK_SECRET", "bi-mat_1");
    let server = Server::start(folder)?;
    until("the webhook", || simulator.webhook())?;
    assert!(said(&simulator, HOA, QUESTION)?.text.contains("Phiếu đề nghị"));
    let forged = r#"{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":101,"type":"private","first_name":"x"},"text":"x"}}"#;
    let mut stranger = Client::new(&server.url);
    let json = ("content-type", "application/json");
    assert_eq!(stranger.post_raw("/telegram/webhook", forged.as_bytes(), &[json])?.status, 401);
    let wrong = ("x-telegram-bot-api-secret-token", "bi-mat_2");
    assert_eq!(stranger.post_raw("/telegram/webhook", forged.as_bytes(), &[json, wrong])?.status, 401);
    let right = ("x-telegram-bot-api-secret-token", "bi-mat_1");
    assert_eq!(stranger.post_raw("/telegram/webhook", b"{", &[json, right])?.status, 400);
    assert_eq!(simulator.messages(HOA).len(), 1);
    Ok(())
}

/// A simulator with two citizens and a server that talks to it.
fn started() -> Result<(Simulator, Server)> {
    let simulator = Simulator::start()?;
    meet(&simulator);
    let server = Server::start(connected(DataFolder::filled()?, &simulator))?;
    Ok((simulator, server))
}

pub(crate) fn meet(simulator: &Simulator) {
    simulator.citizen(HOA, "Hoa");
    simulator.citizen(NAM, "Nam");
}

/// A data folder whose server talks to the simulator.
pub(crate) fn connected(folder: DataFolder, simulator: &Simulator) -> DataFolder {
    folder.with("SEN_TELEGRAM_TOKEN", simulator.token()).with("SEN_TELEGRAM_API", &simulator.url())
}

/// Says something and reads the reply.
pub(crate) fn said(simulator: &Simulator, user: i64, text: &str) -> Result<SimMessage> {
    let said = simulator.say(user, text)?;
    reply_after(simulator, user, said.message_id)
}

/// The first message of the bot after that one.
pub(crate) fn reply_after(simulator: &Simulator, user: i64, message_id: i64) -> Result<SimMessage> {
    until("a reply on Telegram", || simulator.messages(user).into_iter().find(|message| message.message_id > message_id))
}
