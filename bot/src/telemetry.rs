//! What operators see: metrics for Prometheus, readiness, logs. Names carry their units; no label says who wrote or what.

mod gauges;
mod logging;
mod metrics_page;
pub mod readiness;
mod request_log;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::answering::{Answer, TicketKind};
use crate::app::App;
use crate::channel::Channel;
use crate::clock::Clock;

pub use logging::start_logging;
pub(crate) use request_log::log_requests;

/// Upper bounds of the histograms' buckets, in seconds: from an embedding to a message that waited out a failure.
const BUCKETS: [f64; 15] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0];
/// Samples are kept one by one until they are drained into the buckets.
const UPKEEP: Duration = Duration::from_secs(10);

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// How a delivery went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The platform has it.
    Sent,
    /// It failed and is tried again.
    Postponed,
    /// The citizen takes no messages any more.
    Unreachable,
    /// It was set aside for a person.
    Dead,
}

impl Delivery {
    fn key(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Postponed => "postponed",
            Self::Unreachable => "unreachable",
            Self::Dead => "dead",
        }
    }
}

/// A queue that can set work aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Messages that came in.
    Inbox,
    /// What has still to leave.
    Outbox,
}

impl Queue {
    fn key(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
        }
    }
}

/// Begins to count, once a process; before it nothing is counted. Called inside the runtime.
///
/// # Errors
/// When something else in this process counts already.
pub fn start(clock: &Clock) -> Result<()> {
    if HANDLE.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    describe();
    begin_at_zero();
    metrics::gauge!("process_start_time_seconds").set(clock.now_ms() as f64 / 1_000.0);
    tokio::spawn(keep_up(handle.clone()));
    let _ = HANDLE.set(handle);
    Ok(())
}

async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// `GET /metrics`.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics_page::show))
}

/// A message was stored.
pub fn received(channel: Channel) {
    counter!("sen_messages_received_total", "channel" => channel.key()).increment(1);
}

/// A question was answered.
pub fn answered(answer: &Answer) {
    counter!("sen_answers_total", "status" => answer.status.key()).increment(1);
    histogram!("sen_answer_seconds").record(answer.timings_ms.total / 1_000.0);
    if let Some(embed) = answer.timings_ms.embed {
        histogram!("sen_embed_seconds").record(embed / 1_000.0);
    }
}

/// A delivery was tried and took so long.
pub fn delivered(channel: Channel, outcome: Delivery, seconds: f64) {
    counter!("sen_deliveries_total", "channel" => channel.key(), "outcome" => outcome.key()).increment(1);
    histogram!("sen_delivery_seconds", "channel" => channel.key()).record(seconds);
}

/// A citizen has the reply; so long after the message came in.
pub fn replied(channel: Channel, seconds: f64) {
    histogram!("sen_message_age_seconds", "channel" => channel.key()).record(seconds);
}

/// A delivery that a killed process had begun is made again: the citizen may read it twice.
pub fn resent_after_kill() {
    counter!("sen_deliveries_resent_after_kill_total").increment(1);
}

/// Something was set aside for a person.
pub fn set_aside(queue: Queue) {
    counter!("sen_dead_letters_total", "queue" => queue.key()).increment(1);
}

/// A question went to staff.
pub fn handed_over(kind: TicketKind) {
    counter!("sen_handoffs_total", "kind" => kind.key()).increment(1);
}

/// A series that is absent until it first happens can't be alarmed on.
fn begin_at_zero() {
    counter!("sen_deliveries_resent_after_kill_total").absolute(0);
    for queue in [Queue::Inbox, Queue::Outbox] {
        counter!("sen_dead_letters_total", "queue" => queue.key()).absolute(0);
    }
    for kind in [TicketKind::Question, TicketKind::Petition] {
        counter!("sen_handoffs_total", "kind" => kind.key()).absolute(0);
    }
}

fn describe() {
    describe_counter!("sen_messages_received_total", "Messages from citizens that were stored");
    describe_counter!("sen_answers_total", "Answers by how they ended");
    describe_counter!("sen_deliveries_total", "Attempts to deliver a message by how they went");
    describe_counter!("sen_deliveries_resent_after_kill_total", "Deliveries made again after a killed process had begun them");
    describe_counter!("sen_dead_letters_total", "Messages and jobs set aside for a person");
    describe_counter!("sen_handoffs_total", "Questions that went to staff");
    describe_histogram!("sen_answer_seconds", Unit::Seconds, "From reading a question to its answer");
    describe_histogram!("sen_embed_seconds", Unit::Seconds, "Embedding a question, waiting included");
    describe_histogram!("sen_delivery_seconds", Unit::Seconds, "One attempt to deliver a message");
    describe_histogram!("sen_message_age_seconds", Unit::Seconds, "From the receipt of a message to the delivery of its reply");
    describe_gauge!("process_start_time_seconds", Unit::Seconds, "When this process started, in seconds since the epoch");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory of this process");
    gauges::describe();
}
