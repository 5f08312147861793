//! Tells open consoles that the list of tickets has changed.

use anyhow::Result;

use crate::app::App;
use crate::hub::{Live, STAFF};

/// Wakes every open console.
pub(super) fn run(app: &App) -> Result<()> {
    app.hub.publish(STAFF, Live::State("tickets"));
    Ok(())
}
