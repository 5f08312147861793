//! `GET /chat/events`: what happens in the conversation, the moment it happens, as server-sent events.
//!
//! `state` says what Sen is doing. `message` carries a message as HTML and its number as the event's id: after a lost
//! connection the browser names the last one that it has, and the rest is replayed from the database.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::citizen::Citizen;
use super::message_view;
use crate::app::App;
use crate::channel::Channel;
use crate::db::messages::PAGE;
use crate::db::{conversations, messages};
use crate::hub::Live;
use crate::language::{Language, t};
use crate::router::page::Refusal;

/// Proxies close a connection that is silent for a minute or so.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often to look for what another process wrote.
const LOOK: Duration = Duration::from_secs(2);

/// Where to begin, for a first connection; a later one says it in `Last-Event-ID`.
#[derive(Deserialize)]
pub(super) struct Start {
    #[serde(default)]
    after: i64,
}

/// 204 while there is no conversation: the browser then does not ask again.
pub(super) async fn stream(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    Query(start): Query<Start>,
    citizen: Citizen,
) -> Result<Response, Refusal> {
    let Some(conversation) = conversations::find(&app.db, Channel::Web, &citizen.address()).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let watch = Watch {
        receiver: app.hub.subscribe(&conversation.id),
        app,
        language,
        conversation_id: conversation.id,
        last_seq: last_event_id(&headers).unwrap_or(start.after),
        ready: VecDeque::new(),
        has_more: true,
    };
    let events = Sse::new(stream::unfold(watch, next)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Without this, nginx collects a stream before it passes it on.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), "no");
    Ok(([unbuffered, (header::CACHE_CONTROL, "no-store")], events).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

struct Watch {
    app: App,
    language: Language,
    conversation_id: String,
    receiver: Receiver<Live>,
    last_seq: i64,
    ready: VecDeque<Event>,
    /// There may be more messages than were read last.
    has_more: bool,
}

/// The next event; the stream ends when the server does, or when the database fails and the browser should try again.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    loop {
        if let Some(event) = watch.ready.pop_front() {
            return Some((Ok(event), watch));
        }
        if let Err(error) = watch.gather().await? {
            tracing::error!(error = format!("{error:#}"), "an event stream ended");
            return None;
        }
    }
}

impl Watch {
    /// Waits for something to happen and makes events of it. None when nothing will happen any more.
    async fn gather(&mut self) -> Option<Result<()>> {
        if self.has_more {
            return Some(self.read_messages().await);
        }
        match self.happens().await {
            Ok(Live::State(words)) => self.ready.push_back(Event::default().event("state").data(t(self.language, words))),
            Ok(Live::Message(_)) | Err(RecvError::Lagged(_)) => return Some(self.read_messages().await),
            Err(RecvError::Closed) => return None,
        }
        Some(Ok(()))
    }

    /// The next event; where other processes may answer, "look again" comes by itself.
    async fn happens(&mut self) -> Result<Live, RecvError> {
        if !self.app.shares_database() {
            return self.receiver.recv().await;
        }
        timeout(LOOK, self.receiver.recv()).await.unwrap_or(Ok(Live::Message(self.last_seq)))
    }

    async fn read_messages(&mut self) -> Result<()> {
        let messages = messages::after(&self.app.db, &self.conversation_id, self.last_seq).await?;
        self.has_more = messages.len() == PAGE;
        for message in messages {
            let html = message_view::fragment(&self.app, self.language, &message)?;
            self.ready.push_back(Event::default().event("message").id(message.seq.to_string()).data(html));
            self.last_seq = message.seq;
        }
        Ok(())
    }
}
