//! Telegram takes about one message a second in a chat. Who is sent a long message in parts waits for them alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, ensure};
use bot::app::App;
use bot::clock::Clock;
use bot::workers;
use tests::telegram::{Limits, Simulator};
use tests::{DataFolder, open_app, until};
use tokio::sync::watch;

const HOA: i64 = 101;
const NAM: i64 = 102;
/// Sections of the long message, each nearly as long as Telegram lets a message be: more than a chat may have at once.
const PARTS: usize = 6;
const SENTENCE: &str = "Bác mang theo căn cước. ";
const SENTENCES: usize = 150;

#[test]
fn the_parts_of_a_long_message_hold_up_nobody_else() -> Result<()> {
    let simulator = Simulator::start()?;
    simulator.limits(Limits::off());
    simulator.citizen(HOA, "Hoa");
    simulator.citizen(NAM, "Nam");
    let folder = DataFolder::filled()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let now = Arc::new(AtomicI64::new(1_795_500_000_000));
    let (app, _) = runtime.block_on(open_app(&folder, &simulator, &[], Clock::Manual(now.clone())))?;
    let (stop, stopped) = watch::channel(false);
    let _within = runtime.enter();
    let running = workers::start(&app, &stopped);

    simulator.say(HOA, "đăng ký khai sinh cần giấy tờ gì")?;
    until("the first answer", || simulator.messages(HOA).pop())?;
    runtime.block_on(say_at_length(&app))?;
    // The clock stands still: the chat has had what it may have at once, and gets no more.
    until("the first parts", || (simulator.messages(HOA).len() == 3).then_some(()))?;
    simulator.say(NAM, "đăng ký kết hôn cần giấy tờ gì")?;
    until("another's answer", || simulator.messages(NAM).pop())?;
    ensure!(simulator.messages(HOA).len() == 3);

    let received = until("all parts", || {
        now.fetch_add(1_000, Ordering::SeqCst);
        app.wake.outbox();
        let received: String = simulator.messages(HOA).split_off(1).into_iter().map(|part| part.text).collect();
        (received.matches(SENTENCE.trim()).count() >= PARTS * SENTENCES).then_some(received)
    })?;
    let places: Vec<Option<usize>> = (0..PARTS).map(|number| received.find(&format!("Phần {number}."))).collect();
    ensure!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
    ensure!(received.matches(SENTENCE.trim()).count() == PARTS * SENTENCES, "something came twice");
    stop.send(true)?;
    drop(running);
    Ok(())
}

/// A reply of staff, as the console writes it, but longer.
async fn say_at_length(app: &App) -> Result<()> {
    let text: String = (0..PARTS).map(|number| format!("Phần {number}. {}", SENTENCE.repeat(SENTENCES))).collect();
    let mut tx = app.db.begin().await?;
    let sql = "UPDATE conversations SET last_seq = last_seq + 1 WHERE address = $1 RETURNING id";
    let id: String = sqlx::query_scalar(sql).bind(HOA.to_string()).fetch_optional(&mut *tx).await?.context("no conversation")?;
    let sql = "INSERT INTO messages (conversation_id, seq, sender, staff_name, text, buttons, created_at)
               SELECT id, last_seq, 'staff', 'Hoa', $2, '[]', 0 FROM conversations WHERE id = $1";
    sqlx::query(sql).bind(&id).bind(text).execute(&mut *tx).await?;
    let sql = "INSERT INTO outbox (id, job, conversation_id, lane, seq, payload, run_at, created_at, state, attempts)
               SELECT 'long', 'deliver_reply', id, 'telegram', last_seq, '{\"job\":\"deliver_reply\",\"seq\":' || last_seq || '}', 0, $2, 'waiting', 0
               FROM conversations WHERE id = $1";
    sqlx::query(sql).bind(&id).bind(app.clock.now_ms()).execute(&mut *tx).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(())
}
