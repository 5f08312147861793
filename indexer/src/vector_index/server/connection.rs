//! Calls to a Qdrant server from threads that block.

use std::fmt;
use std::future::Future;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::qdrant_client::qdrant::{CreateAlias, DeleteCollection};
use ::qdrant_client::{Qdrant, QdrantError};
use tokio::runtime::{Builder, Runtime};

use crate::vector_index::{IndexError, ServerAddress};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a search may take: somebody waits for it.
const SEARCH: Duration = Duration::from_secs(5);

/// How long any other call may take, each page and batch by itself.
const WORK: Duration = Duration::from_secs(60);

/// A Qdrant server. Cheap to clone; connects at the first call and again whenever the connection breaks.
#[derive(Clone)]
pub struct Connection {
    url: String,
    searching: Arc<Qdrant>,
    working: Arc<Qdrant>,
}

impl Connection {
    /// Prepares calls to a server; nothing is sent yet.
    ///
    /// # Errors
    /// [`IndexError::Failed`] for a URL that is not `http://` or `https://`, or a key that can't be sent.
    pub fn new(address: &ServerAddress) -> Result<Connection, IndexError> {
        let url = address.url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(IndexError::Failed(format!("{url} must begin with http:// or https://")));
        }
        // The client's own error for such a key would repeat the key.
        let can_be_sent = |key: &String| key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !address.api_key.as_ref().is_none_or(can_be_sent) {
            return Err(IndexError::Failed("the API key holds letters that can't be sent".to_owned()));
        }
        let client = |timeout: Duration| {
            let config = Qdrant::from_url(&url).api_key(address.api_key.as_deref()).timeout(timeout).connect_timeout(CONNECT);
            // The check of versions prints to stdout.
            config.skip_compatibility_check().build().map_err(|error| IndexError::Failed(error.to_string()))
        };
        let (searching, working) = (Arc::new(client(SEARCH)?), Arc::new(client(WORK)?));
        Ok(Connection { url, searching, working })
    }

    /// Sends a search and waits for its outcome.
    pub(super) fn search<T, F>(&self, call: impl FnOnce(Arc<Qdrant>) -> F) -> Result<T, IndexError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QdrantError>> + Send + 'static,
    {
        self.wait(SEARCH, call(Arc::clone(&self.searching)))
    }

    /// Sends any other call and waits for its outcome.
    pub(super) fn work<T, F>(&self, call: impl FnOnce(Arc<Qdrant>) -> F) -> Result<T, IndexError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QdrantError>> + Send + 'static,
    {
        self.wait(WORK, call(Arc::clone(&self.working)))
    }

    /// Lets the call run on the threads of [`runtime`] and blocks this one by a plain channel: unlike `block_on`, that
    /// works on every thread.
    fn wait<T, F>(&self, limit: Duration, call: F) -> Result<T, IndexError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QdrantError>> + Send + 'static,
    {
        // The client's own limit comes first: it then connects anew and tries once more.
        let limit = 2 * (CONNECT + limit);
        let (sender, receiver) = sync_channel(1);
        runtime()?.spawn(async move {
            // Sending fails only when nobody waits any more.
            let _ = sender.send(tokio::time::timeout(limit, call).await);
        });
        match receiver.recv() {
            Ok(Ok(outcome)) => outcome.map_err(|error| self.error(error)),
            Ok(Err(_)) => Err(self.unreachable(&format!("no answer within {} s", limit.as_secs()))),
            Err(_) => Err(IndexError::Failed(format!("a call to {} was cut short", self.url))),
        }
    }

    fn error(&self, error: QdrantError) -> IndexError {
        let (QdrantError::ResponseError { status } | QdrantError::ResourceExhaustedError { status, .. }) = error else {
            return IndexError::Failed(error.to_string());
        };
        match (i32::from(status.code()), status.message()) {
            (code::NOT_FOUND, message) => IndexError::Missing(message.to_owned()),
            (code::INTERNAL, message) if message.starts_with("Failed to connect to") => self.unreachable(cause(message)),
            (code::CANCELLED | code::UNKNOWN | code::DEADLINE_EXCEEDED | code::UNAVAILABLE, message) => self.unreachable(message),
            (_, message) => IndexError::Failed(message.to_owned()),
        }
    }

    fn unreachable(&self, cause: &str) -> IndexError {
        IndexError::Unreachable(format!("{}: {cause}", self.url))
    }

    /// The names of all collections, also of those that are not ours.
    pub(crate) fn collections(&self) -> Result<Vec<String>, IndexError> {
        let listed = self.work(|client| async move { client.list_collections().await })?;
        Ok(listed.collections.into_iter().map(|collection| collection.name).collect())
    }

    /// Removes a collection; one that is not there is passed over.
    pub(crate) fn remove(&self, collection: &str) -> Result<(), IndexError> {
        let request = DeleteCollection { collection_name: collection.to_owned(), timeout: None };
        match self.work(|client| async move { client.delete_collection(request).await }) {
            Ok(_) | Err(IndexError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a collection known under another name too; where the name points elsewhere, it is moved in one step.
    pub(crate) fn point_alias(&self, alias: &str, collection: &str) -> Result<(), IndexError> {
        let request = CreateAlias { collection_name: collection.to_owned(), alias_name: alias.to_owned() };
        self.work(|client| async move { client.create_alias(request).await }).map(|_| ())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The operating system's words within the client's description of nested errors, or all of it.
fn cause(message: &str) -> &str {
    let after = |mark| message.split_once(mark).and_then(|(_, rest)| rest.split('"').next());
    after("message: \"").or_else(|| after("error: \"")).unwrap_or(message)
}

/// The codes of gRPC that are told apart; the rest means that the server refused or failed.
mod code {
    pub(super) const CANCELLED: i32 = 1;
    pub(super) const UNKNOWN: i32 = 2;
    pub(super) const DEADLINE_EXCEEDED: i32 = 4;
    pub(super) const NOT_FOUND: i32 = 5;
    pub(super) const INTERNAL: i32 = 13;
    pub(super) const UNAVAILABLE: i32 = 14;
}

/// One thread for the calls of all indexes of this process. It is never dropped: to drop a runtime within another one
/// is a panic.
fn runtime() -> Result<&'static Runtime, IndexError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let start = || {
        let builder = Builder::new_multi_thread().worker_threads(1).thread_name("vector-index").enable_all().build();
        builder.map_err(|error| format!("could not start a thread: {error}"))
    };
    RUNTIME.get_or_init(start).as_ref().map_err(|error| IndexError::Failed(error.clone()))
}
