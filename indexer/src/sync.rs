//! Brings the index to the state of the content store.
//!
//! An index belongs to one embedder and one chunker. When either changes, a new index is built beside the old one, which
//! answers until the switch; the switch is one row in the database. The embedded index loses what was not flushed
//! before a kill, so that each run compares three things: the chunks that should be there, those recorded as indexed,
//! and those that the index really holds.
//!
//! Indexes in a folder belong to one process. Those on a server may answer in several, of which one at a time syncs;
//! the others notice a switch in the database ([`Indexer::refresh`]). An index that was switched away from stays until
//! the next sync, and a search that still comes too late is run once more ([`Indexer::search`]).

mod embedded;
mod one_guide;
mod place;
mod removal;
mod state;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, Result};
use models::Embedder;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::chunker::{CHUNKER_VERSION, Chunk, chunk};
use crate::content;
use crate::database::Database;
use crate::guide::Level;
use crate::lexical::document_terms;
use crate::vector_index::{ChunkPayload, IndexError, IndexLocation, Point, VectorIndex};
use embedded::Embedded;
use place::Place;
use state::{IndexRow, State};

/// How many chunks are embedded, flushed and recorded at a time.
const BATCH: usize = 64;

/// So many changed chunks make a tidying of the index worth its time.
const MANY_CHANGES: usize = 2_000;

/// What a sync did, in chunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexReport {
    /// Embedded and written.
    pub created: usize,
    /// Removed.
    pub deleted: usize,
    /// Already there.
    pub unchanged: usize,
}

/// The index that answers now.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The index.
    pub index: Arc<VectorIndex>,
    /// Whether its vectors come from the embedder at hand. While an index of another model answers, it can be searched
    /// by terms only.
    pub dense_matches: bool,
    row: IndexRow,
}

/// Keeps the indexes of one installation.
pub struct Indexer {
    place: Arc<Place>,
    database: Database,
    embedder: Arc<dyn Embedder>,
    serving: RwLock<Option<Serving>>,
    /// Held while the database is asked which index answers and that one is opened, so that an older answer never
    /// replaces a newer one.
    choosing: Mutex<()>,
    /// Former indexes that a search may still hold: Edge flushes on drop, so their files go after their last user.
    former: Mutex<Vec<(String, Arc<VectorIndex>)>>,
    syncing: Mutex<()>,
}

impl Indexer {
    /// Opens the current index, if there is one. Of a folder, whose lock the caller holds, it also removes what earlier
    /// runs left behind.
    ///
    /// # Errors
    /// When the database, the folder or the server fails. A damaged index is no error: the next sync builds it anew.
    pub async fn open(location: IndexLocation, database: Database, embedder: Arc<dyn Embedder>) -> Result<Indexer> {
        let indexer = Indexer {
            place: Arc::new(Place::new(location)?),
            database,
            embedder,
            serving: RwLock::new(None),
            choosing: Mutex::new(()),
            former: Mutex::new(Vec::new()),
            syncing: Mutex::new(()),
        };
        if !indexer.place.is_shared() {
            indexer.remove_leftovers().await?;
        }
        indexer.reopen().await?;
        Ok(indexer)
    }

