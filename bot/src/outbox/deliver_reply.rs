//! Brings a message to the citizen.

use anyhow::{Context as _, Result};

use crate::app::App;
use crate::channel::Channel;
use crate::db::conversations;
use crate::hub::Live;

/// Delivers message `seq` of the conversation on its channel. A web page reads the message from the database; it is only
/// told that it is there, so delivering twice does no harm.
pub(super) async fn run(app: &App, conversation_id: &str, seq: i64) -> Result<()> {
    let conversation = conversations::by_id(&app.db, conversation_id).await?.context("the conversation is gone")?;
    match conversation.channel {
        Channel::Web => app.hub.publish(&conversation.id, Live::Message(seq)),
    }
    Ok(())
}
