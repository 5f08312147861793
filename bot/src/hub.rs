//! Live events inside the process: what an open page is told the moment it happens. Nothing depends on them: a page that
//! missed one reads the messages from the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

/// How many events a slow reader may fall behind before it has to read the database.
const BACKLOG: usize = 64;

/// The name under which open consoles listen; no conversation has it.
pub const STAFF: &str = "staff";

/// Something that an open page of this conversation wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Live {
    /// What Sen is doing right now ("Đang tìm…"), in Vietnamese; the page translates it.
    State(&'static str),
    /// There is a new message with this number.
    Message(i64),
}

/// One broadcast channel per conversation that somebody watches.
#[derive(Clone, Debug, Default)]
pub struct Hub(Arc<Mutex<HashMap<String, broadcast::Sender<Live>>>>);

impl Hub {
    /// Watches a conversation from now on.
    pub fn subscribe(&self, conversation_id: &str) -> broadcast::Receiver<Live> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, sender| sender.receiver_count() > 0);
        channels.entry(conversation_id.to_owned()).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// Tells whoever watches.
    pub fn publish(&self, conversation_id: &str, event: Live) {
        let channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = channels.get(conversation_id) {
            // An error means that nobody listens any more, which is fine.
            let _ = sender.send(event);
        }
    }
}
