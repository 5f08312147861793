//! Python programs of others, with their packages in a folder of ours.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};

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
        let root = root();
        fs::create_dir_all(&root).with_context(|| format!("can't make {}", root.display()))?;
        let lock = File::create(root.join(format!("{name}.lock")))?;
        lock.lock()?;
        let (folder, note) = (root.join(name), root.join(format!("{name}.installed")));
        let wanted = requirements.join("\n");
        if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) && folder.exists() {
            return Ok(Self { folder });
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        pip_install(&folder, requirements)?;
        fs::write(note, wanted)?;
        Ok(Self { folder })
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

/// `SEN_TEST_PYTHON_DIR`, else `sen/python` in the user's cache.
fn root() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || variable("XDG_CACHE_HOME").unwrap_or_else(|| variable("HOME").unwrap_or_default().join(".cache"));
    variable("SEN_TEST_PYTHON_DIR").unwrap_or_else(|| cache().join("sen/python"))
}

fn pip_install(folder: &Path, requirements: &[&str]) -> Result<()> {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(folder).args(requirements);
    let output = command.output().context("python3 does not start: install Python 3.10 or later, with pip")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pip could not install {}; it needs pip and a package index:\n{said}", requirements.join(" "));
    Ok(())
}
