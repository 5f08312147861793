//! Brings a guide that was published or withdrawn into the index, and from there to citizens.

use anyhow::Result;

use super::Delivery;
use crate::app::App;
use crate::index_keeper;

/// How long to wait while another process works on the index, in milliseconds.
const TURN_MS: i64 = 500;

/// Doing it twice does no harm: the second time nothing is left to do.
pub(super) async fn run(app: &App, id: &str) -> Result<Delivery> {
    match index_keeper::index_guide(app, id).await {
        Ok(true) => Ok(Delivery::Done),
        Ok(false) => Ok(Delivery::Later("another process works on the index".into(), Some(TURN_MS))),
        Err(error) => Ok(Delivery::Failed(format!("{error:#}"))),
    }
}
