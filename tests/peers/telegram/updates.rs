//! Updates that wait for the bot, and `getUpdates`.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::{Shared, World};

const FIRST_ID: i64 = 700_000_001;
const MAX_TIMEOUT: i64 = 50;
/// Sent only to a bot that asks for them by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Waits until the bot confirms it.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) id: i64,
    pub(super) update: Value,
    /// Delivered once already: handed out once more, whatever the bot has confirmed.
    again: bool,
}

/// The queue.
#[derive(Default)]
pub(super) struct Updates {
    pub(super) pending: VecDeque<Pending>,
    pub(super) made: Vec<Value>,
    /// Empty for the usual ones.
    pub(super) allowed: Vec<String>,
    /// The number of the poll that may wait; a newer one ends it.
    poll: u64,
}

impl World {
    /// Makes an update and gives its id; none where the bot did not ask for this kind.
    pub(super) fn push_update(&mut self, kind: &str, payload: Value) -> Option<i64> {
        let updates = &mut self.updates;
        let wanted = if updates.allowed.is_empty() { !ON_REQUEST.contains(&kind) } else { updates.allowed.iter().any(|name| name == kind) };
        if !wanted {
            return None;
        }
        let id = FIRST_ID + i64::try_from(updates.made.len()).ok()?;
        let update = json!({ "update_id": id, kind: payload });
        updates.made.push(update.clone());
        updates.pending.push_back(Pending { id, update, again: false });
        Some(id)
    }

    /// The same update once more.
    pub(super) fn redeliver(&mut self, id: i64) -> Option<()> {
        let update = self.updates.made.iter().find(|update| update["update_id"] == json!(id))?.clone();
        self.updates.pending.push_back(Pending { id, update, again: true });
        Some(())
    }

    pub(super) fn allow_updates(&mut self, params: &Params) -> Result<(), Refusal> {
        let Some(allowed) = params.json("allowed_updates")? else { return Ok(()) };
        let wrong = |_| Refusal::bad_request("can't parse allowed_updates: expected an Array of String");
        self.updates.allowed = serde_json::from_value(allowed).map_err(wrong)?;
        Ok(())
    }

    /// Confirms what the offset says and becomes the only poll.
    fn begin_poll(&mut self, params: &Params) -> Result<u64, Refusal> {
        if self.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        self.allow_updates(params)?;
        let pending = &mut self.updates.pending;
        match params.integer("offset").unwrap_or(0) {
            offset if offset < 0 => {
                let kept = usize::try_from(-offset).unwrap_or(usize::MAX);
                pending.drain(..pending.len().saturating_sub(kept));
            }
            offset => pending.retain(|pending| pending.again || pending.id >= offset),
        }
        self.updates.poll += 1;
        Ok(self.updates.poll)
    }

    /// What a waiting poll gets now, if anything.
    fn poll(&mut self, number: u64, limit: usize) -> Option<Answer> {
        if self.webhook.is_some() {
            return Some(Err(Refusal::conflict("terminated by setWebhook request")));
        }
        if self.updates.poll != number {
            let why = "terminated by other getUpdates request; make sure that only one bot instance is running";
            return Some(Err(Refusal::conflict(why)));
        }
        let batch: Vec<Pending> = self.updates.pending.iter().take(limit).cloned().collect();
        for number in (0..batch.len()).rev().filter(|number| batch[*number].again) {
            self.updates.pending.remove(number);
        }
        let updates: Vec<Value> = batch.into_iter().map(|pending| pending.update).collect();
        (!updates.is_empty()).then(|| Ok(json!(updates)))
    }
}

/// Long polling: answers as soon as there is something, with nothing after `timeout` seconds.
pub(super) async fn get_updates(shared: &Shared, params: &Params) -> Answer {
    let limit = params.integer("limit").filter(|limit| *limit > 0).map_or(100, |limit| limit.min(100));
    let limit = usize::try_from(limit).unwrap_or(100);
    let timeout = params.integer("timeout").unwrap_or(0).clamp(0, MAX_TIMEOUT).unsigned_abs();
    let deadline = Instant::now() + Duration::from_secs(timeout);
    let mut changes = shared.changes();
    let number = shared.change(|world| world.begin_poll(params))?;
    loop {
        changes.mark_unchanged();
        if let Some(answer) = shared.look().poll(number, limit) {
            return answer;
        }
        if timeout_at(deadline, changes.changed()).await.is_err() {
            return Ok(json!([]));
        }
    }
}
