//! `bot serve`: everything that runs, from the data folder's lock to the last request.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indexer::lock::DataLock;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, AppState};
use crate::channel::telegram::Telegram;
use crate::clock::{Clock, Randomness};
use crate::config::Config;
use crate::hub::Hub;
use crate::inbox::{Arrivals, Line};
use crate::startup::{self, Parts};
use crate::telemetry::readiness::Workers;
use crate::workers::Wake;
use crate::{control, index_keeper, instances, queue, router, staff, telemetry, workers};

/// How long a stopping process waits for what it has in hand.
const LAST_WORK: Duration = Duration::from_secs(8);

/// Serves until a signal asks to stop.
///
/// # Errors
/// One clear sentence: the folder is held, the port is taken, there is no model, the disk is full.
pub async fn serve(config: Config, clock: Clock) -> Result<()> {
    let _lock = DataLock::acquire(&config.data_dir, "bot serve")?;
    telemetry::start(&clock)?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("không mở được cổng {listen}: có thể chương trình khác đang dùng; chọn cổng khác bằng SEN_LISTEN"))?;
    let Parts { db, engine } = startup::open(&config).await?;
    let random = Randomness::from_system()?;
    let telegram = config.telegram.as_ref().map(Telegram::new).transpose()?;
    let instance = instance(&config.data_dir, &random)?;
    let app = App::new(AppState {
        config,
        db,
        instance,
        engine,
        hub: Hub::default(),
        clock,
        random,
        wake: Wake::default(),
        arrivals: Arrivals::default(),
        line: Line::default(),
        workers: Workers::default(),
        telegram,
    });
    instances::enter(&app.db, &app.instance, app.config.qdrant_url.is_none(), app.clock.now_ms()).await?;
    queue::release_own(&app).await?;
    index_keeper::first_build(&app).await?;
    tokio::spawn(control::serve(app.clone(), indexer::control::listen(&app.config.data_dir)?));
    let (stop, stopped) = watch::channel(false);
    let mut workers = workers::start(&app, &stopped);
    greet(&app, listener.local_addr()?).await?;
    let service = router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut stop_serving = stopped.clone();
    let server = tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(async move { drop(stop_serving.changed().await) }).await
    });
    signal().await?;
    tracing::info!("stopping");
    let _ = stop.send(true);
    let rest = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORK, rest).await.is_err() {
        tracing::warn!("some work was left for the next start");
    }
    // What stands in line may be another process's at once.
    queue::release_own(&app).await?;
    // Open event streams would keep the server; they come back by themselves.
    server.abort();
    Ok(())
}

/// The data folder's own name, made at its first start: a process that comes back takes up what it had in hand.
fn instance(data_dir: &Path, random: &Randomness) -> Result<String> {
    let path = data_dir.join("instance");
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        _ => {
            let name = random.id();
            std::fs::write(&path, &name).with_context(|| format!("không ghi được tệp {}", path.display()))?;
            Ok(name)
        }
    }
}

/// Tells where to go first.
async fn greet(app: &App, address: SocketAddr) -> Result<()> {
    let base = app.config.base_url(address);
    let mut text = format!("\nSen đang chạy.\n  Trang hỏi đáp:  {base}/\n  Trang cán bộ:   {base}/staff\n");
    if let Some(path) = staff::login::setup_link(app).await? {
        text.push_str(&format!("  Đặt mật khẩu quản trị lần đầu (dùng một lần, trong 24 giờ):\n                  {base}{path}\n"));
    }
    // A closed stdout must not stop the service.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

async fn signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
