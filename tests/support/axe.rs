//! axe-core, Deque's checker of accessibility: it finds what a machine can find of the WCAG's rules.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::packages::installed;

/// Licence MPL-2.0; used by the tests only.
const PACKAGE: &str = "axe-core@4.14.1";

/// The checker's script, installed once with npm into `SEN_TEST_NODE_DIR`, else into the user's cache.
///
/// # Errors
/// Without npm or the network.
pub(crate) fn script() -> Result<String> {
    let folder = installed("SEN_TEST_NODE_DIR", "node", "axe", PACKAGE, npm_install)?;
    let path = folder.join("node_modules/axe-core/axe.min.js");
    fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))
}

fn npm_install(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = Command::new("npm");
    command.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"]).arg(folder).arg(PACKAGE);
    let output = command.output().context("npm does not start: install Node.js with npm")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "npm could not install {PACKAGE}; it needs a package registry:\n{said}");
    Ok(())
}
