//! What is counted when it is asked for: the state of the queues, of tickets and of the index.

use anyhow::Result;
use indexer::database::Database;
use metrics::{Unit, describe_gauge, gauge};
use sqlx::Row as _;

/// Name, what it tells, and the SQL that counts it.
const COUNTS: [(&str, &str, &str); 5] = [
    ("sen_inbox_waiting", "Messages that wait for an answer", "SELECT COUNT(*) FROM inbox WHERE state = 'waiting'"),
    ("sen_outbox_waiting", "Jobs that wait to leave", "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"),
    (
        "sen_dead_letters",
        "Messages and jobs that wait for a person",
        "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'dead') + (SELECT COUNT(*) FROM outbox WHERE state = 'dead')",
    ),
    ("sen_tickets_open", "Tickets without a first reply", "SELECT COUNT(*) FROM tickets WHERE state = 'open'"),
    (
        "sen_index_chunks",
        "Chunks in the index that answers",
        "SELECT COUNT(*) FROM index_chunks c JOIN indexes i ON i.name = c.index_name WHERE i.state = 'current'",
    ),
];

pub(super) fn describe() {
    for (name, tells, _) in COUNTS {
        describe_gauge!(name, tells);
    }
    describe_gauge!("sen_inbox_oldest_waiting_age_seconds", Unit::Seconds, "How long the oldest waiting message has waited");
}

/// Sets the gauges to the state of the database.
///
/// # Errors
/// When the database fails.
pub(super) async fn read(db: &Database, now: i64) -> Result<()> {
    for (name, _, sql) in COUNTS {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&db.reader).await?;
        gauge!(name).set(count as f64);
    }
    let row = sqlx::query("SELECT MIN(received_at) AS oldest FROM inbox WHERE state = 'waiting'").fetch_one(&db.reader).await?;
    let oldest: Option<i64> = row.try_get("oldest")?;
    gauge!("sen_inbox_oldest_waiting_age_seconds").set(oldest.map_or(0.0, |at| (now - at).max(0) as f64 / 1_000.0));
    if let Some(bytes) = resident_memory() {
        gauge!("process_resident_memory_bytes").set(bytes);
    }
    Ok(())
}

/// In bytes; none where the system does not tell.
fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes: f64 = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes * 1_024.0)
}
