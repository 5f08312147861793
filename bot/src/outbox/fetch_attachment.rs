//! Brings a picture or file from the platform into the data folder, for staff.

use anyhow::Result;

use super::Delivery;
use crate::app::App;
use crate::attachments::{self, LARGEST_BYTES};
use crate::channel::telegram::api::ApiError;

/// Fetches the file of an attachment. One that is too large stays with the platform; staff are told.
pub(super) async fn run(app: &App, id: &str) -> Result<Delivery> {
    let Some(attachment) = attachments::find(&app.db, id).await?.filter(|attachment| attachment.file.is_none()) else {
        return Ok(Delivery::Done);
    };
    let Some(telegram) = &app.telegram else { return Ok(Delivery::Undeliverable("Telegram is switched off".into())) };
    if attachment.bytes.is_some_and(|bytes| bytes > LARGEST_BYTES) {
        return Ok(Delivery::Undeliverable("the file is too large".into()));
    }
    match telegram.api.fetch_file(&attachment.platform_file_id, LARGEST_BYTES).await {
        Ok(bytes) => {
            attachments::store(app, &attachment, &bytes).await?;
            Ok(Delivery::Done)
        }
        Err(ApiError::Unavailable(why)) => Ok(Delivery::Later(why, None)),
        Err(ApiError::RetryAfter(pause)) => Ok(Delivery::Later("too many requests".into(), Some(pause.as_millis() as i64))),
        Err(error) => Ok(Delivery::Undeliverable(error.to_string())),
    }
}
