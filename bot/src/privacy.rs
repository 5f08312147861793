//! Nothing is kept longer than it should, and a citizen can have everything of theirs erased.

mod erasure;
mod files;
mod page;
mod retention;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::config::Config;

pub use erasure::erase;
pub use retention::{Purged, purge};

/// `GET /rieng-tu`.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(page::PATH, get(page::show))
}

/// Two sentences for a chat channel, at the first contact.
pub fn notice(config: &Config) -> String {
    let kept = format!(
        "Sen giữ tin nhắn {} ngày kể từ lần nhắn cuối; cán bộ chỉ đọc khi anh/chị gửi câu hỏi cho họ.",
        config.keep_conversations_days
    );
    match &config.public_url {
        Some(url) => {
            format!("{kept} Muốn biết thêm thì xem {}{}, muốn xóa thì gõ \"xóa dữ liệu của tôi\".", url.trim_end_matches('/'), page::PATH)
        }
        None => format!("{kept} Muốn xóa thì gõ \"xóa dữ liệu của tôi\"."),
    }
}
