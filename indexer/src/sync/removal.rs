//! Takes away indexes that nobody needs any more.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Result;

use super::{Indexer, state};

impl Indexer {
    /// Removes an index's row and then the index; a kill in between leaves one without a row, which the next start or
    /// sync removes.
    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        state::remove(&self.database, name).await?;
        let name = name.to_owned();
        self.at_place(move |place| place.remove(&name)).await
    }

    /// Removes indexes that were switched away from, but those that a search of this process still holds.
    pub(super) async fn remove_retired(&self) -> Result<()> {
        let mut former = self.former.lock().await;
        former.retain(|(_, index)| Arc::strong_count(index) > 1);
        for name in state::retired(&self.database).await? {
            if !former.iter().any(|(held, _)| *held == name) {
                self.remove(&name).await?;
            }
        }
        Ok(())
    }

    /// Removes retired indexes and those without a row, as a kill leaves them.
    pub(super) async fn remove_leftovers(&self) -> Result<()> {
        self.remove_retired().await?;
        // Rows are read afterwards: one is written before its index is created.
        let there = self.at_place(|place| place.names()).await?;
        let known: HashSet<String> = state::names(&self.database).await?.into_iter().collect();
        for name in there.into_iter().filter(|name| !known.contains(name)) {
            self.at_place(move |place| place.remove(&name)).await?;
        }
        Ok(())
    }
}
