//! How many messages one citizen and one network may send, kept in memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Messages a minute from one citizen.
const PER_CITIZEN: f64 = 15.0;
/// Attempts a minute from one network address: a whole commune may share one.
const PER_ADDRESS: f64 = 300.0;
/// Past so many buckets the full ones, which say nothing, are dropped.
const MANY: usize = 10_000;

/// The limits of the whole server.
#[derive(Clone, Debug)]
pub(crate) struct RateLimits {
    citizens: TokenBuckets,
    addresses: TokenBuckets,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { citizens: TokenBuckets::a_minute(PER_CITIZEN), addresses: TokenBuckets::a_minute(PER_ADDRESS) }
    }
}

impl RateLimits {
    /// Counts a message of this citizen (by address on the channel).
    pub(crate) fn citizen_may(&self, citizen: &str, now_ms: i64) -> bool {
        self.citizens.take(citizen, now_ms)
    }

    /// Counts an attempt from this address. Without one there is nothing to count.
    pub(crate) fn address_may(&self, address: Option<IpAddr>, now_ms: i64) -> bool {
        address.is_none_or(|address| self.addresses.take(&address.to_string(), now_ms))
    }
}

/// One token bucket a key: it holds a minute's worth and refills evenly.
#[derive(Clone, Debug)]
struct TokenBuckets {
    a_minute: f64,
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl TokenBuckets {
    fn a_minute(a_minute: f64) -> Self {
        Self { a_minute, buckets: Arc::default() }
    }

    fn take(&self, key: &str, now_ms: i64) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, bucket| self.refilled(*bucket, now_ms) < self.a_minute);
        }
        let full = Bucket { tokens: self.a_minute, at_ms: now_ms };
        let bucket = buckets.entry(key.to_owned()).or_insert(full);
        let tokens = self.refilled(*bucket, now_ms);
        let allowed = tokens >= 1.0;
        *bucket = Bucket { tokens: if allowed { tokens - 1.0 } else { tokens }, at_ms: now_ms };
        allowed
    }

    fn refilled(&self, bucket: Bucket, now_ms: i64) -> f64 {
        let minutes = (now_ms - bucket.at_ms).max(0) as f64 / 60_000.0;
        (bucket.tokens + minutes * self.a_minute).min(self.a_minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_at_once_then_one_every_four_seconds() {
        let limits = RateLimits::default();
        assert!((0..15).all(|_| limits.citizen_may("hoa", 0)));
        assert!(!limits.citizen_may("hoa", 0));
        assert!(!limits.citizen_may("hoa", 3_900));
        assert!(limits.citizen_may("hoa", 4_000));
        assert!(!limits.citizen_may("hoa", 4_000));
    }

    #[test]
    fn one_citizen_does_not_use_up_anothers() {
        let limits = RateLimits::default();
        while limits.citizen_may("hoa", 0) {}
        assert!(limits.citizen_may("lan", 0));
    }

    #[test]
    fn a_network_has_room_for_a_commune_and_an_end() {
        let limits = RateLimits::default();
        let office = Some(IpAddr::from([10, 1, 1, 1]));
        assert_eq!((0..1_000).filter(|_| limits.address_may(office, 0)).count(), 300);
        assert!((0..1_000).all(|_| limits.address_may(None, 0)));
    }

    #[test]
    fn idle_buckets_are_forgotten_and_busy_ones_kept() {
        let buckets = TokenBuckets::a_minute(15.0);
        (0..MANY).for_each(|n| assert!(buckets.take(&n.to_string(), 0)));
        while buckets.take("busy", 60_000) {}
        assert!(!buckets.take("busy", 60_001));
        assert!(buckets.buckets.lock().unwrap_or_else(PoisonError::into_inner).len() < 10);
    }
}
