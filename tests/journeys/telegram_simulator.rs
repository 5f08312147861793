//! The simulated Telegram is honest: two bot libraries written by others find in it what the documentation promises, and what goes
//! wrong on purpose goes wrong as told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use tests::telegram::{Call, Fault, Faults, Limits, SimMessage, Simulator};
use tests::{Browser, PythonPackages, Window, until};
use ureq::Agent;

const LAN: i64 = 1001;
const BLOCKED: i64 = 1002;
const IMPATIENT: i64 = 1003;
const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_001_234_567_890;
const WORDS: &str = "Dạ em hỏi thủ tục khai sinh ạ 🎉 cảm ơn @sen_thu_nghiem_bot";
const DOCUMENT: &[u8] = b"%PDF-1.4\r\n\x00\xff\r\n--boundary\r\n";
const DIGEST: &str = "598857a4d507a8a126c248905f8e26dbfad806e1ac83af2461294500fdb65510";

#[test]
fn python_telegram_bot_finds_what_is_documented() -> Result<()> {
    meet_client("python_telegram_bot.py", "python-telegram-bot", &["python-telegram-bot==22.8"])
}

#[test]
fn aiogram_finds_what_is_documented() -> Result<()> {
    meet_client("aiogram_client.py", "aiogram", &["aiogram==3.31.0"])
}

#[test]
fn an_update_reaches_the_webhook_until_it_is_taken_and_in_order() -> Result<()> {
    let (simulator, bot) = (Simulator::start()?, Webhook::start(2)?);
    simulator.citizen(LAN, "Lan");
    ask(&simulator, "setWebhook", json!({ "url": bot.url, "secret_token": "bi_mat-1" }))?;
    let first = simulator.say(LAN, "một")?.update_id.context("no update")?;
    simulator.say(LAN, "hai")?;
    simulator.redeliver(first)?;
    let texts: Vec<String> = (0..5).map(|_| bot.next()).collect::<Result<_>>()?;
    assert_eq!(texts, ["một", "một", "một", "hai", "một"], "refused twice, then in order, then the duplicate");
    until("the end of the queue", || (simulator.pending() == 0).then_some(()))?;
    let info = ask(&simulator, "getWebhookInfo", json!({}))?;
    assert!(info.1["result"]["last_error_message"].as_str().is_some_and(|why| why.contains("503")), "{info:?}");
    Ok(())
}

#[test]
fn faults_hit_as_told_and_are_counted() -> Result<()> {
    let simulator = with_lan()?;
    let say = |text: &str| ask(&simulator, "sendMessage", json!({ "chat_id": LAN, "text": text }));
    simulator.fault_next(Fault::TooManyRequests { retry_after: 7 }, 1);
    let (status, body) = say("quá nhiều")?;
    assert_eq!((status, &body["parameters"]["retry_after"]), (429, &json!(7)));
    simulator.fault_next(Fault::ServerError, 2);
    assert_eq!((say("lỗi")?.0, say("lỗi")?.0), (502, 500));
    simulator.fault_next(Fault::CutBeforeAccept, 1);
    assert!(say("đứt trước").is_err());
    simulator.fault_next(Fault::CutAfterAccept, 1);
    assert!(say("đứt sau").is_err());
    simulator.fault_next(Fault::Timeout { seconds: 1 }, 1);
    assert!(say("không trả lời").is_err());
    simulator.fault_next(Fault::Slow { ms: 400 }, 1);
    let started = Instant::now();
    assert_eq!(say("chậm")?.0, 200);
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(texts(&simulator), ["đứt sau", "chậm"], "only what was executed");
    assert_eq!(simulator.calls("sendMessage"), 7);
    let injected =
        [("too_many_requests", 1), ("server_error", 2), ("cut_before_accept", 1), ("cut_after_accept", 1), ("timeout", 1), ("slow", 1)];
    assert_eq!(simulator.statistics().injected, BTreeMap::from(injected));
    Ok(())
}

