//! From a stored message to its delivery: `cargo bench -p tests --bench throughput`. On PostgreSQL where
//! `SEN_TEST_POSTGRES_URL` names a server. With `-- memory` it watches the memory over ten minutes of load instead.
//!
//! Aims on two cores: new questions at 80 % of what the embedder alone reaches in the same run; 300 a second where the
//! embedding is known; the webhook acknowledged within 20 ms (p95) at half that load; memory flat.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bot::answering::glossary::Glossary;
use bot::answering::topics::Topics;
use bot::answering::{DialogueState, Engine, Fact};
use bot::app::App;
use bot::channel::{Channel, Content, Inbound};
use bot::clock::Clock;
use bot::language::Language;
use bot::{inbox, router, workers};
use models::{EmbedError, Embedder, EmbedderPool, TextKind};
use tests::telegram::{Limits, Simulator};
use tests::{DataFolder, open_app};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// New questions of a round, each once. Rounds alternate with the embedder alone, since a machine's speed changes.
const NEW: usize = 2_000;
const ROUNDS: usize = 5;
/// Questions whose embedding is known.
const KNOWN: usize = 6_000;
const CITIZENS: usize = 200;
/// Messages that come in at a time.
const AT_ONCE: usize = 8;
/// Updates handed over at half the aim: 150 a second.
const HOOKS: usize = 1_500;
const HOOKS_A_SECOND: u64 = 150;
const MINUTES: u64 = 10;
const SETTINGS: [(&str, &str); 3] =
    [("SEN_TELEGRAM_RATE", "1000"), ("SEN_TELEGRAM_WEBHOOK_SECRET", "s"), ("SEN_PUBLIC_URL", "http://127.0.0.1")];

fn main() -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> Result<()> {
    let simulator = Arc::new(tokio::task::spawn_blocking(Simulator::start).await??);
    simulator.limits(Limits::off());
    let folder = tokio::task::spawn_blocking(DataFolder::filled).await??;
    let (app, embedder) = open_app(&folder, &simulator, &SETTINGS, Clock::System).await?;
    let (stop, stopped) = watch::channel(false);
    let mut running = workers::start(&app, &stopped);
    if std::env::args().any(|argument| argument == "memory") {
        watch_memory(&app).await?;
    } else {
        measure(&app, &embedder, &simulator).await?;
    }
    stop.send(true)?;
    while running.join_next().await.is_some() {}
    drop(app);
    // Both have runtimes of their own, which must not be dropped inside ours.
    tokio::task::spawn_blocking(move || drop((simulator, folder))).await?;
    Ok(())
}

async fn measure(app: &App, embedder: &Arc<EmbedderPool>, simulator: &Arc<Simulator>) -> Result<()> {
    let names = names(app).await?;
    println!("database: {:?}", app.db.kind);
    let ask = |place: String| (0..NEW).map(|number| format!("{} {place} {number}", names[number % names.len()])).collect::<Vec<_>>();
    let (mut alone, mut answered) = (Duration::ZERO, Duration::ZERO);
    let (mut new, mut texts) = (Vec::new(), 0);
    let mut citizens = vec![DialogueState::default(); CITIZENS];
    for round in 0..ROUNDS {
        new = ask(format!("thôn {round}"));
        answered += answer(app, &new).await?;
        let embedded = embedded(app, embedder, &new, &mut citizens).await?;
        texts += embedded.len();
        alone += embed_alone(embedder, embedded).await?;
    }
    let rate = |took: Duration| (NEW * ROUNDS) as f64 / took.as_secs_f64();
    let share = 100.0 * alone.as_secs_f64() / answered.as_secs_f64();
    println!("texts embedded: {} for {} questions", texts, NEW * ROUNDS);
    println!("new questions: {:.0}/s, the embedder alone {:.0}/s: {share:.0} % (aim 80 %)", rate(answered), rate(alone));
    let known: Vec<String> = (0..KNOWN).map(|number| new[number % 200].clone()).collect();
    println!("known questions: {:.0}/s (aim 300/s)", KNOWN as f64 / answer(app, &known).await?.as_secs_f64());
    let waits = hook(app, simulator, &new[..200]).await?;
    println!(
        "webhook at {HOOKS_A_SECOND}/s: p50 {:.1} ms, p95 {:.1} ms (aim 20 ms)",
        waits[waits.len() / 2],
        waits[waits.len() * 95 / 100]
    );
    Ok(())
}

/// What people ask: names of guides with every fact.
async fn names(app: &App) -> Result<Vec<String>> {
    let guides = indexer::content::published_all(&app.db).await?;
    let facts = [Fact::Fee, Fact::Time, Fact::Papers, Fact::Place];
    let names = guides.iter().flat_map(|found| [&found.guide.title].into_iter().chain(&found.guide.other_names).take(3));
    Ok(names.flat_map(|name| facts.map(|fact| format!("{name} {}", fact.button_label().to_lowercase()))).collect())
}

/// Notes what it is asked to embed.
struct Recorder {
    embedder: Arc<EmbedderPool>,
    noted: Mutex<Vec<String>>,
}

impl Embedder for Recorder {
    fn id(&self) -> &str {
        self.embedder.id()
    }

    fn dimensions(&self) -> usize {
        self.embedder.dimensions()
    }

    fn embed(&self, kind: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut noted = self.noted.lock().map_err(|error| EmbedError::Failed(error.to_string()))?;
        noted.extend(texts.iter().map(|text| (*text).to_owned()));
        self.embedder.embed(kind, texts)
    }
}

