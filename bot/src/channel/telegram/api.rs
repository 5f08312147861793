//! Requests to the Bot API. teloxide's own client is not used: it sleeps ten seconds on every server error and has the
//! token in its errors.

use std::time::Duration;

use anyhow::Result;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide::payloads::GetFile;
use teloxide::requests::Payload;
use teloxide::types::FileId;

use crate::config::Secret;

/// A platform that has not answered by then is taken for dead.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the platform did not do it. The texts never hold the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Too much was sent: wait so long.
    #[error("too many requests: retry after {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// The citizen has blocked the bot, or it was removed from the group.
    #[error("blocked: {0}")]
    Blocked(String),
    /// The group has another id now.
    #[error("the group has become {0}")]
    Migrated(i64),
    /// The request itself is wrong.
    #[error("refused: {0}")]
    Refused(String),
    /// No answer, or none that can be understood: the platform may have done it or not.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// The Bot API of one token.
#[derive(Clone, Debug)]
pub struct Api {
    client: reqwest::Client,
    base: String,
    token: Secret,
}

/// What the platform answers.
#[derive(Deserialize)]
struct Envelope<T> {
    ok: bool,
    result: Option<T>,
    #[serde(default)]
    error_code: i64,
    #[serde(default)]
    description: String,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// The API at `base` for this token.
    ///
    /// # Errors
    /// When the client can't be made.
    pub fn new(base: &str, token: Secret) -> Result<Self> {
        let client = reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).build()?;
        Ok(Self { client, base: base.to_owned(), token })
    }

    /// Asks the platform to do something.
    ///
    /// # Errors
    /// As [`ApiError`] says.
    pub async fn call<P>(&self, payload: &P) -> Result<P::Output, ApiError>
    where
        P: Payload + Serialize,
        P::Output: DeserializeOwned,
    {
        let wait = PATIENCE + payload.timeout_hint().unwrap_or_default();
        self.post(P::NAME, payload, wait).await
    }

    /// Asks for a method by name; `T` is what it gives.
    ///
    /// # Errors
    /// As [`ApiError`] says.
    pub(crate) async fn post<T: DeserializeOwned>(&self, method: &str, body: &impl Serialize, wait: Duration) -> Result<T, ApiError> {
        let url = format!("{}/bot{}/{method}", self.base, self.token.reveal());
        let response = self.client.post(url).timeout(wait).json(body).send().await.map_err(unavailable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unavailable)?;
        match serde_json::from_slice::<Envelope<T>>(&bytes) {
            Ok(envelope) => envelope.into_result(),
            // A proxy's page instead of an answer.
            Err(_) => Err(ApiError::Unavailable(format!("{method}: HTTP {status} without an answer"))),
        }
    }

    /// The bytes of a file that the platform keeps.
    ///
    /// # Errors
    /// [`ApiError::Refused`] when it is larger than `limit` bytes.
    pub(crate) async fn fetch_file(&self, id: &str, limit: i64) -> Result<Vec<u8>, ApiError> {
        let file = self.call(&GetFile::new(FileId(id.to_owned()))).await?;
        let url = format!("{}/file/bot{}/{}", self.base, self.token.reveal(), file.path);
        let mut response = self.client.get(url).timeout(PATIENCE * 3).send().await.map_err(unavailable)?;
        if !response.status().is_success() {
            return Err(ApiError::Unavailable(format!("file: HTTP {}", response.status())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as i64 > limit {
                return Err(ApiError::Refused("the file is too large".into()));
            }
        }
        Ok(bytes)
    }
}

impl<T> Envelope<T> {
    fn into_result(self) -> Result<T, ApiError> {
        if let (true, Some(result)) = (self.ok, self.result) {
            return Ok(result);
        }
        let parameters = self.parameters.unwrap_or_default();
        Err(match (self.error_code, parameters) {
            (_, Parameters { retry_after: Some(seconds), .. }) => ApiError::RetryAfter(Duration::from_secs(seconds.min(3_600))),
            (429, _) => ApiError::RetryAfter(Duration::from_secs(5)),
            (_, Parameters { migrate_to_chat_id: Some(chat), .. }) => ApiError::Migrated(chat),
            (403, _) => ApiError::Blocked(self.description),
            (400..500, _) => ApiError::Refused(self.description),
            _ => ApiError::Unavailable(self.description),
        })
    }
}

/// The token is part of every address: errors are told without it.
fn unavailable(error: reqwest::Error) -> ApiError {
    ApiError::Unavailable(format!("{:#}", anyhow::Error::new(error.without_url())))
}
