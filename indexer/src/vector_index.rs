//! Where passages are searched, by meaning (dense vectors) and by terms (sparse ones).
//!
//! All methods block: async callers run them on a blocking thread.

pub mod edge;
pub mod server;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chunker::Section;
use crate::guide::Level;
use crate::lexical::SparseVector;
use edge::EdgeIndex;
use server::{Connection, ServerIndex};

const DENSE: &str = "dense";
const GUIDE_ID: &str = "guide_id";
const SECTION: &str = "section";
const LEVEL: &str = "level";

/// Where the indexes of an installation lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexLocation {
    /// In this folder, for one process; each index is a folder in it.
    Folder(PathBuf),
    /// On a server, for several processes; each index is a collection.
    Server(ServerAddress),
}

/// How a Qdrant server is reached. `Debug` leaves the key out.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// `http://` or `https://`, with the port of the gRPC interface, usually 6334.
    pub url: String,
    /// The key, where the server asks for one.
    pub api_key: Option<String>,
    /// What the names of our collections begin with. It belongs to one database: collections with it that the database
    /// doesn't know are removed.
    pub prefix: String,
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServerAddress").field("url", &self.url).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A passage to index.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The chunk's id.
    pub id: u64,
    /// Its L2-normalised embedding; none where it is searched by terms only.
    pub dense: Option<Vec<f32>>,
    /// The weights of its terms.
    pub sparse: SparseVector,
    /// What searches filter by and return.
    pub payload: ChunkPayload,
}

/// What is kept beside the vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkPayload {
    /// The guide.
    pub guide_id: String,
    /// The section.
    pub section: Section,
    /// The guide's level.
    pub level: Level,
}

/// Which passages a search considers: every field that is set must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Guides of this level only.
    pub level: Option<Level>,
    /// This guide only.
    pub guide_id: Option<String>,
    /// These sections only; all when empty.
    pub sections: Vec<Section>,
}

/// The terms of names and those of all other texts are two lists: each with its own rarity, and searched without the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermField {
    /// Passages that are a name.
    Names,
    /// All others.
    Text,
}

impl TermField {
    /// Both.
    pub const ALL: [TermField; 2] = [Self::Names, Self::Text];

    /// The list that a passage's terms are in.
    pub fn of(section: Section) -> Self {
        if section == Section::Names { Self::Names } else { Self::Text }
    }

    /// The name of its vectors.
    const fn key(self) -> &'static str {
        match self {
            Self::Names => "name_terms",
            Self::Text => "text_terms",
        }
    }
}

/// A passage that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The chunk's id.
    pub id: u64,
    /// Cosine similarity (dense) or the sum of weight products with the terms' rarity (sparse).
    pub score: f32,
    /// The guide. Many hits are of the same one.
    pub guide_id: Arc<str>,
    /// The section.
    pub section: Section,
}

/// Why the index did not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IndexError {
    /// What is there can't be opened; the content store can build it anew.
    #[error("the index can't be opened: {0}")]
    Corrupt(String),
    /// The server does not have it, or not any more: another process may have switched to a newer one.
    #[error("the index is gone: {0}")]
    Missing(String),
    /// The server does not answer; trying again later may help.
    #[error("the index server can't be reached: {0}")]
    Unreachable(String),
    /// An operation failed.
    #[error("the index failed: {0}")]
    Failed(String),
}

/// A vector index of one model and one chunker.
#[derive(Debug)]
pub enum VectorIndex {
    /// Qdrant Edge, in this process.
    Edge(Box<EdgeIndex>),
    /// A collection of a Qdrant server.
    Server(ServerIndex),
}

impl VectorIndex {
    /// Opens the embedded index in `dir`, or creates an empty one for vectors of that many dimensions.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] when there is one that can't be read or has other dimensions.
    pub fn open_or_create(dir: &Path, dimensions: usize) -> Result<VectorIndex, IndexError> {
        EdgeIndex::open_or_create(dir, dimensions).map(|index| VectorIndex::Edge(Box::new(index)))
    }

    /// Opens a collection, or creates an empty one for vectors of that many dimensions.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] when there is one with other dimensions or vectors; [`IndexError::Unreachable`].
    pub fn open_or_create_on(server: &Connection, collection: &str, dimensions: usize) -> Result<VectorIndex, IndexError> {
        ServerIndex::open_or_create(server, collection, dimensions).map(VectorIndex::Server)
    }

    /// Opens a collection that is there.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::Corrupt`] when it has other dimensions or vectors,
    /// [`IndexError::Unreachable`].
    pub fn open_on(server: &Connection, collection: &str, dimensions: usize) -> Result<VectorIndex, IndexError> {
        ServerIndex::open(server, collection, dimensions).map(VectorIndex::Server)
    }

    /// Writes passages, replacing those of the same id. They outlive a kill only after [`VectorIndex::flush`].
    ///
    /// # Errors
    /// [`IndexError::Failed`], for example for a vector of the wrong length.
    pub fn upsert(&self, points: &[Point]) -> Result<(), IndexError> {
        match self {
            VectorIndex::Edge(index) => index.upsert(points),
            VectorIndex::Server(index) => index.upsert(points),
        }
    }

    /// Removes passages; unknown ids are passed over.
    ///
    /// # Errors
    /// [`IndexError::Failed`].
    pub fn delete(&self, ids: &[u64]) -> Result<(), IndexError> {
        match self {
            VectorIndex::Edge(index) => index.delete(ids),
            VectorIndex::Server(index) => index.delete(ids),
        }
    }

    /// The passages nearest in meaning, best first.
    ///
    /// # Errors
    /// [`IndexError::Failed`], for example for a vector of the wrong length.
    pub fn search_dense(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        match self {
            VectorIndex::Edge(index) => index.search_dense(vector, filter, limit),
            VectorIndex::Server(index) => index.search_dense(vector, filter, limit),
        }
    }

    /// The passages of a list that share the most telling terms, best first; those without a common term are left out.
    ///
    /// # Errors
    /// [`IndexError::Failed`].
    pub fn search_sparse(&self, terms: &SparseVector, field: TermField, filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        match self {
            VectorIndex::Edge(index) => index.search_sparse(terms, field, filter, limit),
            VectorIndex::Server(index) => index.search_sparse(terms, field, filter, limit),
        }
    }

    /// The ids of all passages.
    ///
    /// # Errors
    /// [`IndexError::Failed`].
    pub fn ids(&self) -> Result<HashSet<u64>, IndexError> {
        match self {
            VectorIndex::Edge(index) => index.ids(),
            VectorIndex::Server(index) => index.ids(),
        }
    }

    /// How many passages there are.
    ///
    /// # Errors
    /// [`IndexError::Failed`].
    pub fn count(&self) -> Result<usize, IndexError> {
        match self {
            VectorIndex::Edge(index) => index.count(),
            VectorIndex::Server(index) => index.count(),
        }
    }

    /// Makes everything written so far outlive a kill; a server does that with each write.
    ///
    /// # Errors
    /// [`IndexError::Failed`], for example when the disk is full.
    pub fn flush(&self) -> Result<(), IndexError> {
        match self {
            VectorIndex::Edge(index) => index.flush(),
            VectorIndex::Server(_) => Ok(()),
        }
    }

    /// Merges what many writes left behind and builds the graph for large indexes. Takes seconds to minutes; searches go
    /// on meanwhile. A server does it by itself.
    ///
    /// # Errors
    /// [`IndexError::Failed`].
    pub fn optimize(&self) -> Result<(), IndexError> {
        match self {
            VectorIndex::Edge(index) => index.optimize(),
            VectorIndex::Server(_) => Ok(()),
        }
    }
}
