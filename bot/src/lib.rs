//! Channels, conversation, answering, handoff and the staff console.
//!
//! # Layout
//! A citizen's question: [`channel`] → [`inbox`] → [`conversation`] → [`answering`] → [`outbox`] (`deliver_reply`). When it
//! can't be answered: [`handoff`] → [`db`] (`tickets`) → [`staff`] → [`outbox`] → the same chat.
//!
//! A guide: [`staff`] (`content`) → [`knowledge`] → [`outbox`] (`index_guide`) → `indexer`.
//!
//! Around it: [`startup`] opens the parts, [`serve`] runs them, [`workers`] drain the queues, [`hub`] tells open pages,
//! [`learning`] teaches in lessons, [`places`] knows the communes, [`control`] and [`ask`] let commands work through a running
//! process, [`evaluate`] judges answers, [`backup`] carries everything elsewhere, [`privacy`] keeps nothing longer than it
//! should, [`telemetry`] shows operators how it goes, [`language`] has all words in English too.

pub mod answering;
mod api;
pub mod app;
pub mod ask;
pub mod attachments;
mod audit;
pub mod backup;
pub mod channel;
pub mod clock;
pub mod config;
pub mod control;
mod conversation;
pub mod db;
pub mod evaluate;
pub mod handoff;
pub mod hub;
pub mod inbox;
mod index_keeper;
pub mod instances;
pub mod knowledge;
pub mod language;
pub mod learning;
pub mod lease;
pub mod nightly;
pub mod outbox;
pub mod places;
pub mod privacy;
pub mod queue;
pub mod router;
pub mod serve;
pub mod staff;
pub mod startup;
pub mod telemetry;
#[cfg(test)]
mod test_support;
mod token_buckets;
pub mod workers;
