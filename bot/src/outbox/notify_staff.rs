//! Tells open consoles that the list of tickets has changed.

use super::Delivery;
use crate::app::App;
use crate::hub::{Live, STAFF};

/// Wakes every open console.
pub(super) fn run(app: &App) -> Delivery {
    app.hub.publish(STAFF, Live::State("tickets"));
    Delivery::Done
}
