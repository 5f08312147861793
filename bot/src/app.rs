//! What every part of the running bot shares.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use indexer::database::Database;

use crate::answering::Engine;
use crate::clock::{Clock, Randomness};
use crate::config::Config;
use crate::hub::Hub;
use crate::telemetry::readiness::Workers;

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
    /// Wakes the inbox and outbox workers.
    pub wake: tokio::sync::Notify,
    /// Whether the workers run.
    pub workers: Workers,
    /// Conversations that a worker is handling.
    pub in_hand: InHand,
}

impl App {
    /// Shares these parts.
    pub fn new(state: AppState) -> Self {
        Self(Arc::new(state))
    }
}

impl std::ops::Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

/// Keeps two workers of this process out of the same conversation.
#[derive(Debug, Default)]
pub struct InHand(Mutex<HashSet<String>>);

impl InHand {
    /// True when nobody had it: it is ours until [`InHand::release`].
    pub fn take(&self, conversation_id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(conversation_id.to_owned())
    }

    /// Gives it back.
    pub fn release(&self, conversation_id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(conversation_id);
    }
}
