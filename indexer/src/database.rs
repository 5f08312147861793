//! The one database, SQLite or PostgreSQL, behind sqlx's `Any` driver.
//!
//! One SQL text serves both: columns are TEXT, BIGINT and DOUBLE PRECISION only, times BIGINT milliseconds, booleans
//! BIGINT 0 or 1, parameters `$1`.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor, Transaction};

/// The content store's tables. Crates that build on this one run their own migrations beside it in the same database.
static MIGRATIONS: Migrator = Migrator { ignore_missing: true, ..sqlx::migrate!("./migrations") };

/// Migrations from this version on belong to crates that build on this one.
const OTHER_CRATES: i64 = 1000;

/// How long a writer waits for another process's write. FULL, so that a message that was acknowledged is on the disk also when
/// the power fails (in WAL mode NORMAL waits for the disk at checkpoints only). Deleted rows are overwritten: what a citizen had erased must not
/// lie on in the file. The log is written back every 16 MB instead of every 4: under load its pages are mostly the same ones.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
                               PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;";

/// How long a connection to a server may lie unused before it is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(1);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file, one process.
    Sqlite,
    /// A server, several processes.
    Postgres,
}

/// Pools to read and to write through. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    /// For statements that only read.
    pub reader: AnyPool,
    /// For everything else; on SQLite a single connection, so that writers queue instead of failing.
    pub writer: AnyPool,
    /// Which database it is.
    pub kind: DatabaseKind,
}

impl Database {
    /// Opens `sqlite://PATH` (created when missing) or `postgres://…` and brings the content store's tables up to date.
    ///
    /// # Errors
    /// An unknown kind of URL, an unreachable database, or tables newer than this program.
    pub async fn open(url: &str) -> Result<Database> {
        sqlx::any::install_default_drivers();
        let database = if url.starts_with("sqlite:") {
            open_sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await?
        } else {
            bail!("the database's URL must begin with sqlite:// or postgres://");
        };
        MIGRATIONS.run(&database.writer).await.context("could not bring the database's tables up to date")?;
        database.refuse_newer(|version| version >= OTHER_CRATES || MIGRATIONS.version_exists(version)).await?;
        Ok(database)
    }

    /// Looks for a migration that has run and that this program does not know. Each crate knows its own.
    ///
    /// # Errors
    /// One sentence when there is one; or the database fails.
    pub async fn refuse_newer(&self, is_known: impl Fn(i64) -> bool) -> Result<()> {
        let versions: Vec<i64> =
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&self.writer).await?;
        if let Some(version) = versions.into_iter().find(|version| !is_known(*version)) {
            bail!("cơ sở dữ liệu thuộc phiên bản Sen mới hơn chương trình này (bước {version}); hãy cập nhật Sen rồi chạy lại");
        }
        Ok(())
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a transaction
    /// that reads first and then writes could otherwise fail halfway.
    ///
    /// # Errors
    /// When no connection comes free in time.
    pub async fn begin(&self) -> sqlx::Result<Transaction<'static, Any>> {
        match self.kind {
            DatabaseKind::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            DatabaseKind::Postgres => self.writer.begin().await,
        }
    }
}

/// The content store's migrations, in order.
pub fn migrations() -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter()
}

async fn open_sqlite(url: &str) -> Result<Database> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}mode=rwc");
    let pool = |connections: u32| {
        let options = AnyPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(30));
        // A file does not hang up: asking before each use would cost as much as a statement.
        options.test_before_acquire(false).after_connect(|connection: &mut AnyConnection, _| {
            Box::pin(async move { connection.execute(SQLITE_SETTINGS).await.map(|_| ()) })
        })
    };
    let writer = pool(1).connect(&url).await.with_context(|| format!("could not open {url}"))?;
    let reader = pool(4).connect(&url).await?;
    Ok(Database { reader, writer, kind: DatabaseKind::Sqlite })
}

async fn open_postgres(url: &str) -> Result<Database> {
    // A connection that has just been used is still there; one that has lain idle may have been closed by the server.
    let options = AnyPoolOptions::new().max_connections(10).test_before_acquire(false).before_acquire(|connection, meta| {
        Box::pin(async move {
            if meta.idle_for > IDLE {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    let pool = options.connect(url).await.context("could not reach PostgreSQL")?;
    Ok(Database { reader: pool.clone(), writer: pool, kind: DatabaseKind::Postgres })
}
