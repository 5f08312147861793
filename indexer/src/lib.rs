//! From a guide to searchable passages.
//!
//! # Layout: a guide's way
//! - [`guide`]: what an editor writes, read into rows.
//! - [`check`]: what is wrong with it, said to an editor.
//! - [`course`]: lessons that teach, written and checked like guides but not searched.
//! - [`database`], [`content`]: where it is kept and published, revision by revision.
//! - [`import`]: catalogues of official procedures, made into guides.
//! - [`chunker`]: cut into passages that read by themselves.
//! - [`lexical`]: Vietnamese words made comparable, and the terms of a passage or a question.
//! - [`fusion`]: one score from both searches.
//! - [`evaluate`]: how well the right guide or passage is found.
//! - [`vector_index`]: where passages are searched, by meaning and by terms.
//! - [`sync`]: brings the index to the state of the content store.
//! - [`build`]: all of it at once, for the command line and the bot.
//! - [`lock`], [`control`]: one process owns the data folder; other commands work through it.

pub mod build;
pub mod check;
pub mod chunker;
pub mod content;
pub mod control;
pub mod course;
pub mod database;
pub mod evaluate;
pub mod fusion;
pub mod guide;
pub mod import;
pub mod lexical;
pub mod lock;
pub mod sync;
pub mod vector_index;
