//! `GET /staff/events`: tells an open console that something has changed, as server-sent events without content.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio::time::{Instant, interval_at};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::{BroadcastStream, IntervalStream};

use crate::app::App;
use crate::db::staff::Session;
use crate::hub::STAFF;

const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a console looks again for what another process did.
const LOOK: Duration = Duration::from_secs(5);
const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// One event a change; several that were missed are one change too.
pub(super) async fn stream(State(app): State<App>, _session: Session) -> impl IntoResponse {
    let told = BroadcastStream::new(app.hub.subscribe(STAFF)).map(|_| ());
    let period = if app.shares_database() { LOOK } else { NEVER };
    let looked = IntervalStream::new(interval_at(Instant::now() + period, period)).map(|_| ());
    let events = told.merge(looked).map(|()| Ok::<_, Infallible>(Event::default().data("changed")));
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
