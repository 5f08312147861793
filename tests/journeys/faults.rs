//! Two thousand questions while the server is killed again and again and the platform fails one call in ten: every question
//! is answered, in order, and hardly anything twice.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tests::telegram::{Fault, Faults, Limits, Simulator};
use tests::{Citizen, DataFolder, Server, messages, until};

use crate::command_line::build_report;
use crate::telegram::connected;

/// On the web, and as many on Telegram.
const CITIZENS: usize = 100;
const KILLS: usize = 10;
const THREADS: usize = 4;

/// A question, and a word that its answer has and no other.
const QUESTIONS: [(&str, &str); 10] = [
    ("đăng ký khai sinh cần giấy tờ gì", "khai sinh"),
    ("đăng ký kết hôn cần giấy tờ gì", "kết hôn"),
    ("đăng ký khai tử cần giấy tờ gì", "khai tử"),
    ("đăng ký tạm trú mất mấy ngày", "tạm trú"),
    ("đăng ký thường trú mất mấy ngày", "thường trú"),
    ("xác nhận tình trạng hôn nhân cần giấy tờ gì", "tình trạng hôn nhân"),
    ("trích lục hộ tịch cần giấy tờ gì", "trích lục"),
    ("chứng thực chữ ký lệ phí bao nhiêu", "chữ ký"),
    ("đổi giấy phép lái xe cần giấy tờ gì", "giấy phép lái xe"),
    ("thành lập hộ kinh doanh cần giấy tờ gì", "hộ kinh doanh"),
];

#[test]
fn killed_ten_times_and_nothing_lost() -> Result<()> {
    let simulator = Simulator::start()?;
    simulator.limits(Limits::off());
    let kinds = vec![
        Fault::ServerError,
        Fault::TooManyRequests { retry_after: 1 },
        Fault::CutBeforeAccept,
        Fault::Timeout { seconds: 1 },
        Fault::Slow { ms: 200 },
    ];
    simulator.faults(Faults { share: 0.1, kinds, methods: Vec::new(), seed: 7 });
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let folder = connected(DataFolder::filled()?, &simulator).with("SEN_LISTEN", &address);
    let folder = folder.with("SEN_TRUSTED_PROXIES", "127.0.0.1").with("SEN_TELEGRAM_RATE", "1000");
    let server = Server::start(folder)?;

    let gave_up = AtomicBool::new(false);
    let (server, mut citizens) = thread::scope(|scope| -> Result<(Server, Vec<Citizen>)> {
        let hands = (0..THREADS).map(|hand| {
            let mine: Vec<(usize, Citizen)> = (hand..CITIZENS).step_by(THREADS).map(|index| (index, Citizen::new(&server))).collect();
            let gave_up = &gave_up;
            scope.spawn(move || ask_on_the_web(mine, gave_up))
        });
        let hands: Vec<_> = hands.collect();
        let telegram = scope.spawn(|| ask_on_telegram(&simulator));
        let killed = kill_again_and_again(server);
        gave_up.store(killed.is_err(), Ordering::SeqCst);
        let mut citizens = Vec::new();
        for hand in hands {
            citizens.extend(hand.join().map_err(|_| anyhow::anyhow!("a citizen panicked"))??);
        }
        telegram.join().map_err(|_| anyhow::anyhow!("Telegram's citizens panicked"))??;
        citizens.sort_by_key(|(index, _)| *index);
        Ok((killed?, citizens.into_iter().map(|(_, citizen)| citizen).collect()))
    })?;

    for (index, citizen) in citizens.iter_mut().enumerate() {
        let page = until("the end of waiting", || {
            let page = citizen.page().ok()?.body;
            page.contains("id=\"pending\" role=\"status\" hidden").then(|| messages(&page))
        })?;
        let answers: Vec<String> = page.into_iter().filter(|message| message.kind == "sen").map(|message| message.text).collect();
        ensure!(answers.len() == QUESTIONS.len(), "web citizen {index} has {} answers", answers.len());
        check_order(&format!("web citizen {index}"), index, &answers, &mut 0)?;
    }
    let mut duplicates = 0;
    for index in 0..CITIZENS {
        let answers = until("Telegram's answers", || {
            let answers: Vec<String> = simulator.messages(chat(index)).into_iter().map(|message| message.text).collect();
            // A reply that came twice stands for none of those still on their way.
            let repeated = answers.windows(2).filter(|pair| pair[0] == pair[1]).count();
            (answers.len() - repeated >= QUESTIONS.len()).then_some(answers)
        })?;
        check_order(&format!("Telegram citizen {index}"), index, &answers, &mut duplicates)?;
    }
    ensure!(duplicates <= KILLS, "{duplicates} replies came twice, with {KILLS} kills");
    let injected: HashMap<_, _> = simulator.statistics().injected.into_iter().collect();
    ensure!(injected.values().sum::<usize>() > 50, "the platform hardly failed: {injected:?}");
    let report = build_report(server.folder())?;
    ensure!(report.contains("thêm 0 đoạn, xóa 0 đoạn"), "index and database disagree: {report}");
    Ok(())
}

/// Every citizen begins with another question, so that neighbours differ.
fn question(citizen: usize, number: usize) -> (&'static str, &'static str) {
    QUESTIONS[(citizen + number) % QUESTIONS.len()]
}

fn chat(citizen: usize) -> i64 {
    1_000 + citizen as i64
}

/// Each answer belongs to its question; one that repeats the answer before it is counted.
fn check_order(who: &str, citizen: usize, answers: &[String], duplicates: &mut usize) -> Result<()> {
    let mut number = 0;
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 && answers[index - 1] == *answer {
            *duplicates += 1;
            continue;
        }
        let (_, word) = question(citizen, number);
        ensure!(answer.to_lowercase().contains(word), "{who}: answer {number} is not about {word}: {answer}");
        number += 1;
    }
    ensure!(number == QUESTIONS.len(), "{who} has {number} answers");
    Ok(())
}

/// Round by round; a message is repeated with the same number until it is accepted.
fn ask_on_the_web(mut citizens: Vec<(usize, Citizen)>, gave_up: &AtomicBool) -> Result<Vec<(usize, Citizen)>> {
    for number in 0..QUESTIONS.len() {
        for (index, citizen) in &mut citizens {
            let (text, _) = question(*index, number);
            let (id, from) = (format!("m{number}"), format!("10.1.{index}.1"));
            while let Err(error) = citizen.hand_over_as(text, &id, &from) {
                ensure!(!gave_up.load(Ordering::SeqCst), "the server did not come back: {error:#}");
                thread::sleep(Duration::from_millis(100));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(citizens)
}

fn ask_on_telegram(simulator: &Simulator) -> Result<()> {
    for index in 0..CITIZENS {
        simulator.citizen(chat(index), "Lan");
    }
    for number in 0..QUESTIONS.len() {
        for index in 0..CITIZENS {
            simulator.say(chat(index), question(index, number).0)?;
        }
        thread::sleep(Duration::from_secs(2));
    }
    Ok(())
}

fn kill_again_and_again(mut server: Server) -> Result<Server> {
    let mut random = StdRng::seed_from_u64(2_026);
    for kill in 0..KILLS {
        thread::sleep(Duration::from_millis(500 + random.next_u64() % 2_500));
        server = Server::start(server.kill()).with_context(|| format!("after kill {kill}"))?;
    }
    Ok(server)
}
