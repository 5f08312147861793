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
use crate::language::{Language, t, tf, vi};

pub use erasure::erase;
pub use retention::{Purged, purge};

/// `GET /rieng-tu`.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(page::PATH, get(page::show))
}

/// Two sentences for a chat channel, at the first contact.
pub fn notice(config: &Config, language: Language) -> String {
    let days = config.keep_conversations_days;
    let kept = vi("Sen giữ tin nhắn {days} ngày kể từ lần nhắn cuối; cán bộ chỉ đọc khi anh/chị gửi câu hỏi cho họ.");
    let more = match &config.public_url {
        Some(url) => {
            let page = format!("{}{}", url.trim_end_matches('/'), page::PATH);
            tf(language, "Muốn biết thêm thì xem {page}, muốn xóa thì gõ \"xóa dữ liệu của tôi\".", &[("page", &page)])
        }
        None => t(language, "Muốn xóa thì gõ \"xóa dữ liệu của tôi\".").to_owned(),
    };
    format!("{} {more}", tf(language, kept, &[("days", &days)]))
}
