//! How well retrieval alone does: whether the right guide or passage is among the first, by style and by intent.
//!
//! # Layout
//! - [`questions`]: a question set, as `bot evaluate` reads it too.
//! - [`squad`]: question → paragraph sets in SQuAD's form, with an index of their own.
//! - [`installed`]: a question set against the index that answers.
//! - [`search`]: the searches that are compared, and their measures.
//! - [`measures`]: recall, reciprocal rank, gain.
//! - [`report`]: the table that people read.

pub mod installed;
pub mod measures;
pub mod questions;
pub mod report;
pub mod search;
pub mod squad;
