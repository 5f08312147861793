//! What tests share: a whole app over a fresh database, with a deterministic embedder and a clock that is moved by hand.
//! `SEN_TEST_POSTGRES_URL` names a server on which the tests then run.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result};
use indexer::database::Database;
use indexer::lexical::{fold, syllables};
use indexer::sync::Indexer;
use models::{EmbedError, Embedder, EmbedderPool, TextKind};
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::answering::Engine;
use crate::app::{App, AppState};
use crate::channel::{Button, Channel, Content, Inbound};
use crate::clock::{Clock, Randomness};
use crate::config::Config;
use crate::db::conversations;
use crate::db::messages::{self, Message};
use crate::hub::Hub;
use crate::inbox::{self, Arrivals, Line, Outcome};
use crate::outbox::Lane;
use crate::telemetry::readiness::Workers;
use crate::workers::Wake;
use crate::{outbox, router, startup};

/// 2026-11-24 12:00 in Vietnam, in milliseconds.
pub(crate) const NOON: i64 = 1_795_496_400_000;
/// One day in milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000;

const GUIDE: &str = include_str!("../../indexer/tests/guides/cap-lai-can-cuoc.md");
const DIMENSIONS: usize = 64;

/// The embedder of these tests hashes words; its cosines are lower than a model's.
const SURE_ENOUGH: f64 = 0.2;

/// An app in a folder that goes away with it.
pub(crate) struct House {
    pub(crate) app: App,
    folder: TempDir,
    now: Arc<AtomicI64>,
}

impl House {
    /// Without guides: nothing is found, no index answers.
    pub(crate) async fn new() -> Result<Self> {
        Self::with_settings(&[]).await
    }

    /// The same with these variables (`SEN_…`).
    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let db = crate::db::open(&database_url(folder.path()).await?).await?;
        let now = Arc::new(AtomicI64::new(NOON));
        let app = app(folder.path(), db, settings, &now, 1).await?;
        Ok(Self { app, folder, now })
    }

    /// Another process on the same database and clock.
    pub(crate) async fn neighbour(&self) -> Result<App> {
        app(&self.folder.path().join("neighbour"), self.app.db.clone(), &[], &self.now, 2).await
    }

    /// Publishes one guide and builds the index.
    pub(crate) async fn with_guide(self) -> Result<Self> {
        let knowledge_base = self.folder.path().join("knowledge-base");
        std::fs::create_dir_all(knowledge_base.join("guides"))?;
        std::fs::write(knowledge_base.join("guides/cap-lai-can-cuoc.md"), GUIDE)?;
        startup::build(&self.app.engine, &self.app.db, &knowledge_base, &self.app.clock, &mut |_, _| {}).await?;
        Ok(self)
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// A citizen types or presses something on the web, and everything that is due is done. The conversation's id.
    pub(crate) async fn hear(&self, address: &str, content: Content) -> Result<String> {
        // Nobody types twice in the same millisecond.
        self.pass(1_000);
        let external_id = self.app.random.id();
        let inbound = Inbound { channel: Channel::Web, address: address.into(), external_id, content, language: None };
        let accepted = inbox::accept(&self.app, inbound).await?;
        self.work().await?;
        Ok(accepted.conversation_id)
    }

    /// A citizen types something.
    pub(crate) async fn say(&self, address: &str, text: &str) -> Result<String> {
        self.hear(address, Content::Text(text.into())).await
    }

    /// A citizen presses the newest button with this label.
    pub(crate) async fn press(&self, address: &str, label: &str) -> Result<String> {
        let conversation = conversations::find(&self.app.db, Channel::Web, address).await?.context("no conversation")?;
        let mut buttons = self.messages(&conversation.id).await?.into_iter().rev().flat_map(|message| message.buttons);
        let button: Button = buttons.find(|button| button.label == label).with_context(|| format!("no button {label:?}"))?;
        self.hear(address, Content::Press(button)).await
    }

    pub(crate) async fn messages(&self, conversation_id: &str) -> Result<Vec<Message>> {
        messages::after(&self.app.db, conversation_id, 0).await
    }

    /// Drains both queues.
    pub(crate) async fn work(&self) -> Result<()> {
        while inbox::run_next(&self.app).await? != Outcome::Idle {}
        for lane in Lane::ALL {
            while outbox::run_next(&self.app, lane).await? != Outcome::Idle {}
        }
        Ok(())
    }

    /// Runs a statement without parameters.
    pub(crate) async fn sql(&self, sql: &str) -> Result<()> {
        sqlx::query(sql).execute(&self.app.db.writer).await?;
        Ok(())
    }

    /// The one number that a statement gives.
    pub(crate) async fn count(&self, sql: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(sql).fetch_one(&self.app.db.reader).await?)
    }

    /// Serves the app and sends one request: the head's first line with method and path, further headers, and a body.
    pub(crate) async fn request(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Result<Reply> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let service = router::router(self.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await });
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let text = format!(
            "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(text.as_bytes()).await?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await?;
        server.abort();
        Reply::read(&String::from_utf8_lossy(&reply))
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Reply> {
        self.request(&format!("GET {path}"), headers, "").await
    }
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    fn read(text: &str) -> Result<Self> {
        let (head, body) = text.split_once("\r\n\r\n").context("no reply")?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        Ok(Self { status, head: head.to_lowercase(), body: body.to_owned() })
    }
}

async fn app(folder: &Path, db: Database, settings: &[(&str, &str)], now: &Arc<AtomicI64>, seed: u64) -> Result<App> {
    std::fs::create_dir_all(folder)?;
    let setting = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let config = Config::load(folder, &setting)?;
    let embedder = Arc::new(EmbedderPool::new(Arc::new(WordHashes), 1, 64));
    let indexer = Arc::new(Indexer::open(config.index_location(), db.clone(), embedder.clone()).await?);
    let engine = Engine::new(db.clone(), indexer, embedder, config.office.clone(), SURE_ENOUGH);
    Ok(App::new(AppState {
        config,
        db,
        instance: format!("process-{seed}"),
        engine,
        hub: Hub::default(),
        clock: Clock::Manual(now.clone()),
        random: Randomness::seeded(seed),
        wake: Wake::default(),
        arrivals: Arrivals::default(),
        line: Line::default(),
        workers: Workers::default(),
        telegram: None,
    }))
}

/// A fresh database: a file or, where `SEN_TEST_POSTGRES_URL` names a server, a database of its own there.
async fn database_url(folder: &Path) -> Result<String> {
    let Ok(server) = std::env::var("SEN_TEST_POSTGRES_URL") else {
        return Ok(format!("sqlite://{}", folder.join("sen.sqlite").display()));
    };
    let random: String = folder.display().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("sen_bot_{}_{}", std::process::id(), random.to_lowercase());
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&server).await?;
    sqlx::query(&format!("CREATE DATABASE {name}")).execute(&mut connection).await?;
    let (base, _) = server.trim_end_matches('/').rsplit_once('/').context("a URL without a database")?;
    Ok(format!("{base}/{name}"))
}

/// Hashes words into a unit vector: texts that share words are near each other.
struct WordHashes;

impl Embedder for WordHashes {
    fn id(&self) -> &str {
        "word-hashes"
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, _: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.01; DIMENSIONS];
    for word in syllables(&fold(text)) {
        let hash = word.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        vector[hash % DIMENSIONS] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}
