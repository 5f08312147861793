//! A Telegram bot: teloxide's types and requests over our own durable ingestion and delivery.
//!
//! In: [`poller`] or [`webhook`] → [`intake`] (stored) → `inbox`. Out: `outbox` → [`send`] → [`api`].

pub mod api;
pub(crate) mod intake;
mod limits;
pub(crate) mod markup;
pub(crate) mod poller;
mod press_data;
pub(crate) mod send;
mod understand;
pub(crate) mod webhook;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use teloxide::payloads::{GetMe, SendChatAction, SetMyCommands};
use teloxide::types::{BotCommand, ChatAction, ChatId, Me, Recipient};

use crate::config;
use crate::language::{Language, t, vi};
use api::{Api, ApiError};
use limits::Limits;

/// What the menu of commands offers.
const COMMANDS: [(&str, &str); 8] = [
    ("hoi", vi("Hỏi về một thủ tục")),
    ("hoc", vi("Học dùng VNeID, dịch vụ công, tránh lừa đảo")),
    ("hoso", vi("Xem câu hỏi đã gửi theo mã")),
    ("canbo", vi("Gặp cán bộ")),
    ("ngonngu", vi("Ngôn ngữ · Language")),
    ("xoadulieu", vi("Xóa dữ liệu của tôi")),
    ("help", vi("Hướng dẫn dùng Sen")),
    ("start", vi("Bắt đầu")),
];

/// The bot and what is counted about it.
#[derive(Debug)]
pub struct Telegram {
    /// The Bot API.
    pub(crate) api: Api,
    limits: Limits,
    /// Who we are; known after the first contact with the platform.
    me: OnceLock<Me>,
    /// Whether this process holds the lease: it alone polls and delivers.
    is_ours: AtomicBool,
    /// Whether the webhook has been set since our start.
    is_registered: AtomicBool,
}

impl Telegram {
    /// A bot that has not spoken yet.
    ///
    /// # Errors
    /// When the HTTP client can't be made.
    pub fn new(config: &config::Telegram) -> Result<Self> {
        Ok(Self {
            api: Api::new(&config.api, config.token.clone())?,
            limits: Limits::new(config.rate),
            me: OnceLock::new(),
            is_ours: AtomicBool::new(false),
            is_registered: AtomicBool::new(false),
        })
    }

    /// Whether this process polls and delivers.
    pub fn is_ours(&self) -> bool {
        self.is_ours.load(Ordering::SeqCst)
    }

    fn set_ours(&self, is_ours: bool) {
        self.is_ours.store(is_ours, Ordering::SeqCst);
    }

    fn is_registered(&self) -> bool {
        self.is_registered.load(Ordering::SeqCst)
    }

    fn set_registered(&self) {
        self.is_registered.store(true, Ordering::SeqCst);
    }

    /// Who we are, asked once.
    async fn me(&self) -> Result<&Me, ApiError> {
        if let Some(me) = self.me.get() {
            return Ok(me);
        }
        let me = self.api.call(&GetMe::new()).await?;
        Ok(self.me.get_or_init(|| me))
    }

    /// Tells the platform our commands in both languages; a failure costs only the menu.
    async fn introduce(&self) {
        for language in Language::ALL {
            let commands = COMMANDS.map(|(name, description)| BotCommand::new(name, t(language, description)));
            let mut menu = SetMyCommands::new(commands);
            // Vietnamese is for everybody who has none of their own.
            menu.language_code = (language != Language::Vietnamese).then(|| language.key().to_owned());
            if let Err(error) = self.api.call(&menu).await {
                tracing::warn!(%error, "the menu of commands could not be set");
            }
        }
    }

    /// How long the chat behind `address` has to wait for its next message, in which case nothing is counted; none when it
    /// may have one now, which is counted.
    pub(crate) fn pause_before(&self, address: &str, now_ms: i64) -> Option<Duration> {
        self.limits.take(chat_of(address), now_ms)
    }

    /// "… is typing" for five seconds. Best effort: nothing depends on it.
    pub(crate) async fn show_typing(&self, address: &str) {
        if let Ok(chat) = chat_of(address).parse() {
            let _ = self.api.call(&SendChatAction::new(Recipient::Id(ChatId(chat)), ChatAction::Typing)).await;
        }
    }
}

/// The chat of an address: a citizen's own, or the group before the colon.
pub(crate) fn chat_of(address: &str) -> &str {
    address.split_once(':').map_or(address, |(chat, _)| chat)
}
