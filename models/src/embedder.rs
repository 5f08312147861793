//! A model as an [`Embedder`]: prefixes, windows, pooling and the share of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::bert::Bert;
use crate::tokenization::Tokenization;
use crate::vector_math::l2_normalise;
use crate::{EmbedError, Embedder, TextKind};

/// A BERT sentence encoder trained with e5's prefixes (Wang et al. 2022).
pub(crate) struct BertEmbedder {
    id: String,
    tokenization: Tokenization,
    bert: Bert,
    /// Texts being embedded now: one alone gets all threads, several get one each.
    running: AtomicUsize,
}

impl BertEmbedder {
    pub(crate) fn new(id: String, tokenization: Tokenization, bert: Bert) -> Self {
        Self { id, tokenization, bert, running: AtomicUsize::new(0) }
    }

    fn embed_one(&self, kind: TextKind, text: &str, threads: usize) -> Result<Vec<f32>, EmbedError> {
        let prefix = match kind {
            TextKind::Query => "query: ",
            TextKind::Passage => "passage: ",
        };
        let ids = self.tokenization.ids(&format!("{prefix}{text}")).map_err(failed)?;
        let mut vector = vec![0.0; self.dimensions()];
        for window in self.tokenization.windows(&ids, self.bert.shape.window) {
            let mean = self.bert.mean(&window, threads).map_err(failed)?;
            // Windows count by their length; the final scaling makes the division by the total needless.
            let weight = (window.len() - 2).max(1) as f32;
            vector.iter_mut().zip(mean).for_each(|(sum, mean)| *sum += weight * mean);
        }
        l2_normalise(&mut vector);
        Ok(vector)
    }
}

impl Embedder for BertEmbedder {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.bert.shape.hidden
    }

    fn embed(&self, kind: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let running = Running::add(&self.running, texts.len());
        if let [text] = texts {
            let threads = if running.alone { rayon::current_num_threads() } else { 1 };
            return Ok(vec![self.embed_one(kind, text, threads)?]);
        }
        texts.par_iter().map(|text| self.embed_one(kind, text, 1)).collect()
    }
}

/// Counts texts while it lives, also through a panic.
struct Running<'a> {
    counter: &'a AtomicUsize,
    texts: usize,
    alone: bool,
}

impl<'a> Running<'a> {
    fn add(counter: &'a AtomicUsize, texts: usize) -> Self {
        let alone = counter.fetch_add(texts, Ordering::Relaxed) == 0;
        Self { counter, texts, alone }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(self.texts, Ordering::Relaxed);
    }
}

fn failed(error: impl std::fmt::Display) -> EmbedError {
    EmbedError::Failed(error.to_string())
}
