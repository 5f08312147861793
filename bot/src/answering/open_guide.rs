//! A guide as answering reads it.

use std::sync::OnceLock;

use indexer::chunker::{Chunk, chunk};
use indexer::content::PublishedGuide;

use super::evidence::{self, Sentence};

/// A guide's revision and its passages, read once until another one is taken in.
pub(crate) struct OpenGuide {
    pub(super) published: PublishedGuide,
    pub(super) passages: Vec<Chunk>,
    /// Read when one is first sought.
    sentences: OnceLock<Vec<Sentence>>,
}

impl OpenGuide {
    pub(super) fn new(published: PublishedGuide) -> Self {
        Self { passages: chunk(&published.guide), published, sentences: OnceLock::new() }
    }

    pub(super) fn sentences(&self) -> &[Sentence] {
        self.sentences.get_or_init(|| evidence::sentences(&self.published.guide))
    }
}
