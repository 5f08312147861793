//! What goes to open pages of our own: many jobs at a time, done before anybody is told. Nothing can be lost by that: a page
//! that was not told reads the messages from the database when it connects again.

use anyhow::{Context as _, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Job;
use crate::app::App;
use crate::channel::Channel;
use crate::db::dialect;
use crate::hub::{Live, STAFF};
use crate::inbox::Outcome;
use crate::telemetry;

/// How many jobs are done at a time.
const BATCH: i64 = 256;
const DUE: &str = "state = 'waiting' AND lane = 'pages' AND run_at <= $1";

/// Does what is due, oldest first.
pub(super) async fn run(app: &App) -> Result<Outcome> {
    let now = app.clock.now_ms();
    // Most looks find nothing. A look does not take the database's only writer.
    let look = format!("SELECT 1 FROM outbox WHERE {DUE} LIMIT 1");
    if sqlx::query(&look).bind(now).fetch_optional(&app.db.reader).await?.is_none() {
        return Ok(Outcome::Idle);
    }
    let sql = format!(
        "UPDATE outbox SET state = 'done', done_at = $1, claimed_until = 0
         WHERE id IN (SELECT id FROM outbox WHERE {DUE} ORDER BY run_at LIMIT $2 {}) RETURNING conversation_id, payload, created_at",
        dialect::skip_locked(&app.db)
    );
    let sql = dialect::without_waiting_for_the_disk(&app.db, &sql);
    let rows = sqlx::query(&sql).bind(now).bind(BATCH).fetch_all(&app.db.writer).await?;
    rows.iter().try_for_each(|row| tell(app, row, now))?;
    Ok(Outcome::Done)
}

/// A page reads every message that it lacks, so their order here is no matter.
fn tell(app: &App, row: &AnyRow, now: i64) -> Result<()> {
    let conversation_id: Option<String> = row.try_get("conversation_id")?;
    let job = serde_json::from_str(&row.try_get::<String, _>("payload")?).context("a job that can't be read")?;
    match (job, conversation_id) {
        (Job::NotifyStaff, _) => app.hub.publish(STAFF, Live::State("tickets")),
        (Job::DeliverReply { seq }, Some(conversation_id)) => {
            app.hub.publish(&conversation_id, Live::Message(seq));
            let age = now - row.try_get::<i64, _>("created_at")?;
            telemetry::delivered(Channel::Web, telemetry::Delivery::Sent, age as f64 / 1_000.0);
        }
        (Job::DeliverReply { .. } | Job::FetchAttachment { .. } | Job::IndexGuide { .. }, _) => {}
    }
    Ok(())
}