#[test]
fn a_third_of_the_calls_fails_the_same_way_in_every_run() -> Result<()> {
    let fates = || -> Result<Vec<bool>> {
        let simulator = with_lan()?;
        simulator.faults(Faults {
            share: 0.33,
            kinds: vec![Fault::ServerError, Fault::CutAfterAccept],
            methods: vec!["sendMessage".into()],
            seed: 3,
        });
        Ok((0..60)
            .map(|_| ask(&simulator, "sendMessage", json!({ "chat_id": LAN, "text": "a" })).is_ok_and(|(status, _)| status == 200))
            .collect())
    };
    let first = fates()?;
    assert_eq!(first, fates()?);
    assert!((10..30).contains(&first.iter().filter(|fine| !**fine).count()), "{first:?}");
    Ok(())
}

#[test]
fn a_dead_platform_answers_nobody_and_comes_back_with_all_it_knew() -> Result<()> {
    let simulator = with_lan()?;
    let waiting = thread::spawn({
        let url = simulator.url();
        move || ask_at(&url, "getUpdates", json!({ "timeout": 30, "offset": 1_000_000_000 }))
    });
    until("the long poll", || (simulator.calls("getUpdates") == 2).then_some(()))?;
    simulator.pause();
    assert!(waiting.join().is_ok_and(|answer| answer.is_err()), "the long poll ends too");
    assert!(ask(&simulator, "getMe", json!({})).is_err());
    simulator.say(LAN, "có ai không")?;
    simulator.resume();
    let (_, updates) = ask(&simulator, "getUpdates", json!({}))?;
    assert_eq!(updates["result"][0]["message"]["text"], "có ai không");

    let address = simulator.address();
    simulator.stop();
    let again = Simulator::start_at(address)?;
    assert_eq!(ask(&again, "getMe", json!({}))?.0, 200);
    Ok(())
}

#[test]
fn a_person_chats_by_hand_on_its_page() -> Result<()> {
    let simulator = Simulator::start()?;
    let browser = Browser::open(Window::Phone, true)?;
    browser.goto(&simulator.url())?;
    browser.fill_in("#text", "/start")?;
    browser.click("#form button")?;
    browser.wait_for(".mine .bubble", "/start")?;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Có ạ", "callback_data": "co" }]] });
    let text = "🪷 Chào <b>chị <i>Lan</i></b> &lt;3";
    ask(&simulator, "sendMessage", json!({ "chat_id": LAN, "text": text, "parse_mode": "HTML", "reply_markup": keyboard }))?;
    browser.wait_for(".message:not(.mine) .bubble", "🪷 Chào chị Lan <3")?;
    assert_eq!(browser.texts(".bubble b i")?, ["Lan"]);
    browser.click(".row button")?;
    until("the press", || (simulator.pending() == 2).then_some(()))?;
    let (_, updates) = ask(&simulator, "getUpdates", json!({}))?;
    assert_eq!(updates["result"][1]["callback_query"]["data"], "co");
    Ok(())
}

/// Plays the people whom a client's script expects.
fn meet_client(script: &'static str, name: &str, requirements: &[&str]) -> Result<()> {
    let packages = PythonPackages::install(name, requirements)?;
    let simulator = Simulator::start()?;
    for (id, first_name) in [(BLOCKED, "Bình"), (IMPATIENT, "Hải"), (LAN, "Lan")] {
        simulator.citizen(id, first_name);
        simulator.command(id, "start")?;
        if id == BLOCKED {
            simulator.block(id)?;
        }
    }
    let client = thread::spawn({
        let (url, token) = (simulator.url(), simulator.token());
        move || packages.run(&clients().join(script), &[&url, token])
    });
    let in_time = play(&simulator, || client.is_finished());
    let output = client.join().ok().context("the client's thread failed")??;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said.contains("all as documented"), "{script}:\n{said}");
    in_time.with_context(|| said)?;
    check_traces(&simulator)
}

fn play(simulator: &Simulator, ended: impl Fn() -> bool) -> Result<()> {
    let offer = wait_for(simulator, &ended, |message| !message.keyboard.is_empty())?;
    simulator.press(LAN, offer.message_id, "Có ạ 👍")?;
    wait_for(simulator, &ended, |message| message.message_id == offer.message_id && message.edit_date.is_some())?;
    simulator.say(LAN, WORDS)?;
    simulator.send_document(LAN, "đơn.pdf", DOCUMENT, "Đơn của em")?;
    simulator.group(GROUP, "Tổ một cửa")?;
    let unseen = simulator.say_in_group(GROUP, LAN, "Trưa nay ăn gì mọi người?", None)?;
    ensure!(unseen.update_id.is_none(), "privacy mode");
    let other = simulator.say_in_group(GROUP, LAN, "/start@bot_khac_nua", None)?;
    ensure!(other.update_id.is_none(), "a command for another bot");
    simulator.say_in_group(GROUP, LAN, "@sen_thu_nghiem_bot lệ phí khai sinh?", None)?;
    simulator.migrate_group(GROUP, SUPERGROUP)
}

