//! What runs beside the web server: the loops that drain the inbox and the outbox, and those that look after the rest.
//! Thin: what a loop does is in its own file.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::app::App;
use crate::channel::telegram;
use crate::inbox::Outcome;
use crate::outbox::Lane;
use crate::{inbox, index_keeper, instances, nightly, outbox};

/// How long a worker sleeps when nothing wakes it: retries are due by then, and what other processes wrote is found.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the lane of pages gathers jobs that it then does together.
const GATHER: Duration = Duration::from_millis(50);

/// Wakes sleeping workers. A busy one looks for more by itself once it has done its work.
#[derive(Debug, Default)]
pub struct Wake {
    /// A message came in: one worker is enough.
    pub inbox: Notify,
    lanes: [Notify; Lane::ALL.len()],
}

impl Wake {
    /// A job of this lane was written.
    pub fn lane(&self, lane: Lane) -> &Notify {
        &self.lanes[lane as usize]
    }

    /// Jobs were written, perhaps of several lanes.
    pub fn outbox(&self) {
        self.lanes.iter().for_each(Notify::notify_one);
    }
}

/// Starts the workers; they finish what they have in hand and end when `stop` turns true.
pub fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for _ in 0..app.config.workers {
        workers.spawn(run(app.clone(), stop.clone(), |app| &app.wake.inbox, async |app: &App| inbox::run_next(app).await));
    }
    for lane in Lane::ALL {
        workers.spawn(run(
            app.clone(),
            stop.clone(),
            move |app| app.wake.lane(lane),
            async move |app: &App| {
                if lane == Lane::Pages {
                    tokio::time::sleep(GATHER).await;
                }
                outbox::run_next(app, lane).await
            },
        ));
    }
    workers.spawn(telegram::poller::run(app.clone(), stop.clone()));
    workers.spawn(index_keeper::follow(app.clone(), stop.clone()));
    workers.spawn(instances::beat(app.clone(), stop.clone()));
    workers.spawn(nightly::run(app.clone(), stop.clone()));
    workers
}

/// Goes on at once while there is work, sleeps when there is none. The wake-up is armed before looking for work, so that
/// what arrives in between is not slept through.
async fn run(app: App, mut stop: watch::Receiver<bool>, wake: impl Fn(&App) -> &Notify, next: impl AsyncFn(&App) -> Result<Outcome>) {
    let _working = app.workers.begin();
    while !*stop.borrow() {
        let mut woken = std::pin::pin!(wake(&app).notified());
        woken.as_mut().enable();
        let pause = match next(&app).await {
            Ok(Outcome::Done | Outcome::Postponed) => continue,
            Ok(Outcome::Idle) => PATIENCE,
            Ok(Outcome::Wait(pause)) => pause.min(PATIENCE),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a worker could not reach the database");
                PATIENCE
            }
        };
        tokio::select! {
            _ = tokio::time::timeout(pause, woken) => {}
            _ = stop.changed() => {}
        }
    }
}
