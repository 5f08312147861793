//! `GET /staff/events`: tells an open console that something has changed, as server-sent events without content.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

use crate::app::App;
use crate::db::staff::Session;
use crate::hub::STAFF;

const HEARTBEAT: Duration = Duration::from_secs(15);

/// One event a change; several that were missed are one change too.
pub(super) async fn stream(State(app): State<App>, _session: Session) -> impl IntoResponse {
    let changes = BroadcastStream::new(app.hub.subscribe(STAFF));
    let events = changes.map(|_| Ok::<_, Infallible>(Event::default().data("changed")));
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
