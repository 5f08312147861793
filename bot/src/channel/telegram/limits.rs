//! How fast messages may leave: Telegram's own limits, kept as token buckets, so that a 429 is the exception.

use std::time::Duration;

use crate::token_buckets::TokenBuckets;

/// About one a second in a chat; short bursts pass.
const CHAT_A_MINUTE: f64 = 60.0;
const CHAT_BURST: f64 = 3.0;
/// Twenty a minute in a group.
const GROUP_A_MINUTE: f64 = 18.0;
const GROUP_BURST: f64 = 5.0;

/// The buckets of one bot.
#[derive(Debug)]
pub(super) struct Limits {
    all: TokenBuckets,
    chats: TokenBuckets,
    groups: TokenBuckets,
}

impl Limits {
    /// Limits of a bot that may send so many messages a second to all chats together.
    pub(super) fn new(rate: f64) -> Self {
        Self {
            all: TokenBuckets::new(rate * 60.0, rate),
            chats: TokenBuckets::new(CHAT_A_MINUTE, CHAT_BURST),
            groups: TokenBuckets::new(GROUP_A_MINUTE, GROUP_BURST),
        }
    }

    /// Counts a message to `chat`; when it is too early, counts nothing and says how long to wait.
    pub(super) fn take(&self, chat: &str, now_ms: i64) -> Option<Duration> {
        // Groups have negative ids.
        let chats = if chat.starts_with('-') { &self.groups } else { &self.chats };
        if let Some(pause) = chats.pause(chat, now_ms).or_else(|| self.all.pause("", now_ms)) {
            return Some(pause);
        }
        chats.take(chat, now_ms);
        self.all.take("", now_ms);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_has_three_at_once_and_then_one_a_second() {
        let limits = Limits::new(28.0);
        assert!((0..3).all(|_| limits.take("7", 0).is_none()));
        assert_eq!(limits.take("7", 0), Some(Duration::from_secs(1)));
        assert_eq!(limits.take("8", 0), None, "another chat");
        assert_eq!(limits.take("7", 1_000), None);
    }

    #[test]
    fn all_chats_share_what_the_bot_may_send() {
        let limits = Limits::new(28.0);
        let sent = (0..100).filter(|chat| limits.take(&chat.to_string(), 0).is_none()).count();
        assert_eq!(sent, 28);
    }

    #[test]
    fn a_group_is_slower_than_a_person() {
        let limits = Limits::new(28.0);
        let sent = (0..60).filter(|second| limits.take("-100", second * 1_000).is_none()).count();
        assert!((20..=23).contains(&sent), "{sent}");
    }
}
