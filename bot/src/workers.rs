//! The loops that drain the inbox and the outbox. Thin: what they do is in `run_next()`.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::inbox::Outcome;
use crate::{inbox, outbox};

/// How long a worker sleeps when nothing wakes it: retries are due by then.
const PATIENCE: Duration = Duration::from_millis(500);

/// Starts the workers; they finish what they have in hand and end when `stop` turns true.
pub fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for _ in 0..app.config.workers {
        workers.spawn(run(app.clone(), stop.clone(), async |app: &App| inbox::run_next(app).await));
    }
    workers.spawn(run(app.clone(), stop.clone(), async |app: &App| outbox::run_next(app).await));
    workers
}

/// Goes on at once while there is work, sleeps when there is none. The wake-up is armed before looking for work, so that
/// what arrives in between is not slept through.
async fn run(app: App, stop: watch::Receiver<bool>, next: impl AsyncFn(&App) -> Result<Outcome>) {
    let _working = app.workers.begin();
    while !*stop.borrow() {
        let mut woken = std::pin::pin!(app.wake.notified());
        woken.as_mut().enable();
        match next(&app).await {
            Ok(Outcome::Done | Outcome::Postponed) => continue,
            Ok(Outcome::Idle) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "a worker could not reach the database"),
        }
        let _ = tokio::time::timeout(PATIENCE, woken).await;
    }
}
