//! Packages of others in pinned versions, installed once into a folder of ours and kept for later runs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The folder `name` with what is `wanted`, below the folder that `variable` names, else below `sen/<kind>` in the user's
/// cache. `install` fills it where it is not there yet.
///
/// # Errors
/// When the folder can't be made, or what `install` says.
pub(crate) fn installed(variable: &str, kind: &str, name: &str, wanted: &str, install: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    let root = root(variable, kind);
    fs::create_dir_all(&root).with_context(|| format!("can't make {}", root.display()))?;
    let lock = File::create(root.join(format!("{name}.lock")))?;
    lock.lock()?;
    let (folder, note) = (root.join(name), root.join(format!("{name}.installed")));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) && folder.exists() {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    install(&folder)?;
    fs::write(note, wanted)?;
    Ok(folder)
}

fn root(variable: &str, kind: &str) -> PathBuf {
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || named("XDG_CACHE_HOME").unwrap_or_else(|| named("HOME").unwrap_or_default().join(".cache"));
    named(variable).unwrap_or_else(|| cache().join("sen").join(kind))
}
