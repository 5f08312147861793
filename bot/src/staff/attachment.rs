//! `GET /staff/attachments/{id}`: a picture or file that a citizen sent.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::attachments::{self, Attachment};
use crate::db::staff::Session;
use crate::language::{Language, t, vi};
use crate::router::page::Refusal;

/// How a ticket lists an attachment.
pub(super) struct AttachmentView {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) is_here: bool,
}

/// "Ảnh chup.jpg (120 KB)"
pub(super) fn view(attachment: &Attachment, language: Language) -> AttachmentView {
    let kind = match attachment.kind.as_str() {
        "photo" => vi("Ảnh"),
        "voice" => vi("Tin nhắn thoại"),
        "video" => vi("Video"),
        _ => vi("Tệp"),
    };
    let name = attachment.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    let size = attachment.bytes.map(|bytes| format!(" ({} KB)", (bytes + 1_023) / 1_024)).unwrap_or_default();
    AttachmentView { id: attachment.id.clone(), label: format!("{}{name}{size}", t(language, kind)), is_here: attachment.file.is_some() }
}

/// Pictures are shown, everything else is saved: what a stranger sent must not run in the console.
pub(super) async fn show(State(app): State<App>, _session: Session, Path(id): Path<String>) -> Result<Response, Refusal> {
    let attachment = attachments::find(&app.db, &id).await?.ok_or(Refusal::NotFound)?;
    let file = attachment.file.ok_or(Refusal::NotFound)?;
    let bytes = tokio::fs::read(attachments::folder(&app).join(file)).await.map_err(anyhow::Error::from)?;
    let (media_type, disposition) = match picture_type(&bytes) {
        Some(media_type) => (media_type, "inline"),
        None => ("application/octet-stream", "attachment"),
    };
    let name = file_name(attachment.name.as_deref());
    let disposition = HeaderValue::from_str(&format!("{disposition}; filename=\"{name}\"")).map_err(anyhow::Error::from)?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// By the first bytes, not by what the sender says.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// ASCII only, without anything that could end the header's value.
fn file_name(name: Option<&str>) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = name.unwrap_or_default().chars().filter(is_plain).take(80).collect();
    if name.trim_matches('.').is_empty() { "tep".into() } else { name }
}
