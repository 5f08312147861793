//! The running simulator: its life, its weather, and what one can see of it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime::{Builder, Runtime};

use super::api;
use super::callbacks::CallbackAnswer;
use super::faults::{Fault, Faults};
use super::limits::Limits;
use super::message::SimMessage;
use super::state::{BOT_ID, BOT_USERNAME, Call, Shared, Statistics, TOKEN};
use super::webhook::{WebhookState, deliver};

/// Connections get this long to end.
const GRACE: Duration = Duration::from_secs(2);

/// A Telegram for one bot, on threads of its own. Ends when dropped.
pub struct Simulator {
    pub(super) shared: Arc<Shared>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Simulator {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When it can't listen.
    pub fn start() -> Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts at an address, such as that of one that was stopped. It knows nobody.
    ///
    /// # Errors
    /// When it can't listen there.
    pub fn start_at(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| format!("can't listen on {address}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("telegram").enable_all().build()?;
        let shared = Arc::new(Shared::new());
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let router = api::router(shared.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        runtime.spawn(deliver(shared.clone()));
        Ok(Self { shared, address, runtime: Some(runtime) })
    }

    /// Closes all connections and the port. What was said is gone; see [`Simulator::pause`].
    pub fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(GRACE);
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a bot takes instead of `https://api.telegram.org`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bot's token.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// The bot's name, without `@`.
    pub fn bot_username(&self) -> &'static str {
        BOT_USERNAME
    }

    /// Telegram is down: each connection is closed without an answer, webhooks are silent. People can still write.
    pub fn pause(&self) {
        self.shared.change(|world| world.paused = true);
    }

    /// Telegram is back, with all that it knew.
    pub fn resume(&self) {
        self.shared.change(|world| world.paused = false);
    }

    /// Faults at random from now on, instead of earlier ones.
    pub fn faults(&self, faults: Faults) {
        self.shared.change(|world| world.injector.set(Some(faults)));
    }

    /// No more faults at random.
    pub fn no_faults(&self) {
        self.shared.change(|world| world.injector.set(None));
    }

    /// The next `times` calls fail, of any method but `getUpdates`.
    pub fn fault_next(&self, fault: Fault, times: usize) {
        self.shared.change(|world| world.injector.order(None, fault, times));
    }

    /// The next `times` calls of this method fail.
    pub fn fault_next_of(&self, method: &str, fault: Fault, times: usize) {
        self.shared.change(|world| world.injector.order(Some(method), fault, times));
    }

    /// Other limits, counted anew.
    pub fn limits(&self, limits: Limits) {
        self.shared.change(|world| world.limiter.set(limits));
    }

    /// What the bot sent to a person or group and did not delete, as it stands now.
    pub fn messages(&self, chat: i64) -> Vec<SimMessage> {
        self.conversation(chat).into_iter().filter(|message| message.from == BOT_ID).collect()
    }

    /// Both sides of a chat.
    pub fn conversation(&self, chat: i64) -> Vec<SimMessage> {
        self.shared.look().chats.get(&chat).map_or_else(Vec::new, |chat| chat.messages.clone())
    }

    /// How often the bot showed a chat that it is typing.
    pub fn typing_count(&self, chat: i64) -> usize {
        self.shared.look().chats.get(&chat).map_or(0, |chat| chat.typing)
    }

    /// What the bot said to pressed buttons, in order.
    pub fn callback_answers(&self) -> Vec<CallbackAnswer> {
        self.shared.look().callback_answers.clone()
    }

    /// How often a method was called, failed calls included.
    pub fn calls(&self, method: &str) -> usize {
        self.shared.look().log.iter().filter(|call| call.method.eq_ignore_ascii_case(method)).count()
    }

    /// All calls, in order of their arrival.
    pub fn log(&self) -> Vec<Call> {
        self.shared.look().log.clone()
    }

    /// Where updates go, if the bot has set a webhook.
    pub fn webhook(&self) -> Option<WebhookState> {
        self.shared.look().webhook.clone()
    }

    /// Updates that the bot has not taken yet.
    pub fn pending(&self) -> usize {
        self.shared.look().updates.pending.len()
    }

    /// Numbers since the start.
    pub fn statistics(&self) -> Statistics {
        self.shared.look().statistics()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