fn wait_for(simulator: &Simulator, ended: &impl Fn() -> bool, like: impl Fn(&SimMessage) -> bool) -> Result<SimMessage> {
    let found = until("a message of the client", || {
        let found = simulator.messages(LAN).into_iter().find(&like);
        if found.is_none() && !ended() { None } else { Some(found) }
    })?;
    found.context("the client ended")
}

/// What the simulator shows to tests is what the client has done.
fn check_traces(simulator: &Simulator) -> Result<()> {
    assert_eq!(texts(simulator), ["Đã chọn: khai sinh", "Biên nhận"], "edited, deleted, refused");
    assert_eq!(simulator.typing_count(LAN), 1);
    assert_eq!(simulator.callback_answers().len(), 1);
    assert_eq!(simulator.callback_answers()[0].text, "Dạ, em tìm ngay");
    assert_eq!(simulator.messages(SUPERGROUP).len(), 1);
    let told = |call: &Call| call.parameters.get("text").is_some_and(|text| *text == format!("sha256 {DIGEST}"));
    assert!(simulator.log().iter().any(told), "the file came down whole");
    assert!(simulator.statistics().statuses[&429] >= 1);
    Ok(())
}

fn texts(simulator: &Simulator) -> Vec<String> {
    simulator.messages(LAN).into_iter().map(|message| message.text).collect()
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/telegram/clients")
}

/// Lan has started the bot, nothing waits, and there are no limits.
fn with_lan() -> Result<Simulator> {
    let simulator = Simulator::start()?;
    simulator.limits(Limits::off());
    simulator.citizen(LAN, "Lan");
    let start = simulator.command(LAN, "start")?.update_id.context("no update")?;
    ask(&simulator, "getUpdates", json!({ "offset": start + 1 }))?;
    ensure!(simulator.pending() == 0, "not confirmed");
    Ok(simulator)
}

fn ask(simulator: &Simulator, method: &str, parameters: Value) -> Result<(u16, Value)> {
    ask_at(&simulator.url(), method, parameters)
}

/// HTTP status and body; a page of HTML is null.
fn ask_at(url: &str, method: &str, parameters: Value) -> Result<(u16, Value)> {
    let mut response = agent().post(format!("{url}/bot123456:TEST/{method}")).send_json(parameters)?;
    let body = response.body_mut().read_to_string()?;
    Ok((response.status().as_u16(), serde_json::from_str(&body).unwrap_or_default()))
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).build().into()
}

/// A bot's webhook that refuses the first deliveries and tells the texts of all.
struct Webhook {
    url: String,
    texts: Receiver<String>,
    _runtime: tokio::runtime::Runtime,
}

impl Webhook {
    fn start(refused: usize) -> Result<Self> {
        let (tell, texts) = channel();
        let seen = Arc::new(AtomicUsize::new(0));
        let take = move |headers: HeaderMap, update: String| async move {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            let update: Value = serde_json::from_str(&update).unwrap_or_default();
            let secret = headers.get("X-Telegram-Bot-Api-Secret-Token").and_then(|secret| secret.to_str().ok()) == Some("bi_mat-1");
            let text = if secret { update["message"]["text"].as_str().unwrap_or_default() } else { "no secret" };
            // Nobody listens any more at the end of the test.
            let _ = tell.send(text.to_owned());
            if number < refused { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}/telegram", listener.local_addr()?);
        runtime.spawn(async move { axum::serve(listener, Router::new().route("/telegram", post(take))).await });
        Ok(Self { url, texts, _runtime: runtime })
    }

    fn next(&self) -> Result<String> {
        match self.texts.recv_timeout(Duration::from_secs(30)) {
            Ok(text) => Ok(text),
            Err(_) => bail!("no delivery"),
        }
    }
}
