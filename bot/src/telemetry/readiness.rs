//! `GET /readyz`: whether this process can serve people now. `/healthz` only tells that it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::db;

/// A database that takes longer does not serve people.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many of this process's workers were started and still run.
#[derive(Clone, Debug, Default)]
pub struct Workers(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    started: AtomicUsize,
    running: AtomicUsize,
}

/// A worker at work. Dropped when the worker ends, also by a panic.
#[derive(Debug)]
pub struct Working(Arc<Counts>);

impl Workers {
    /// Counts the worker that calls it for as long as it keeps what it is given.
    pub fn begin(&self) -> Working {
        self.0.started.fetch_add(1, Ordering::SeqCst);
        self.0.running.fetch_add(1, Ordering::SeqCst);
        Working(self.0.clone())
    }

    fn failing(&self) -> Option<String> {
        let (started, running) = (self.0.started.load(Ordering::SeqCst), self.0.running.load(Ordering::SeqCst));
        (started == 0 || running < started).then(|| format!("workers: {running} of {started} run"))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// 200 "ready", or 503 with one line a failing part.
pub(crate) async fn show(State(app): State<App>) -> (StatusCode, String) {
    let failing = failing(&app).await;
    if failing.is_empty() {
        return (StatusCode::OK, "ready\n".into());
    }
    (StatusCode::SERVICE_UNAVAILABLE, failing.join("\n") + "\n")
}

async fn failing(app: &App) -> Vec<String> {
    let index = app.engine.indexer().serving().is_none().then(|| "index: none answers yet".to_owned());
    [database(app).await, index, app.workers.failing()].into_iter().flatten().collect()
}

async fn database(app: &App) -> Option<String> {
    match tokio::time::timeout(PATIENCE, db::missing_migrations(&app.db)).await {
        Ok(Ok(missing)) if missing.is_empty() => None,
        Ok(Ok(missing)) => Some(format!("migrations: {missing:?} not applied")),
        Ok(Err(error)) => {
            tracing::warn!(error = format!("{error:#}"), "the database does not answer");
            Some("database: does not answer".into())
        }
        Err(_) => Some("database: does not answer in time".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_ended_is_missed() {
        let workers = Workers::default();
        assert!(workers.failing().is_some(), "none has started");
        let (one, other) = (workers.begin(), workers.begin());
        assert_eq!(workers.failing(), None);
        drop(other);
        assert_eq!(workers.failing().as_deref(), Some("workers: 1 of 2 run"));
        drop(one);
    }
}
