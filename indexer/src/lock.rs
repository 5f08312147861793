//! One process at a time owns the data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Holds the data folder until dropped; the operating system lets go of it also when the process is killed.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the data folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("thư mục dữ liệu đang được dùng bởi {by}")]
    Held {
        /// The holder, as "command (pid N)".
        by: String,
    },
    /// The lock file can't be made or read.
    #[error("không mở được tệp khóa của thư mục dữ liệu: {0}")]
    Io(#[from] io::Error),
}

impl DataLock {
    /// Takes `data_dir`, which is created when missing, for the command `who`.
    ///
    /// # Errors
    /// [`LockError::Held`] at once, without waiting, when another process has it.
    pub fn acquire(data_dir: &Path, who: &str) -> Result<DataLock, LockError> {
        std::fs::create_dir_all(data_dir)?;
        let path = data_dir.join("lock");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => sign(&mut file, who)?,
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { by: holder(&mut file)? }),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(DataLock { _file: file })
    }
}

fn sign(file: &mut File, who: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{who} (pid {})", std::process::id())?;
    file.flush()
}

fn holder(file: &mut File) -> io::Result<String> {
    let mut by = String::new();
    file.read_to_string(&mut by)?;
    if by.is_empty() {
        by = "một tiến trình khác".to_owned();
    }
    Ok(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_learns_who_has_it_and_gets_it_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataLock::acquire(folder.path(), "bot serve").unwrap();
        let refused = DataLock::acquire(folder.path(), "indexer build").unwrap_err();
        assert!(refused.to_string().contains(&format!("bot serve (pid {})", std::process::id())));
        drop(first);
        DataLock::acquire(folder.path(), "indexer build").unwrap();
    }
}
