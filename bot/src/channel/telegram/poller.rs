//! Long polling: the offset moves only after the updates are stored.

use std::time::Duration;

use anyhow::Result;
use serde_json::Value;
use sqlx::Row as _;
use teloxide::payloads::{DeleteWebhook, GetUpdates};
use teloxide::requests::Payload as _;
use teloxide::types::AllowedUpdate;
use tokio::sync::watch;

use super::api::ApiError;
use super::{Telegram, intake, webhook};
use crate::app::App;
use crate::{lease, queue};

/// What we want to hear.
pub(super) const WANTED: [AllowedUpdate; 4] =
    [AllowedUpdate::Message, AllowedUpdate::EditedMessage, AllowedUpdate::CallbackQuery, AllowedUpdate::MyChatMember];

/// How long the platform keeps an idle request open, in seconds.
const LONG_POLL_S: u32 = 25;
const LEASE: &str = "telegram";
/// Longer than a poll and its answer.
const LEASE_MS: i64 = 90_000;
/// How often a process without the lease looks whether it is free.
const LOOK: Duration = Duration::from_secs(5);
/// After a week without updates Telegram begins numbering anew at random: an old offset could then hide new updates.
const OFFSET_HOLDS_MS: i64 = 6 * 24 * 60 * 60 * 1_000;

/// Holds the lease, and fetches updates or registers the webhook, until `stop` turns true.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let Some(telegram) = &app.telegram else { return };
    let work = async {
        let mut failures = 0;
        loop {
            let pause = match turn(&app, telegram).await {
                Ok(pause) => {
                    failures = 0;
                    pause
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(error = format!("{error:#}"), failures, "Telegram could not be reached");
                    Duration::from_millis(queue::backoff_ms(&app, failures).unsigned_abs().min(30_000))
                }
            };
            tokio::time::sleep(pause).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    telegram.set_ours(false);
    // Another process need not wait for the lease to end.
    let _ = lease::release(&app.db, LEASE, &app.instance).await;
}

/// One turn: renew the lease, then poll once or make sure that the webhook stands. Gives the pause before the next.
async fn turn(app: &App, telegram: &Telegram) -> Result<Duration> {
    let now = app.clock.now_ms();
    let is_ours = lease::hold(&app.db, LEASE, &app.instance, now, LEASE_MS).await?;
    let was_ours = telegram.is_ours();
    telegram.set_ours(is_ours);
    if !is_ours {
        return Ok(LOOK);
    }
    if !was_ours {
        app.wake.outbox();
    }
    if telegram.me.get().is_none() {
        telegram.me().await?;
        telegram.introduce().await;
    }
    if app.config.telegram.as_ref().is_some_and(|config| config.webhook_secret.is_some()) {
        webhook::register(app, telegram).await?;
        return Ok(LOOK);
    }
    poll(app, telegram).await?;
    Ok(Duration::ZERO)
}

async fn poll(app: &App, telegram: &Telegram) -> Result<()> {
    let mut request = GetUpdates::new();
    request.offset = offset(app).await?.and_then(|offset| i32::try_from(offset).ok());
    request.timeout = Some(LONG_POLL_S);
    request.allowed_updates = Some(WANTED.to_vec());
    let wait = Duration::from_secs(u64::from(LONG_POLL_S) + 10);
    let updates: Vec<Value> = match telegram.api.post(GetUpdates::NAME, &request, wait).await {
        Err(ApiError::Refused(why)) if why.contains("webhook") => {
            telegram.api.call(&DeleteWebhook::new()).await?;
            return Ok(());
        }
        other => other?,
    };
    let Some(last) = updates.iter().filter_map(|update| update["update_id"].as_i64()).max() else { return Ok(()) };
    intake::take(app, telegram.me().await?, &updates).await?;
    move_offset(app, last + 1).await
}

/// From where to read on; none when that is too long ago to hold.
async fn offset(app: &App) -> Result<Option<i64>> {
    let row = sqlx::query("SELECT value, moved_at FROM cursors WHERE name = $1").bind(LEASE).fetch_optional(&app.db.reader).await?;
    let Some(row) = row else { return Ok(None) };
    let holds = app.clock.now_ms() - row.try_get::<i64, _>("moved_at")? < OFFSET_HOLDS_MS;
    Ok(holds.then_some(row.try_get("value")?))
}

/// Moves on after what is stored. A kill before this fetches the batch again, which is then known by its numbers.
async fn move_offset(app: &App, value: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO cursors (name, value, moved_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, moved_at = excluded.moved_at",
    )
    .bind(LEASE)
    .bind(value)
    .bind(app.clock.now_ms())
    .execute(&app.db.writer)
    .await?;
    Ok(())
}
