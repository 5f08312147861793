//! How many messages one citizen and one network may send, kept in memory.

use std::net::IpAddr;

use crate::token_buckets::TokenBuckets;

/// Messages a minute from one citizen.
const PER_CITIZEN: f64 = 15.0;
/// Attempts a minute from one network address: a whole commune may share one.
const PER_ADDRESS: f64 = 300.0;

/// The limits of the whole server.
#[derive(Clone, Debug)]
pub(crate) struct RateLimits {
    citizens: TokenBuckets,
    addresses: TokenBuckets,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { citizens: TokenBuckets::new(PER_CITIZEN, PER_CITIZEN), addresses: TokenBuckets::new(PER_ADDRESS, PER_ADDRESS) }
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
}
