//! How much a bot may send: buckets of tokens that refill with time.

use std::collections::BTreeMap;
use std::time::Instant;

/// Messages a bot may send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// To all chats together, each second.
    pub overall_per_second: f64,
    /// To one chat, each second, once the burst is used up.
    pub chat_per_second: f64,
    /// To one chat at once.
    pub chat_burst: f64,
    /// To one group, each minute.
    pub group_per_minute: f64,
}

impl Default for Limits {
    /// As Telegram's own FAQ for bots tells them; the burst is "short bursts that go over this limit".
    fn default() -> Self {
        Self { overall_per_second: 30.0, chat_per_second: 1.0, chat_burst: 3.0, group_per_minute: 20.0 }
    }
}

impl Limits {
    /// As good as none.
    pub fn off() -> Self {
        Self::default().scaled(1e9)
    }

    /// So many times as much of everything.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            overall_per_second: self.overall_per_second * factor,
            chat_per_second: self.chat_per_second * factor,
            chat_burst: self.chat_burst * factor,
            group_per_minute: self.group_per_minute * factor,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Overall,
    Chat(i64),
    Group(i64),
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// Counts what was sent.
#[derive(Default)]
pub(super) struct Limiter {
    limits: Limits,
    buckets: BTreeMap<Scope, Bucket>,
}

impl Limiter {
    pub(super) fn set(&mut self, limits: Limits) {
        *self = Self { limits, buckets: BTreeMap::new() };
    }

    /// One message more to this chat, or the seconds to wait. A refused one costs nothing.
    pub(super) fn admit(&mut self, chat: i64, now: Instant) -> Result<(), u64> {
        let mut scopes = vec![Scope::Overall, Scope::Chat(chat)];
        if chat < 0 {
            scopes.push(Scope::Group(chat));
        }
        let wait = scopes.iter().map(|scope| self.wait(*scope, now)).fold(0.0, f64::max);
        if wait > 0.0 {
            return Err(wait.ceil().max(1.0) as u64);
        }
        for scope in scopes {
            self.buckets.entry(scope).and_modify(|bucket| bucket.tokens -= 1.0);
        }
        Ok(())
    }

    /// Refills a bucket; the seconds until it holds a whole token.
    fn wait(&mut self, scope: Scope, now: Instant) -> f64 {
        let (per_second, most) = self.rate(scope);
        let bucket = self.buckets.entry(scope).or_insert(Bucket { tokens: most, filled: now });
        bucket.tokens = (bucket.tokens + per_second * now.duration_since(bucket.filled).as_secs_f64()).min(most);
        bucket.filled = now;
        ((1.0 - bucket.tokens) / per_second).max(0.0)
    }

    fn rate(&self, scope: Scope) -> (f64, f64) {
        let Limits { overall_per_second, chat_per_second, chat_burst, group_per_minute } = self.limits;
        match scope {
            Scope::Overall => (overall_per_second, overall_per_second.max(1.0)),
            Scope::Chat(_) => (chat_per_second, chat_burst.max(1.0)),
            Scope::Group(_) => (group_per_minute / 60.0, group_per_minute.max(1.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_chat_takes_a_burst_and_then_one_each_second() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(limiter.admit(7, start), Ok(()));
        }
        assert_eq!(limiter.admit(7, start), Err(1));
        assert_eq!(limiter.admit(8, start), Ok(()), "another chat");
        let later = start + Duration::from_millis(1010);
        assert_eq!((limiter.admit(7, later), limiter.admit(7, later)), (Ok(()), Err(1)));
    }

    #[test]
    fn thirty_each_second_overall() {
        let (mut limiter, now) = (Limiter::default(), Instant::now());
        let admitted = (1..=100).filter(|chat| limiter.admit(*chat, now).is_ok()).count();
        assert_eq!(admitted, 30);
    }

    #[test]
    fn a_group_takes_twenty_each_minute() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let admitted = (0..60).filter(|second| limiter.admit(-5, start + Duration::from_millis(500 * second)).is_ok()).count();
        assert!((29..=30).contains(&admitted), "twenty and what came back in thirty seconds: {admitted}");
        let waiting = limiter.admit(-5, start + Duration::from_secs(30)).unwrap_err();
        assert!((1..=3).contains(&waiting), "{waiting}");
    }
}