/// What answering these questions embeds: a question's own words with the official ones for them, and those with the
/// conversation's topic where it may be a follow-up.
async fn embedded(app: &App, embedder: &Arc<EmbedderPool>, questions: &[String], citizens: &mut [DialogueState]) -> Result<Vec<String>> {
    let recorder = Arc::new(Recorder { embedder: embedder.clone(), noted: Mutex::default() });
    let pool = Arc::new(EmbedderPool::new(recorder.clone(), 1, 1));
    let engine = Engine::new(app.db.clone(), app.engine.indexer().clone(), pool, String::new(), app.config.sure_enough);
    let guides = &app.config.knowledge_base;
    engine.reload(Glossary::load(&guides.join("glossary.toml"))?, Topics::load(&guides.join("topics.toml"))?).await?;
    for (number, question) in questions.iter().enumerate() {
        let content = Content::Text(question.clone());
        let state = &mut citizens[number % CITIZENS];
        engine.answer(state, &content, Language::Vietnamese, app.clock.today(), &|_| {}).await?;
    }
    let noted = recorder.noted.lock().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(noted.clone())
}

/// How long the embedder takes.
async fn embed_alone(embedder: &Arc<EmbedderPool>, texts: Vec<String>) -> Result<Duration> {
    let embedder = embedder.clone();
    let started = Instant::now();
    tokio::task::spawn_blocking(move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        embedder.embed(TextKind::Query, &texts)
    })
    .await??;
    Ok(started.elapsed())
}

/// How long it takes from the first question that is stored to the last that is delivered.
async fn answer(app: &App, questions: &[String]) -> Result<Duration> {
    let started = Instant::now();
    let mut arriving = JoinSet::new();
    for first in 0..AT_ONCE {
        let (app, questions) = (app.clone(), questions.to_vec());
        arriving.spawn(async move {
            for number in (first..questions.len()).step_by(AT_ONCE) {
                accept(&app, number, &questions[number]).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(arrived) = arriving.join_next().await {
        arrived??;
    }
    settled(app).await?;
    Ok(started.elapsed())
}

async fn accept(app: &App, number: usize, question: &str) -> Result<()> {
    let address = format!("citizen-{}", number % CITIZENS);
    let content = Content::Text(question.to_owned());
    inbox::accept(app, Inbound { channel: Channel::Web, address, external_id: app.random.id(), content, language: None }).await?;
    Ok(())
}

/// Returns when nothing waits in either queue.
async fn settled(app: &App) -> Result<()> {
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT 1 FROM inbox WHERE state = 'waiting' UNION ALL
                 SELECT 1 FROM outbox WHERE state = 'waiting' LIMIT 1) AS waiting",
        )
        .fetch_one(&app.db.reader)
        .await?;
        if waiting == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Milliseconds until each update was acknowledged, in order of size.
async fn hook(app: &App, simulator: &Arc<Simulator>, questions: &[String]) -> Result<Vec<f64>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/telegram/webhook", listener.local_addr()?);
    let service = router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });
    let open = simulator.clone();
    tokio::task::spawn_blocking(move || open_chats(&open)).await??;
    let started = Instant::now();
    let mut posts = Vec::new();
    for number in 0..HOOKS {
        tokio::time::sleep_until((started + Duration::from_millis(number as u64 * 1_000 / HOOKS_A_SECOND)).into()).await;
        let body = update(number, &questions[number % questions.len()]);
        let url = url.clone();
        posts.push(tokio::task::spawn_blocking(move || post(&url, &body)));
    }
    let mut waits = Vec::new();
    for post in posts {
        waits.push(post.await??);
    }
    settled(app).await?;
    server.abort();
    waits.sort_by(f64::total_cmp);
    Ok(waits)
}

/// Lets the bot write to all; what they said is not handed over.
fn open_chats(simulator: &Simulator) -> Result<()> {
    for citizen in (1_000..).take(CITIZENS) {
        simulator.citizen(citizen, "Lan");
        simulator.say(citizen, "/start")?;
    }
    ureq::post(format!("{}/bot{}/deleteWebhook", simulator.url(), simulator.token())).send_form([("drop_pending_updates", "true")])?;
    Ok(())
}

fn update(number: usize, text: &str) -> String {
    let chat = 1_000 + number % CITIZENS;
    serde_json::json!({ "update_id": 10_000 + number, "message": {
        "message_id": 10 + number, "date": 1_795_500_000, "text": text,
        "from": { "id": chat, "is_bot": false, "first_name": "Lan" },
        "chat": { "id": chat, "type": "private", "first_name": "Lan" },
    }})
    .to_string()
}

fn post(url: &str, body: &str) -> Result<f64> {
    let started = Instant::now();
    let request = ureq::post(url).header("content-type", "application/json").header("x-telegram-bot-api-secret-token", "s");
    request.send(body).context("not acknowledged")?;
    Ok(started.elapsed().as_secs_f64() * 1_000.0)
}

/// Resident memory by the minute under a steady load of questions.
async fn watch_memory(app: &App) -> Result<()> {
    let names = names(app).await?;
    for minute in 0..=MINUTES {
        println!("minute {minute}: {:.0} MB", resident_mb()?);
        let end = Instant::now() + Duration::from_secs(60);
        let mut round = 0;
        while minute < MINUTES && Instant::now() < end {
            round += 1;
            let questions: Vec<String> = (0..200).map(|n| format!("{} thôn {}", names[n % names.len()], (round + n) % 500)).collect();
            answer(app, &questions).await?;
        }
    }
    Ok(())
}

fn resident_mb() -> Result<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: f64 = statm.split(' ').nth(1).context("no resident size")?.parse()?;
    Ok(pages * 4_096.0 / 1e6)
}
