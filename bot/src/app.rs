//! What every part of the running bot shares.

use std::sync::Arc;

use indexer::database::{Database, DatabaseKind};

use crate::answering::Engine;
use crate::channel::telegram::Telegram;
use crate::clock::{Clock, Randomness};
use crate::config::Config;
use crate::hub::Hub;
use crate::inbox::{Arrivals, Line};
use crate::telemetry::readiness::Workers;
use crate::workers::Wake;

/// Shared state, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<AppState>);

/// The parts themselves.
pub struct AppState {
    /// What is in force.
    pub config: Config,
    /// The database.
    pub db: Database,
    /// This process among those that serve the same database: the data folder's own name, kept over restarts.
    pub instance: String,
    /// Answers questions.
    pub engine: Engine,
    /// Live events to open pages.
    pub hub: Hub,
    /// The time.
    pub clock: Clock,
    /// Identifiers and tokens.
    pub random: Randomness,
    /// Wakes the workers.
    pub wake: Wake,
    /// Messages that came in and are not stored yet.
    pub arrivals: Arrivals,
    /// Messages in this process's hands that no worker has taken yet.
    pub line: Line,
    /// Whether the workers run.
    pub workers: Workers,
    /// The Telegram bot, where there is one.
    pub telegram: Option<Telegram>,
}

impl App {
    /// Shares these parts.
    pub fn new(state: AppState) -> Self {
        Self(Arc::new(state))
    }

    /// Whether other processes may serve the same database: then what they do is found by looking, not told by the hub.
    pub(crate) fn shares_database(&self) -> bool {
        self.db.kind == DatabaseKind::Postgres && self.config.qdrant_url.is_some()
    }

    /// Whether this process delivers to Telegram: one of all processes does.
    pub(crate) fn telegram_is_ours(&self) -> bool {
        self.telegram.as_ref().is_some_and(Telegram::is_ours)
    }
}

impl std::ops::Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}
