//! Brings a message to the citizen.

use anyhow::Result;

use super::{Claimed, Delivery};
use crate::app::App;
use crate::channel::{Channel, telegram};
use crate::db::conversations::Conversation;
use crate::db::messages;
use crate::hub::Live;

/// Delivers message `seq` of the conversation on its channel. A web page reads the message from the database; it is only
/// told that it is there, so delivering twice does no harm.
pub(super) async fn run(app: &App, claimed: &Claimed, conversation: &Conversation, seq: i64) -> Result<Delivery> {
    match conversation.channel {
        Channel::Web => {
            app.hub.publish(&conversation.id, Live::Message(seq));
            Ok(Delivery::Done)
        }
        Channel::Telegram => match messages::find(&app.db, &conversation.id, seq).await? {
            Some(message) => telegram::send::deliver(app, claimed, conversation, &message).await,
            // Deleted in between, by the citizen's wish.
            None => Ok(Delivery::Done),
        },
    }
}
