//! An hour in which Telegram takes nothing: every reply waits, and leaves in order afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use bot::app::App;
use bot::clock::Clock;
use bot::workers;
use tests::telegram::{Fault, Faults, Simulator};
use tests::{DataFolder, open_app};
use tokio::sync::watch;

const HOA: i64 = 101;
const QUESTIONS: [(&str, &str); 3] = [
    ("đăng ký khai sinh cần giấy tờ gì", "khai sinh"),
    ("đăng ký kết hôn cần giấy tờ gì", "kết hôn"),
    ("đăng ký tạm trú mất mấy ngày", "tạm trú"),
];
const MINUTES: i64 = 60;
const PAUSE: Duration = Duration::from_millis(50);

#[test]
fn an_hour_of_a_dead_platform() -> Result<()> {
    let simulator = Simulator::start()?;
    simulator.citizen(HOA, "Hoa");
    let folder = DataFolder::filled()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let now = Arc::new(AtomicI64::new(1_795_500_000_000));
    let (app, _) = runtime.block_on(open_app(&folder, &simulator, &[], Clock::Manual(now.clone())))?;
    let (stop, stopped) = watch::channel(false);
    let _within = runtime.enter();
    let running = workers::start(&app, &stopped);

    simulator.faults(Faults { share: 1.0, kinds: vec![Fault::ServerError], methods: vec!["sendMessage".into()], seed: 1 });
    for (question, _) in QUESTIONS {
        simulator.say(HOA, question)?;
    }
    runtime.block_on(until(&app, "state = 'waiting' AND lane = 'telegram'", QUESTIONS.len() as i64))?;
    for _ in 0..MINUTES {
        now.fetch_add(60_000, Ordering::SeqCst);
        app.wake.outbox();
        std::thread::sleep(PAUSE);
    }
    let attempts = simulator.calls("sendMessage");
    ensure!(attempts > 10, "only {attempts} attempts in an hour");
    ensure!(simulator.messages(HOA).is_empty());
    // What follows a reply that waits, waits as long: no look has to pass over it.
    let later = format!("state = 'waiting' AND lane = 'telegram' AND run_at > {}", now.load(Ordering::SeqCst));
    runtime.block_on(until(&app, &later, QUESTIONS.len() as i64))?;

    simulator.no_faults();
    let replies = tests::until("the replies", || {
        now.fetch_add(5_000, Ordering::SeqCst);
        app.wake.outbox();
        Some(simulator.messages(HOA)).filter(|replies| replies.len() >= QUESTIONS.len())
    })?;
    ensure!(replies.len() == QUESTIONS.len());
    for (reply, (_, word)) in replies.iter().zip(QUESTIONS) {
        ensure!(reply.text.to_lowercase().contains(word), "{word}: {}", reply.text);
    }
    stop.send(true)?;
    drop(running);
    Ok(())
}

/// Waits until so many rows of the outbox are as `condition` says.
async fn until(app: &App, condition: &str, wanted: i64) -> Result<()> {
    let sql = format!("SELECT COUNT(*) FROM outbox WHERE {condition}");
    for _ in 0..2_000 {
        let count: i64 = sqlx::query_scalar(&sql).fetch_one(&app.db.reader).await?;
        if count == wanted {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("there are not {wanted} rows with {condition}")
}
