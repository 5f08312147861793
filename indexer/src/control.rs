//! How a command works through a running `bot serve`: a Unix socket in the data folder, owner only.
//!
//! One connection carries one JSON line with a [`Request`] and, back, one JSON line an [`Event`] until
//! [`Event::Done`] or [`Event::Failed`].

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

/// The longest request, in bytes; an answer may be longer.
const LONGEST_REQUEST: u64 = 1 << 20;

/// What a command asks of the running service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The command's name, for example "build" or "ask".
    pub command: String,
    /// Its arguments, whose shape is the command's own matter.
    #[serde(default)]
    pub arguments: Value,
}

/// What the service answers, one line each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// How far the work is.
    Progress {
        /// Steps done.
        done: usize,
        /// Steps in all.
        total: usize,
        /// What the steps are.
        what: String,
    },
    /// The result; nothing follows.
    Done(Value),
    /// The reason of a failure; nothing follows.
    Failed(String),
}

/// Lets a handler say how far it is. Cheap to clone; never blocks.
#[derive(Clone, Debug)]
pub struct Progress(mpsc::Sender<Event>);

impl Progress {
    /// Reports `done` of `total`. A report that nobody fetches in time is dropped: the next one says more.
    pub fn report(&self, done: usize, total: usize, what: &str) {
        let _ = self.0.try_send(Event::Progress { done, total, what: what.to_owned() });
    }
}

/// The socket's place in the data folder.
pub fn socket_path(data_dir: &Path) -> PathBuf {
    data_dir.join("sen.sock")
}

/// Listens on the data folder's socket; the caller holds the folder's lock, so that a file left there is stale.
///
/// # Errors
/// When the socket can't be made, for example because the path is longer than the system allows (some 100 bytes).
pub fn listen(data_dir: &Path) -> Result<UnixListener> {
    let path = socket_path(data_dir);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&path).with_context(|| format!("không mở được {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Asks the service that runs on `data_dir`. `None` when nobody listens there.
///
/// # Errors
/// The service's own reason when it fails, or that the connection broke before an answer.
pub async fn call(data_dir: &Path, request: &Request, on_progress: &mut (dyn FnMut(usize, usize, &str) + Send)) -> Result<Option<Value>> {
    let Some(stream) = connect(&socket_path(data_dir)).await? else { return Ok(None) };
    let (reader, mut writer) = stream.into_split();
    writer.write_all(&line(request)?).await?;
    let mut lines = BufReader::new(reader).lines();
    while let Some(text) = lines.next_line().await? {
        match serde_json::from_str(&text)? {
            Event::Progress { done, total, what } => on_progress(done, total, &what),
            Event::Done(value) => return Ok(Some(value)),
            Event::Failed(reason) => bail!(reason),
        }
    }
    bail!("tiến trình đang chạy đã ngắt kết nối trước khi trả lời")
}

/// A missing file or one that nobody listens on any more is "nobody", not an error.
async fn connect(path: &Path) -> Result<Option<UnixStream>> {
    match UnixStream::connect(path).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("không nối được tới {}", path.display())),
    }
}

/// Answers the one request of a connection with `handler`, passing its progress on. When the caller goes away, the
/// handler still runs to its end.
///
/// # Errors
/// When the request can't be read; a handler's failure is told to the caller instead.
pub async fn serve_connection<H, F>(stream: UnixStream, handler: H) -> Result<()>
where
    H: FnOnce(Request, Progress) -> F,
    F: Future<Output = Result<Value>>,
{
    let (reader, mut writer) = stream.into_split();
    let mut text = String::new();
    BufReader::new(reader.take(LONGEST_REQUEST)).read_line(&mut text).await?;
    let request = serde_json::from_str(&text).context("the request isn't one JSON line")?;
    let (sender, mut events) = mpsc::channel(64);
    let work = async {
        let last = match handler(request, Progress(sender.clone())).await {
            Ok(value) => Event::Done(value),
            Err(error) => Event::Failed(format!("{error:#}")),
        };
        let _ = sender.send(last).await;
        drop(sender);
    };
    let pass_on = async {
        while let Some(event) = events.recv().await {
            let is_last = !matches!(event, Event::Progress { .. });
            let sent = writer.write_all(&line(&event)?).await;
            if is_last {
                break;
            }
            if let Err(error) = sent {
                tracing::debug!(%error, "the caller went away");
            }
        }
        Ok(())
    };
    tokio::join!(work, pass_on).1
}

fn line(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
