//! Everything that the simulated Telegram knows, in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bot::clock::Clock;
use serde_json::Value;
use tokio::sync::watch;

use super::callbacks::{Callback, CallbackAnswer};
use super::faults::{Fault, Injector};
use super::files::Files;
use super::limits::Limiter;
use super::message::SimMessage;
use super::refusal::Refusal;
use super::updates::Updates;
use super::webhook::Webhook;

pub(super) const TOKEN: &str = "123456:TEST";
pub(super) const BOT_ID: i64 = 123_456;
/// Who adds the bot to groups.
pub(super) const ADMIN_ID: i64 = 777_000_001;
pub(super) const BOT_USERNAME: &str = "sen_thu_nghiem_bot";

/// A person.
pub(super) struct User {
    pub(super) id: i64,
    pub(super) first_name: String,
}

/// A private chat has its person's id, a group a negative one.
#[derive(Default)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) title: String,
    /// The person has written, or the bot was added to the group.
    pub(super) open: bool,
    /// The person has blocked the bot.
    pub(super) blocked: bool,
    /// The bot has left the group.
    pub(super) left: bool,
    pub(super) migrated_to: Option<i64>,
    pub(super) messages: Vec<SimMessage>,
    pub(super) last_message_id: i64,
    pub(super) typing: usize,
    pub(super) typing_at_ms: i64,
}

/// A call of a method, as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    /// As in the Bot API: `sendMessage`.
    pub method: &'static str,
    /// Its parameters by name, without files.
    pub parameters: BTreeMap<String, String>,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    /// What was made to go wrong.
    pub fault: Option<Fault>,
    /// HTTP status; none as long as there is no answer, and where the connection was cut.
    pub status: Option<u16>,
}

/// Numbers since the start.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Calls by method, failed ones too.
    pub calls: BTreeMap<&'static str, usize>,
    /// Answers by HTTP status.
    pub statuses: BTreeMap<u16, usize>,
    /// Faults by their name.
    pub injected: BTreeMap<&'static str, usize>,
    /// Updates made for the bot.
    pub updates: usize,
    /// Updates that the bot has not confirmed.
    pub pending: usize,
    /// Messages that the bot has sent.
    pub sent: usize,
}

/// The state.
pub(super) struct World {
    clock: Clock,
    pub(super) users: BTreeMap<i64, User>,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) updates: Updates,
    pub(super) webhook: Option<Webhook>,
    pub(super) files: Files,
    pub(super) callbacks: BTreeMap<String, Callback>,
    pub(super) callback_answers: Vec<CallbackAnswer>,
    pub(super) commands: BTreeMap<String, Value>,
    pub(super) limiter: Limiter,
    pub(super) injector: Injector,
    pub(super) log: Vec<Call>,
    pub(super) sent: usize,
    pub(super) paused: bool,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::System,
            users: BTreeMap::from([(ADMIN_ID, User { id: ADMIN_ID, first_name: "Quản trị nhóm".to_owned() })]),
            chats: BTreeMap::new(),
            updates: Updates::default(),
            webhook: None,
            files: Files::default(),
            callbacks: BTreeMap::new(),
            callback_answers: Vec::new(),
            commands: BTreeMap::new(),
            limiter: Limiter::default(),
            injector: Injector::default(),
            log: Vec::new(),
            sent: 0,
            paused: false,
        }
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// As the Bot API tells times.
    pub(super) fn now(&self) -> i64 {
        self.now_ms() / 1000
    }

    pub(super) fn message(&self, chat: i64, id: i64) -> Option<&SimMessage> {
        self.chats.get(&chat)?.messages.iter().find(|message| message.message_id == id)
    }

    pub(super) fn message_mut(&mut self, chat: i64, id: i64) -> Option<&mut SimMessage> {
        self.chats.get_mut(&chat)?.messages.iter_mut().find(|message| message.message_id == id)
    }

    /// Puts a message into its chat and gives it its number and time.
    pub(super) fn append(&mut self, mut message: SimMessage) -> Option<SimMessage> {
        message.date = self.now();
        let chat = self.chats.get_mut(&message.chat_id)?;
        chat.last_message_id += 1;
        message.message_id = chat.last_message_id;
        chat.messages.push(message.clone());
        Some(message)
    }

    /// The chat that the bot may write to.
    pub(super) fn writable(&self, chat: Option<i64>) -> Result<i64, Refusal> {
        let unknown = || Refusal::bad_request("chat not found");
        let chat = chat.and_then(|id| self.chats.get(&id)).ok_or_else(unknown)?;
        if let Some(to) = chat.migrated_to {
            return Err(Refusal::migrated(to));
        }
        if chat.left {
            return Err(Refusal::forbidden("bot is not a member of the group chat"));
        }
        if chat.blocked {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        chat.open.then_some(chat.id).ok_or_else(unknown)
    }

    pub(super) fn statistics(&self) -> Statistics {
        let mut statistics = Statistics {
            injected: self.injector.injected.clone(),
            updates: self.updates.made.len(),
            pending: self.updates.pending.len(),
            sent: self.sent,
            ..Statistics::default()
        };
        for call in &self.log {
            *statistics.calls.entry(call.method).or_default() += 1;
            if let Some(status) = call.status {
                *statistics.statuses.entry(status).or_default() += 1;
            }
        }
        statistics
    }
}

/// The state behind its lock, and a bell for those who wait for a change.
pub(super) struct Shared {
    world: Mutex<World>,
    bell: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { world: Mutex::new(World::new()), bell: watch::Sender::new(()) }
    }

    /// To look; a panic elsewhere does not end the simulation.
    pub(super) fn look(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something and rings.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.look());
        self.bell.send_replace(());
        result
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    pub(super) async fn until_paused(&self) {
        let mut changes = self.changes();
        while !self.look().paused {
            // The bell lives as long as the state.
            let _ = changes.changed().await;
        }
    }
}
