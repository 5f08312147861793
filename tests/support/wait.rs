//! Waiting for what happens elsewhere.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const PAUSE: Duration = Duration::from_millis(50);
/// Long enough for a busy machine; nothing takes so long that goes well.
const PATIENCE: Duration = Duration::from_secs(180);

/// Looks until there is something to see.
///
/// # Errors
/// After three minutes, naming `what` was awaited.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(seen) = look() {
            return Ok(seen);
        }
        sleep(PAUSE);
    }
    bail!("waited in vain for {what}")
}