    /// The index that answers now; `None` before the first build.
    pub fn serving(&self) -> Option<Serving> {
        self.serving.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a search of the index that answers now on a blocking thread; `None` before the first build. When another
    /// process has meanwhile removed that index, the search is run once more, on the newer one: look at
    /// [`Serving::dense_matches`] within it.
    ///
    /// # Errors
    /// What the search gives, or when the database fails.
    pub async fn search<T, S>(&self, search: S) -> Result<Option<T>>
    where
        T: Send + 'static,
        S: Fn(&Serving) -> Result<T, IndexError> + Send + Sync + 'static,
    {
        let search = Arc::new(search);
        match self.search_once(&search).await? {
            Some(Err(IndexError::Missing(_))) => self.refresh().await?,
            found => return Ok(found.transpose()?),
        };
        Ok(self.search_once(&search).await?.transpose()?)
    }

    async fn search_once<T, S>(&self, search: &Arc<S>) -> Result<Option<Result<T, IndexError>>>
    where
        T: Send + 'static,
        S: Fn(&Serving) -> Result<T, IndexError> + Send + Sync + 'static,
    {
        let Some(serving) = self.serving() else { return Ok(None) };
        let search = Arc::clone(search);
        Ok(Some(spawn_blocking(move || search(&serving)).await?))
    }

    /// Turns to the index that another process has switched to; `true` when there was one. Cheap when there was none,
    /// and nothing at all for a folder.
    ///
    /// # Errors
    /// When the database or the server fails; the index that answers goes on answering.
    pub async fn refresh(&self) -> Result<bool> {
        if !self.place.is_shared() {
            return Ok(false);
        }
        let _choosing = self.choosing.lock().await;
        let current = state::current(&self.database).await?;
        let serving = self.serving().map(|serving| serving.row.name);
        let Some(row) = current.filter(|row| Some(&row.name) != serving.as_ref()) else { return Ok(false) };
        let Some(index) = self.open_index(&row).await? else { return Ok(false) };
        self.serve(Some(self.served(row, index)));
        Ok(true)
    }

    /// Opens the index that the database calls current and serves it; none when it is damaged or gone.
    async fn reopen(&self) -> Result<()> {
        let _choosing = self.choosing.lock().await;
        let Some(row) = state::current(&self.database).await? else { return Ok(()) };
        let index = self.open_index(&row).await?;
        self.serve(index.map(|index| self.served(row, index)));
        Ok(())
    }

    /// Answers from this index from now on; gives the one before.
    fn serve(&self, serving: Option<Serving>) -> Option<Serving> {
        std::mem::replace(&mut *self.serving.write().unwrap_or_else(PoisonError::into_inner), serving)
    }

    fn served(&self, row: IndexRow, index: Arc<VectorIndex>) -> Serving {
        Serving { index, dense_matches: row.model_id == self.embedder.id(), row: IndexRow { state: State::Current, ..row } }
    }

    /// Brings the index to the state of the content store and tells `progress` (done, total) in chunks to embed. One
    /// sync at a time, a second one waits; of several processes the caller lets one at a time sync. A killed sync is
    /// taken up where its last batch ended, also by another process.
    ///
    /// # Errors
    /// When the database, the embedder or the index fails; the index that answers goes on answering.
    pub async fn sync(&self, now: i64, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<IndexReport> {
        let _turn = self.syncing.lock().await;
        if self.place.is_shared() {
            self.reopen().await?;
            self.remove_leftovers().await?;
        }
        let (row, index) = self.target(now).await?;
        let report = self.fill(&row, &index, progress).await?;
        if row.state == State::Building {
            self.switch_to(&row, index).await?;
        }
        self.at_place(move |place| place.announce(&row.name)).await?;
        if !self.place.is_shared() {
            self.remove_retired().await?;
        }
        Ok(report)
    }

    /// Serves the completed index. The one before goes once its last search has ended or, on a server, at the next sync.
    async fn switch_to(&self, row: &IndexRow, index: Arc<VectorIndex>) -> Result<()> {
        let _choosing = self.choosing.lock().await;
        state::switch_to(&self.database, &row.name).await?;
        let before = self.serve(Some(self.served(row.clone(), index)));
        if let Some(before) = before.filter(|_| !self.place.is_shared()) {
            self.former.lock().await.push((before.row.name, before.index));
        }
        Ok(())
    }

    /// The index to fill: the serving one when it fits the embedder and the chunker, else one being built.
    async fn target(&self, now: i64) -> Result<(IndexRow, Arc<VectorIndex>)> {
        if let Some(serving) = self.serving().filter(|serving| self.fits(&serving.row)) {
            return Ok((serving.row, serving.index));
        }
        for row in state::building(&self.database).await? {
            if self.fits(&row)
                && let Some(index) = self.open_index(&row).await?
            {
                return Ok((row, index));
            }
            self.remove(&row.name).await?;
        }
        let row = state::create(&self.database, self.embedder.as_ref(), now).await?;
        let index = self.open_index(&row).await?.context("a new index can't be opened")?;
        Ok((row, index))
    }

    fn fits(&self, row: &IndexRow) -> bool {
        row.model_id == self.embedder.id() && row.chunker_version == i64::from(CHUNKER_VERSION)
    }

    /// Opens an index; `None` when it is damaged or gone. The dimensions of another model's index are its own.
    async fn open_index(&self, row: &IndexRow) -> Result<Option<Arc<VectorIndex>>> {
        let wanted = row.clone();
        match self.at_place(move |place| Ok(place.open(&wanted))).await? {
            Ok(index) => Ok(Some(Arc::new(index))),
            Err(error @ (IndexError::Corrupt(_) | IndexError::Missing(_))) => {
                tracing::warn!(index = row.name, %error, "the index must be built anew");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Runs a blocking call on a blocking thread.
    async fn at_place<T: Send + 'static>(&self, call: impl FnOnce(&Place) -> Result<T> + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.place);
        spawn_blocking(move || call(&place)).await?
    }

    async fn fill(&self, row: &IndexRow, index: &Arc<VectorIndex>, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<IndexReport> {
        let recorded = state::chunk_ids(&self.database, &row.name).await?;
        let held = blocking(index, VectorIndex::ids).await?;
        let is_there = |id: &u64| recorded.contains(id) && held.contains(id);
        let mut wanted = HashSet::new();
        let mut missing = Vec::new();
        content::each_published(&self.database, |found| {
            let chunks = chunk(&found.guide).into_iter().filter(|chunk| wanted.insert(chunk.id) && !is_there(&chunk.id));
            missing.extend(chunks.map(|chunk| (chunk, found.guide.level)));
        })
        .await?;
        let stale: Vec<u64> = recorded.union(&held).copied().filter(|id| !wanted.contains(id)).collect();
        let mut embedded = Embedded::default();
        for (number, batch) in missing.chunks(BATCH).enumerate() {
            progress(number * BATCH, missing.len());
            self.write(row, index, batch, &mut embedded).await?;
        }
        progress(missing.len(), missing.len());
        self.delete(row, index, stale.clone()).await?;
        if missing.len() + stale.len() >= MANY_CHANGES {
            blocking(index, VectorIndex::optimize).await?;
        }
        Ok(IndexReport { created: missing.len(), deleted: stale.len(), unchanged: wanted.len() - missing.len() })
    }

    /// Embeds and writes a batch, and records it once it would outlive a kill.
    async fn write(&self, row: &IndexRow, index: &Arc<VectorIndex>, batch: &[(Chunk, Level)], embedded: &mut Embedded) -> Result<()> {
        embedded.add(&self.embedder, batch).await?;
        let points: Vec<Point> = batch.iter().map(|(chunk, level)| point(chunk, *level, embedded)).collect();
        blocking(index, move |index| index.upsert(&points).and_then(|()| index.flush())).await?;
        state::record(&self.database, &row.name, batch.iter().map(|(chunk, _)| chunk)).await
    }

    async fn delete(&self, row: &IndexRow, index: &Arc<VectorIndex>, ids: Vec<u64>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let stale = ids.clone();
        blocking(index, move |index| index.delete(&stale).and_then(|()| index.flush())).await?;
        state::forget(&self.database, &row.name, &ids).await
    }
}

/// Runs a blocking call of the index on a blocking thread.
async fn blocking<T: Send + 'static>(
    index: &Arc<VectorIndex>,
    call: impl FnOnce(&VectorIndex) -> Result<T, IndexError> + Send + 'static,
) -> Result<T> {
    let index = Arc::clone(index);
    Ok(spawn_blocking(move || call(&index)).await??)
}

fn point(chunk: &Chunk, level: Level, embedded: &Embedded) -> Point {
    let payload = ChunkPayload { guide_id: chunk.guide_id.clone(), section: chunk.section, level };
    Point { id: chunk.id, dense: embedded.vector(chunk), sparse: document_terms(&chunk.text), payload }
}
