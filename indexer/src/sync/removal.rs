//! Takes away indexes that nobody needs any more.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::{Indexer, state};

impl Indexer {
    /// Removes an index's row and then its files; a kill in between leaves a folder that the next start removes.
    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        state::remove(&self.database, name).await?;
        let dir = self.folder.join(name);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| dir.display().to_string()),
            _ => Ok(()),
        }
    }

    /// Removes former indexes that no search holds any more.
    pub(super) async fn remove_former(&self) -> Result<()> {
        let mut former = self.former.lock().await;
        for (name, index) in std::mem::take(&mut *former) {
            match Arc::try_unwrap(index) {
                Ok(index) => {
                    drop(index);
                    self.remove(&name).await?;
                }
                Err(held) => former.push((name, held)),
            }
        }
        Ok(())
    }

    /// Removes retired indexes and folders without a row, as a kill leaves them.
    pub(super) async fn remove_leftovers(&self) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        for name in state::retired(&self.database).await? {
            self.remove(&name).await?;
        }
        let known: HashSet<String> = state::names(&self.database).await?.into_iter().collect();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let is_known = entry.file_name().to_str().is_some_and(|name| known.contains(name));
            if !is_known && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}
