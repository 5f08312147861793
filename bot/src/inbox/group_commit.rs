//! SQLite has one writer. What arrives while it is busy is stored in one transaction when it is free (group commit, DeWitt
//! et al. 1984): `store()` -> [`Accepted`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::sync::oneshot;

use super::accept::{Accepted, accept_in_transaction};
use super::row::{self, Row};
use crate::app::App;
use crate::channel::Inbound;
use crate::db::{Transaction, conversations};
use crate::telemetry;

/// So many are stored together at most: nobody else writes meanwhile.
const MOST_TOGETHER: usize = 64;

/// Messages that nobody has begun to store.
#[derive(Default)]
pub struct Arrivals(Mutex<Vec<Arrival>>);

struct Arrival {
    inbound: Inbound,
    stored: oneshot::Sender<Result<Option<Accepted>>>,
}

impl Arrival {
    /// Who has hung up sends again, and that is then a redelivery.
    fn tell(self, stored: Result<Option<Accepted>>) {
        let _ = self.stored.send(stored);
    }
}

impl Arrivals {
    fn waiting(&self) -> MutexGuard<'_, Vec<Arrival>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True for the first of those that will be stored together: whoever adds it sees to them all.
    fn add(&self, arrival: Arrival) -> bool {
        let mut waiting = self.waiting();
        waiting.push(arrival);
        waiting.len() == 1
    }

    /// Those to store now, and whether others are left.
    fn take(&self) -> (Vec<Arrival>, bool) {
        let mut waiting = self.waiting();
        let together = waiting.len().min(MOST_TOGETHER);
        (waiting.drain(..together).collect(), !waiting.is_empty())
    }
}

/// Stores a message together with those that arrive meanwhile; none when it is a redelivery.
pub(super) async fn store(app: &App, inbound: Inbound) -> Result<Option<Accepted>> {
    let (stored, told) = oneshot::channel();
    if app.arrivals.add(Arrival { inbound, stored }) {
        see_to_arrivals(app);
    }
    told.await.context("storing a message was broken off")?
}

/// In a task of its own: who sent the first may hang up, the others' are stored all the same.
fn see_to_arrivals(app: &App) {
    tokio::spawn(store_arrivals(app.clone()));
}

async fn store_arrivals(app: App) {
    // While this waits for the writer, others arrive.
    let begun = app.db.begin().await;
    let (arrivals, are_others_left) = app.arrivals.take();
    if are_others_left {
        see_to_arrivals(&app);
    }
    let tx = match begun {
        Ok(tx) => tx,
        Err(error) => return arrivals.into_iter().for_each(|arrival| arrival.tell(Err(anyhow!("no writer: {error}")))),
    };
    match store_together(tx, &app, &arrivals).await {
        Ok(stored) => arrivals.into_iter().zip(stored).for_each(|(arrival, accepted)| arrival.tell(Ok(Some(accepted)))),
        // One that can't be stored, or came before, holds back none of the others.
        Err(_) => store_each(&app, arrivals).await,
    }
}

async fn store_each(app: &App, arrivals: Vec<Arrival>) {
    for arrival in arrivals {
        let stored = accept_in_transaction(app, &arrival.inbound).await;
        arrival.tell(stored);
    }
}

/// Stores all of them, or none where any came before.
async fn store_together(mut tx: Transaction, app: &App, arrivals: &[Arrival]) -> Result<Vec<Accepted>> {
    let now = app.clock.now_ms();
    let mut rows = Vec::new();
    for arrival in arrivals {
        let (conversation_id, seq) = conversations::find_or_begin(&mut tx, &arrival.inbound, &app.random.id(), now).await?;
        rows.push(Row::new(&arrival.inbound, conversation_id, seq));
    }
    ensure!(row::add(&mut tx, app, &rows, now).await? == arrivals.len(), "one of them came before");
    row::add_messages(&mut tx, &rows, now).await?;
    tx.commit().await?;
    arrivals.iter().for_each(|arrival| telemetry::received(arrival.inbound.channel));
    Ok(rows.into_iter().map(|row| row.accepted).collect())
}
