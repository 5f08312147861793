//! A simulator of the Telegram Bot API, written from its documentation and as strict as the real one.
//!
//! The bot under test talks HTTP to it; a test plays the citizens through [`Simulator`]. Two bot libraries written by others
//! run against it too (`telegram/clients/`), so that it can't just mirror our own ideas of the protocol.
//!
//! Not there: MarkdownV2, inline mode, channels, topics, payments, the end of updates after 24 hours, calls in the answer to a webhook.

mod api;
mod bot_commands;
mod callbacks;
mod entities;
mod faults;
mod files;
mod html;
mod keyboard;
mod limits;
mod message;
mod multipart;
mod page;
mod params;
mod people;
mod play;
mod refusal;
mod send;
mod simulator;
mod state;
mod updates;
mod webhook;

pub use callbacks::CallbackAnswer;
pub use entities::Entity;
pub use faults::{Fault, Faults};
pub use keyboard::Button;
pub use limits::Limits;
pub use message::SimMessage;
pub use people::{Media, Said};
pub use simulator::Simulator;
pub use state::{Call, Statistics};
pub use webhook::WebhookState;
