//! Token buckets (leaky bucket as a meter, RFC 2697's idea), one a key, kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Past so many buckets the full ones, which say nothing, are dropped.
const MANY: usize = 10_000;

/// One bucket a key: it holds `burst` tokens and refills evenly.
#[derive(Clone, Debug)]
pub(crate) struct TokenBuckets {
    a_minute: f64,
    burst: f64,
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl TokenBuckets {
    /// Buckets that refill by `a_minute` and hold `burst`.
    pub(crate) fn new(a_minute: f64, burst: f64) -> Self {
        Self { a_minute, burst, buckets: Arc::default() }
    }

    /// Takes a token; false when there is none.
    pub(crate) fn take(&self, key: &str, now_ms: i64) -> bool {
        let mut buckets = self.buckets();
        if buckets.len() >= MANY {
            buckets.retain(|_, bucket| self.refilled(*bucket, now_ms) < self.burst);
        }
        let full = Bucket { tokens: self.burst, at_ms: now_ms };
        let bucket = buckets.entry(key.to_owned()).or_insert(full);
        let tokens = self.refilled(*bucket, now_ms);
        let allowed = tokens >= 1.0;
        *bucket = Bucket { tokens: if allowed { tokens - 1.0 } else { tokens }, at_ms: now_ms };
        allowed
    }

    /// How long until there is a token; none when there is one. Takes nothing.
    pub(crate) fn pause(&self, key: &str, now_ms: i64) -> Option<Duration> {
        let tokens = self.buckets().get(key).map_or(self.burst, |bucket| self.refilled(*bucket, now_ms));
        let missing = 1.0 - tokens;
        (missing > 0.0).then(|| Duration::from_millis((missing / self.a_minute * 60_000.0).ceil() as u64))
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refilled(&self, bucket: Bucket, now_ms: i64) -> f64 {
        let minutes = (now_ms - bucket.at_ms).max(0) as f64 / 60_000.0;
        (bucket.tokens + minutes * self.a_minute).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_buckets_are_forgotten_and_busy_ones_kept() {
        let buckets = TokenBuckets::new(15.0, 15.0);
        (0..MANY).for_each(|n| assert!(buckets.take(&n.to_string(), 0)));
        while buckets.take("busy", 60_000) {}
        assert!(!buckets.take("busy", 60_001));
        assert!(buckets.buckets().len() < 10);
    }

    #[test]
    fn a_pause_is_as_long_as_a_token_takes() {
        let buckets = TokenBuckets::new(60.0, 1.0);
        assert_eq!(buckets.pause("a", 0), None);
        assert!(buckets.take("a", 0));
        assert_eq!(buckets.pause("a", 250), Some(Duration::from_millis(750)));
    }
}
