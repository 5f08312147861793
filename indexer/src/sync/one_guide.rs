//! One guide brought into the index, as a publication in the console needs it.

use anyhow::Result;

use super::embedded::Embedded;
use super::{IndexReport, Indexer, Serving, state};
use crate::chunker::{Chunk, chunk};
use crate::content;
use crate::guide::Level;

impl Indexer {
    /// Brings one guide's chunks in the index to what is published: embeds only those that are new, and takes the former
    /// ones out once the new ones are in. Where no index fits the embedder yet, everything is built.
    ///
    /// # Errors
    /// As [`Indexer::sync`].
    pub async fn sync_guide(&self, id: &str, now: i64) -> Result<IndexReport> {
        let turn = self.syncing.lock().await;
        if self.place.is_shared() {
            self.reopen().await?;
        }
        let Some(serving) = self.serving().filter(|serving| self.fits(&serving.row)) else {
            drop(turn);
            return self.sync(now, &mut |_, _| {}).await;
        };
        self.fill_with_guide(&serving, id).await
    }

    /// What the index holds beyond its record is left to the next [`Indexer::sync`]: only a kill leaves any.
    async fn fill_with_guide(&self, serving: &Serving, id: &str) -> Result<IndexReport> {
        let wanted = wanted_chunks(content::published(&self.database, id).await?);
        let recorded = state::chunk_ids_of(&self.database, &serving.row.name, id).await?;
        let stale: Vec<u64> = recorded.iter().copied().filter(|id| wanted.iter().all(|(chunk, _)| chunk.id != *id)).collect();
        let missing: Vec<_> = wanted.iter().filter(|(chunk, _)| !recorded.contains(&chunk.id)).cloned().collect();
        let report = IndexReport { created: missing.len(), deleted: stale.len(), unchanged: wanted.len() - missing.len() };
        let mut embedded = Embedded::default();
        for batch in missing.chunks(super::BATCH) {
            self.write(&serving.row, &serving.index, batch, &mut embedded).await?;
        }
        self.delete(&serving.row, &serving.index, stale).await?;
        Ok(report)
    }
}

fn wanted_chunks(published: Option<content::PublishedGuide>) -> Vec<(Chunk, Level)> {
    let Some(published) = published else { return Vec::new() };
    let level = published.guide.level;
    chunk(&published.guide).into_iter().map(|chunk| (chunk, level)).collect()
}
