//! The guides that answers are composed from: each in the revision that was taken in, with its names in the catalogue.

use std::sync::{Arc, PoisonError};

use anyhow::Result;
use indexer::content;

use super::catalogue::Catalogue;
use super::glossary::Glossary;
use super::topics::Topics;
use super::{Engine, OpenGuide};

/// So many changed guides are read all at once.
const MANY: usize = 50;

impl Engine {
    /// Answers with these words from now on, and from every guide as it is published now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reload(&self, glossary: Glossary, topics: Topics) -> Result<()> {
        {
            let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
            words.glossary = Arc::new(glossary);
            words.topics = Arc::new(topics);
        }
        self.refresh().await
    }

    /// Answers from every guide as it is published now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self) -> Result<()> {
        let _turn = self.reading.lock().await;
        let changed = self.catalogue().outdated(&content::served_revisions(&self.db).await?);
        if changed.len() > MANY {
            self.replace_catalogue(Catalogue::of_published(&self.db).await?);
            return Ok(());
        }
        self.read_guides(&changed).await
    }

    /// Answers from a guide as it is published now, or no longer where it is withdrawn. Until then the revision that was
    /// taken in before answers: first its passages have to be in the index.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_in(&self, id: &str) -> Result<()> {
        let _turn = self.reading.lock().await;
        self.read_guides(&[id.to_owned()]).await
    }

    async fn read_guides(&self, ids: &[String]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut catalogue = Catalogue::clone(&self.catalogue());
        for id in ids {
            match self.guide(id).await? {
                Some(published) => catalogue.put(&published),
                None => catalogue.remove(id),
            }
        }
        self.replace_catalogue(catalogue);
        Ok(())
    }

    fn replace_catalogue(&self, catalogue: Catalogue) {
        self.words.write().unwrap_or_else(PoisonError::into_inner).catalogue = Arc::new(catalogue);
    }

    /// A guide to answer from, in the revision that was taken in.
    pub(super) async fn open_guide(&self, id: &str) -> Result<Option<Arc<OpenGuide>>> {
        let words = self.words.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(revision) = words.catalogue.get(id).map(|entry| entry.revision) else { return Ok(None) };
        let known = words.opened.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(guide) = known.filter(|guide| guide.published.revision == revision) {
            return Ok(Some(guide));
        }
        let Some(published) = content::published_at(&self.db, id, revision).await? else { return Ok(None) };
        let guide = Arc::new(OpenGuide::new(published));
        words.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), guide.clone());
        Ok(Some(guide))
    }
}
