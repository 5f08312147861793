//! Pictures, voice messages and files that citizens send: Sen can't read them and keeps them for staff.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use indexer::database::Database;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::app::App;
use crate::channel::Media;
use crate::db::Transaction;
use crate::outbox::{self, Job};

/// Larger files are not fetched, in bytes.
pub(crate) const LARGEST_BYTES: i64 = 10 * 1024 * 1024;

/// One attachment.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Row id; also the file's name in the data folder.
    pub id: String,
    /// The message that it came with.
    pub seq: i64,
    /// What it is, as tables name it.
    pub kind: String,
    /// The sender's name of the file.
    pub name: Option<String>,
    /// The platform's media type of it.
    pub media_type: Option<String>,
    /// Its size.
    pub bytes: Option<i64>,
    /// The platform's id of the file.
    pub platform_file_id: String,
    /// The file in the attachments' folder, once it is fetched.
    pub file: Option<String>,
}

/// Where the files lie.
pub fn folder(app: &App) -> PathBuf {
    app.config.data_dir.join("attachments")
}

/// Notes the file of a message and that it has to be fetched.
pub(crate) async fn keep(tx: &mut Transaction, app: &App, conversation_id: &str, seq: i64, media: &Media) -> Result<()> {
    let Some(file) = &media.file else { return Ok(()) };
    let id = app.random.id();
    sqlx::query(
        "INSERT INTO attachments (id, conversation_id, seq, kind, name, media_type, bytes, platform_file_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&id)
    .bind(conversation_id)
    .bind(seq)
    .bind(media.kind.key())
    .bind(&file.name)
    .bind(&file.media_type)
    .bind(file.bytes)
    .bind(&file.id)
    .bind(app.clock.now_ms())
    .execute(&mut **tx)
    .await?;
    outbox::enqueue(tx, app, conversation_id, Job::FetchAttachment { id }).await
}

const COLUMNS: &str = "id, seq, kind, name, media_type, bytes, platform_file_id, file";

fn read(row: &AnyRow) -> Result<Attachment> {
    Ok(Attachment {
        id: row.try_get("id")?,
        seq: row.try_get("seq")?,
        kind: row.try_get("kind")?,
        name: row.try_get("name")?,
        media_type: row.try_get("media_type")?,
        bytes: row.try_get("bytes")?,
        platform_file_id: row.try_get("platform_file_id")?,
        file: row.try_get("file")?,
    })
}

/// The attachment with this id.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Database, id: &str) -> Result<Option<Attachment>> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE id = $1");
    sqlx::query(&sql).bind(id).fetch_optional(&db.reader).await?.as_ref().map(read).transpose()
}

/// What was sent in a conversation, in order.
///
/// # Errors
/// When the database fails.
pub async fn of_conversation(db: &Database, conversation_id: &str) -> Result<Vec<Attachment>> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE conversation_id = $1 ORDER BY seq");
    sqlx::query(&sql).bind(conversation_id).fetch_all(&db.reader).await?.iter().map(read).collect()
}

/// Writes the fetched file under the attachment's own id, never under a name from outside. Where the citizen has had it erased
/// meanwhile, no file is left.
pub(crate) async fn store(app: &App, attachment: &Attachment, bytes: &[u8]) -> Result<()> {
    let (folder, name) = (folder(app), attachment.id.clone());
    tokio::fs::create_dir_all(&folder).await?;
    let unfinished = folder.join(format!("{name}.part"));
    tokio::fs::write(&unfinished, bytes).await.with_context(|| format!("could not write {}", unfinished.display()))?;
    tokio::fs::rename(&unfinished, folder.join(&name)).await?;
    let kept = sqlx::query("UPDATE attachments SET file = $2, bytes = $3 WHERE id = $1")
        .bind(&attachment.id)
        .bind(&name)
        .bind(i64::try_from(bytes.len())?)
        .execute(&app.db.writer)
        .await?;
    if kept.rows_affected() == 0 {
        tokio::fs::remove_file(folder.join(&name)).await?;
    }
    Ok(())
}
