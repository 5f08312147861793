//! Keeps the index and the names in step with the content: builds where this process holds the lease, follows where another
//! one does.

use std::time::Duration;

use anyhow::Result;
use indexer::content;
use tokio::sync::watch;

use crate::app::App;
use crate::{lease, startup};

const LEASE: &str = "index";
/// How often to look for what another process has published or built.
const LOOK: Duration = Duration::from_secs(2);

/// Where an index already answers, the folder is read behind the open doors; a first start has to build it before, or to wait
/// until another process has.
///
/// # Errors
/// When the first index can't be built.
pub(crate) async fn first_build(app: &App) -> Result<()> {
    if app.engine.indexer().serving().is_some() {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = build(&app, &mut |_, _| {}).await {
                tracing::error!(error = format!("{error:#}"), "the guides could not be brought up to date; the former ones answer");
            }
        });
        return Ok(());
    }
    let mut progress = |done: usize, total: usize| startup::show(&format!("Lập chỉ mục lần đầu: {done}/{total} đoạn"));
    while !build(app, &mut progress).await? && app.engine.indexer().serving().is_none() {
        startup::show("Chờ tiến trình khác lập xong chỉ mục");
        tokio::time::sleep(LOOK).await;
        app.engine.indexer().refresh().await?;
    }
    startup::reload(&app.engine, &app.config.knowledge_base).await?;
    startup::show("Đã lập xong chỉ mục.\n");
    Ok(())
}

/// Builds from the folder; false when another process is at it.
async fn build(app: &App, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<bool> {
    let folder = &app.config.knowledge_base;
    if !folder.is_dir() {
        tracing::warn!(folder = %folder.display(), "there is no such folder of guides; only what the database holds is served");
        return Ok(true);
    }
    let work = startup::build(&app.engine, &app.db, folder, &app.clock, progress);
    let Some(report) = alone(app, work).await? else { return Ok(false) };
    for finding in &report.content.broken {
        tracing::warn!(%finding, "a broken guide was left out");
    }
    tracing::info!(
        created = report.index.created,
        deleted = report.index.deleted,
        unchanged = report.index.unchanged,
        "index is up to date"
    );
    Ok(true)
}

/// Does `work` at the index while no other process is at it; none when one is.
///
/// # Errors
/// When the work or the database fails.
pub(crate) async fn alone<T>(app: &App, work: impl Future<Output = Result<T>>) -> Result<Option<T>> {
    lease::during(&app.db, &app.clock, LEASE, &app.instance, work).await?.transpose()
}

/// Brings one guide into the index and then answers from it as it is published now; false when another process is at the
/// index.
///
/// # Errors
/// When the database, the embedder or the index fails; what was taken in before goes on answering.
pub(crate) async fn index_guide(app: &App, id: &str) -> Result<bool> {
    let work = app.engine.indexer().sync_guide(id, app.clock.now_ms());
    // Indexes of our own take turns by themselves.
    let report = if app.shares_database() {
        let Some(report) = alone(app, work).await? else { return Ok(false) };
        report
    } else {
        work.await?
    };
    app.engine.take_in(id).await?;
    tracing::info!(guide = id, created = report.created, deleted = report.deleted, "a guide was indexed");
    Ok(true)
}

/// Follows what other processes publish and build, until `stop` turns true. A process alone has nothing to follow.
pub(crate) async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    if !app.shares_database() {
        return;
    }
    let mut seen = None;
    while !*stop.borrow() {
        match look(&app, seen).await {
            Ok(version) => seen = Some(version),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "what other processes publish could not be followed"),
        }
        let _ = tokio::time::timeout(LOOK, stop.changed()).await;
    }
}

async fn look(app: &App, seen: Option<i64>) -> Result<i64> {
    let version = content::version(&app.db).await?;
    if app.engine.indexer().refresh().await? || seen != Some(version) {
        startup::reload(&app.engine, &app.config.knowledge_base).await?;
    }
    Ok(version)
}
