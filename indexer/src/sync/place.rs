//! Where indexes lie, each under its name.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::state::{self, IndexRow, State};
use crate::vector_index::server::Connection;
use crate::vector_index::{IndexError, IndexLocation, VectorIndex};

/// What the alias of the current index adds to the prefix. It tells people and other programs which collection answers;
/// we go by the database.
const ALIAS: &str = "current";

/// A folder of our own, or a server that other processes use too. All methods block.
pub(super) enum Place {
    Folder(PathBuf),
    Server { connection: Connection, prefix: String },
}

impl Place {
    pub(super) fn new(location: IndexLocation) -> Result<Place, IndexError> {
        match location {
            IndexLocation::Folder(folder) => Ok(Place::Folder(folder)),
            IndexLocation::Server(address) => Ok(Place::Server { connection: Connection::new(&address)?, prefix: address.prefix }),
        }
    }

    /// Whether other processes may use the same indexes.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Place::Server { .. })
    }

    /// Opens an index, creating it when missing. The current one is not created on a server: a process that has not
    /// heard of a switch yet would bring back what another one has just removed.
    pub(super) fn open(&self, row: &IndexRow) -> Result<VectorIndex, IndexError> {
        match self {
            Place::Folder(folder) => VectorIndex::open_or_create(&folder.join(&row.name), row.dimensions),
            Place::Server { connection, prefix } => {
                let collection = format!("{prefix}{}", row.name);
                match row.state {
                    State::Building => VectorIndex::open_or_create_on(connection, &collection, row.dimensions),
                    State::Current => VectorIndex::open_on(connection, &collection, row.dimensions),
                }
            }
        }
    }

    /// The names of the indexes that lie here.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        match self {
            Place::Folder(folder) => names_of_folders(folder),
            Place::Server { connection, prefix } => {
                let ours = |name: String| name.strip_prefix(prefix.as_str()).filter(|name| state::is_name(name)).map(str::to_owned);
                Ok(connection.collections()?.into_iter().filter_map(ours).collect())
            }
        }
    }

    /// Removes an index; one that is not there is passed over.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match self {
            Place::Folder(folder) => match fs::remove_dir_all(folder.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error).with_context(|| folder.join(name).display().to_string()),
                _ => Ok(()),
            },
            Place::Server { connection, prefix } => Ok(connection.remove(&format!("{prefix}{name}"))?),
        }
    }

    /// Lets the server's alias name the current index.
    pub(super) fn announce(&self, name: &str) -> Result<()> {
        match self {
            Place::Folder(_) => Ok(()),
            Place::Server { connection, prefix } => Ok(connection.point_alias(&format!("{prefix}{ALIAS}"), &format!("{prefix}{name}"))?),
        }
    }
}

fn names_of_folders(folder: &Path) -> Result<Vec<String>> {
    fs::create_dir_all(folder)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    Ok(names)
}
