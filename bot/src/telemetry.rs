//! Counters and gauges for Prometheus.

use crate::channel::Channel;

/// A message was stored.
pub(crate) fn received(_channel: Channel) {}
/// A row was set aside.
pub(crate) fn dead_letter(_queue: &'static str) {}
/// So many deliveries were in hand when the process ended before.
pub(crate) fn resent(_count: u64) {}
/// A delivery ended.
pub(crate) fn delivered(_channel: Channel, _outcome: &'static str, _seconds: f64) {}
