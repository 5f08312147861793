//! The real model, fetched once into a folder that all test processes share.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use models::store::{ModelSource, obtain};
use models::{Embedder, TextKind};

/// `SEN_MODELS_DIR`, or `sen/models` in the user's cache.
pub(crate) fn models_dir() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    variable("SEN_MODELS_DIR").unwrap_or_else(|| {
        let home_cache = || variable("HOME").unwrap_or_default().join(".cache");
        variable("XDG_CACHE_HOME").unwrap_or_else(home_cache).join("sen/models")
    })
}

/// The embedder out of the package.
pub(crate) fn model() -> Arc<dyn Embedder> {
    static MODEL: OnceLock<Arc<dyn Embedder>> = OnceLock::new();
    let load = || obtain(&ModelSource::Package, &models_dir(), &|step| eprintln!("{step}")).unwrap();
    Arc::clone(MODEL.get_or_init(load))
}

/// The vector of one text.
pub(crate) fn embed(kind: TextKind, text: &str) -> Vec<f32> {
    model().embed(kind, &[text]).unwrap().remove(0)
}

/// Vectors are L2-normalised, the reference to five decimals, so that this is their dot product.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
