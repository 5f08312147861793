//! What is done once a night, over all processes that serve one database.

use std::time::Duration;

use anyhow::Result;
use indexer::database::Database;
use tokio::sync::watch;

use crate::app::App;
use crate::clock::local;
use crate::lease;
use crate::privacy::{self, Purged};

/// The lease and the cursor.
const NAME: &str = "nightly";
/// When a night's work is due, local time, in minutes after midnight. A process that starts later in the day does it then.
const DUE: i64 = 2 * 60 + 30;
/// How often a process looks.
const LOOK: Duration = Duration::from_secs(60);

/// Looks until the process stops.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match run_if_due(&app).await {
            Ok(Some(purged)) => tracing::info!(?purged, "deleted what was kept long enough"),
            Ok(None) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "the night's work failed; it is tried again"),
        }
        let _ = tokio::time::timeout(LOOK, stop.changed()).await;
    }
}

/// Does the night's work, unless it is too early, done, or in another process's hands.
///
/// # Errors
/// When the database fails; the work is then still due.
pub async fn run_if_due(app: &App) -> Result<Option<Purged>> {
    let Some(night) = night(app.clock.now_ms()) else { return Ok(None) };
    if last(&app.db).await? >= night {
        return Ok(None);
    }
    Ok(lease::during(&app.db, &app.clock, NAME, &app.instance, work(app, night)).await?.transpose()?.flatten())
}

/// None where somebody else has done it before the lease was ours.
async fn work(app: &App, night: i64) -> Result<Option<Purged>> {
    if last(&app.db).await? >= night {
        return Ok(None);
    }
    let purged = privacy::purge(app).await?;
    sqlx::query(
        "INSERT INTO cursors (name, value, moved_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, moved_at = excluded.moved_at",
    )
    .bind(NAME)
    .bind(night)
    .bind(app.clock.now_ms())
    .execute(&app.db.writer)
    .await?;
    Ok(Some(purged))
}

/// The day whose night's work is due, like 20261125; none before the hour.
fn night(now: i64) -> Option<i64> {
    let now = local(now);
    let minutes = i64::from(now.hour()) * 60 + i64::from(now.minute());
    (minutes >= DUE).then(|| i64::from(now.year()) * 10_000 + i64::from(now.month()) * 100 + i64::from(now.day()))
}

/// The last night that was done; 0 before the first.
async fn last(db: &Database) -> Result<i64> {
    let value = sqlx::query_scalar("SELECT value FROM cursors WHERE name = $1").bind(NAME).fetch_optional(&db.reader).await?;
    Ok(value.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{DAY, House};

    const HOUR: i64 = 60 * 60 * 1_000;

    #[tokio::test]
    async fn once_a_night_over_all_processes() -> Result<()> {
        let house = House::new().await?;
        let other = house.neighbour().await?;
        assert!(run_if_due(&house.app).await?.is_some(), "the first day it is made up for");
        assert!(run_if_due(&other).await?.is_none());
        house.pass(14 * HOUR);
        assert!(run_if_due(&other).await?.is_none(), "02:00 is too early");
        house.pass(HOUR / 2);
        let (one, two) = tokio::join!(run_if_due(&house.app), run_if_due(&other));
        assert_eq!(usize::from(one?.is_some()) + usize::from(two?.is_some()), 1);
        assert!(run_if_due(&house.app).await?.is_none() && run_if_due(&other).await?.is_none());
        house.pass(DAY);
        assert!(run_if_due(&other).await?.is_some());
        Ok(())
    }

    #[tokio::test]
    async fn what_another_process_has_in_hand_is_left_to_it_until_its_lease_ends() -> Result<()> {
        let house = House::new().await?;
        assert!(lease::hold(&house.app.db, NAME, "killed", house.app.clock.now_ms(), lease::LEASE_MS).await?);
        assert!(run_if_due(&house.app).await?.is_none());
        house.pass(lease::LEASE_MS);
        assert!(run_if_due(&house.app).await?.is_some());
        Ok(())
    }
}
