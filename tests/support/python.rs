//! Python programs of others, with their packages in a folder of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};

use crate::packages::installed;

/// Packages in pinned versions, installed once and kept for later runs.
pub struct PythonPackages {
    folder: PathBuf,
}

impl PythonPackages {
    /// Installs them with pip into `SEN_TEST_PYTHON_DIR`, else into the user's cache. `name` is their folder there.
    ///
    /// # Errors
    /// Without Python, pip or the network.
    pub fn install(name: &str, requirements: &[&str]) -> Result<Self> {
        let install = |folder: &Path| pip_install(folder, requirements);
        Ok(Self { folder: installed("SEN_TEST_PYTHON_DIR", "python", name, &requirements.join("\n"), install)? })
    }

    /// Runs a script with these packages to its end.
    ///
    /// # Errors
    /// When Python does not start.
    pub fn run(&self, script: &Path, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new("python3");
        command.arg(script).args(arguments).env("PYTHONPATH", &self.folder).env("PYTHONDONTWRITEBYTECODE", "1");
        command.output().context("python3 does not start: install Python 3.10 or later")
    }
}

fn pip_install(folder: &Path, requirements: &[&str]) -> Result<()> {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(folder).args(requirements);
    let output = command.output().context("python3 does not start: install Python 3.10 or later, with pip")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pip could not install {}; it needs pip and a package index:\n{said}", requirements.join(" "));
    Ok(())
}
