//! What goes wrong on purpose.

use std::collections::{BTreeMap, VecDeque};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// A way in which a call fails, or only seems to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429; not executed.
    TooManyRequests {
        /// Seconds.
        retry_after: u64,
    },
    /// 500 or 502 with a page of HTML, as proxies answer; not executed.
    ServerError,
    /// Accepted, never answered, closed in the end; not executed.
    Timeout {
        /// Until the connection is closed.
        seconds: u64,
    },
    /// The connection closes before anything is done.
    CutBeforeAccept,
    /// Executed, but the connection closes without an answer.
    CutAfterAccept,
    /// Executed and answered, late.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
}

impl Fault {
    /// The name that statistics count under.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::ServerError => "server_error",
            Self::Timeout { .. } => "timeout",
            Self::CutBeforeAccept => "cut_before_accept",
            Self::CutAfterAccept => "cut_after_accept",
            Self::Slow { .. } => "slow",
        }
    }
}

/// Faults at random. With the same seed, the nth call of a method has the same fate in every run.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Of all calls, 0 to 1.
    pub share: f64,
    /// Each as likely as the others.
    pub kinds: Vec<Fault>,
    /// Only these; empty for all. Names as in the Bot API, `sendMessage`.
    pub methods: Vec<String>,
    /// Decides who is hit.
    pub seed: u64,
}

/// Draws faults and counts them.
#[derive(Default)]
pub(super) struct Injector {
    faults: Option<Faults>,
    ordered: Vec<(Option<String>, VecDeque<Fault>)>,
    calls: BTreeMap<String, u64>,
    pub(super) injected: BTreeMap<&'static str, usize>,
}

impl Injector {
    pub(super) fn set(&mut self, faults: Option<Faults>) {
        self.faults = faults;
    }

    /// For the next calls of this method, or of any but `getUpdates`, which comes by itself all the time.
    pub(super) fn order(&mut self, method: Option<&str>, fault: Fault, times: usize) {
        self.ordered.push((method.map(str::to_owned), vec![fault; times].into()));
    }

    /// The fate of one more call.
    pub(super) fn draw(&mut self, method: &str) -> Option<Fault> {
        let number = self.calls.entry(method.to_owned()).or_default();
        *number += 1;
        let number = *number;
        let fault = self.next_ordered(method).or_else(|| self.faults.as_ref()?.draw(method, number))?;
        *self.injected.entry(fault.name()).or_default() += 1;
        Some(fault)
    }

    fn next_ordered(&mut self, method: &str) -> Option<Fault> {
        let hit = |of: &Option<String>| of.as_ref().map_or(method != "getUpdates", |of| of.eq_ignore_ascii_case(method));
        self.ordered.iter_mut().find(|(of, faults)| hit(of) && !faults.is_empty())?.1.pop_front()
    }
}

impl Faults {
    fn draw(&self, method: &str, number: u64) -> Option<Fault> {
        if self.kinds.is_empty() || !(self.methods.is_empty() || self.methods.iter().any(|only| only.eq_ignore_ascii_case(method))) {
            return None;
        }
        let mixed = method.bytes().fold(self.seed, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(byte.into()));
        let mut random = StdRng::seed_from_u64(mixed.wrapping_mul(31).wrapping_add(number));
        let chance = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let pick = random.next_u64() as usize % self.kinds.len();
        (chance < self.share).then(|| self.kinds[pick])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(seed: u64) -> Vec<Option<Fault>> {
        let mut injector = Injector::default();
        injector.set(Some(Faults { share: 0.2, kinds: vec![Fault::ServerError, Fault::CutAfterAccept], methods: Vec::new(), seed }));
        (0..1000).map(|_| injector.draw("sendMessage")).collect()
    }

    #[test]
    fn the_same_seed_has_the_same_fates_in_about_the_wanted_share() {
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
        let hit = fates(1).iter().flatten().count();
        assert!((150..250).contains(&hit), "{hit}");
    }

    #[test]
    fn ordered_faults_hit_their_method_only_and_run_out() {
        let mut injector = Injector::default();
        injector.order(Some("sendMessage"), Fault::ServerError, 2);
        assert_eq!(injector.draw("editMessageText"), None);
        let drawn = [(); 3].map(|()| injector.draw("sendMessage"));
        assert_eq!(drawn, [Some(Fault::ServerError), Some(Fault::ServerError), None]);
        assert_eq!(injector.injected["server_error"], 2);
    }
}
