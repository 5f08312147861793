//! The vectors of passages while an index is filled. Many procedures share names and phrases: one text is embedded once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use models::{EmbedError, Embedder, TextKind};
use tokio::task::spawn_blocking;

use crate::chunker::Chunk;
use crate::guide::Level;

/// How long to wait when the embedder is busy with citizens' questions.
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// Vectors by the digest of the text.
#[derive(Default)]
pub(super) struct Embedded(HashMap<String, Vec<f32>>);

impl Embedded {
    /// Embeds what of these chunks is searched by meaning and has not been embedded yet.
    pub(super) async fn add(&mut self, embedder: &Arc<dyn Embedder>, batch: &[(Chunk, Level)]) -> Result<()> {
        let chunks = batch.iter().map(|(chunk, _)| chunk).filter(|chunk| chunk.section.is_embedded());
        let new: HashMap<&String, &String> =
            chunks.filter(|chunk| !self.0.contains_key(&chunk.digest)).map(|chunk| (&chunk.digest, &chunk.text)).collect();
        let (digests, texts): (Vec<String>, Vec<String>) = new.into_iter().map(|(digest, text)| (digest.clone(), text.clone())).unzip();
        let vectors = embed(embedder, texts).await?;
        self.0.extend(digests.into_iter().zip(vectors));
        Ok(())
    }

    /// The vector of a chunk; none where it is searched by terms only.
    pub(super) fn vector(&self, chunk: &Chunk) -> Option<Vec<f32>> {
        self.0.get(&chunk.digest).filter(|_| chunk.section.is_embedded()).cloned()
    }
}

/// Embeds passages; when citizens' questions fill the embedder's queue, they go first.
async fn embed(embedder: &Arc<dyn Embedder>, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let texts = Arc::new(texts);
    loop {
        let (embedder, texts) = (Arc::clone(embedder), Arc::clone(&texts));
        let embedded = spawn_blocking(move || {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            embedder.embed(TextKind::Passage, &texts)
        });
        match embedded.await? {
            Err(EmbedError::Overloaded) => tokio::time::sleep(BUSY_PAUSE).await,
            vectors => return Ok(vectors?),
        }
    }
}
