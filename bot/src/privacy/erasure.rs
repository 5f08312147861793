//! "Xóa dữ liệu của tôi": everything of a conversation goes, in the transaction of the citizen's confirmation.

use anyhow::Result;

use super::files;
use crate::app::App;
use crate::db::Transaction;
use crate::db::conversations::{self, Conversation, Mode};
use crate::db::erasure::{self, KeptTicket};
use crate::language::{Language, t, tf, vi};
use crate::outbox::{self, Job};

/// Erases what the conversation holds up to message `seq`, with which the citizen confirms, and returns what to tell them.
/// Receipt codes, kinds, dates and states of tickets stay; a petition that is still handled also keeps its text, and the
/// conversation its address, until it is closed. The message that tells so is written afterwards and goes with
/// [`purge`](super::purge).
///
/// # Errors
/// When the database fails or a file can't be deleted; then the transaction must not be committed.
pub async fn erase(tx: &mut Transaction, app: &App, conversation: &Conversation, seq: i64) -> Result<String> {
    let (id, now) = (conversation.id.as_str(), app.clock.now_ms());
    // Before the rows: what fails in between is tried again, and a file without its row would be found by nobody.
    files::delete(&app.config.data_dir, &erasure::files(tx, id, seq).await?).await?;
    erasure::delete_until(tx, id, &conversation.address, seq).await?;
    let kept = erasure::strip_tickets(tx, id, now).await?;
    erasure::mark_erased(tx, id, seq, now).await?;
    let mode = if kept.iter().any(|ticket| ticket.taken) { Mode::WithStaff } else { Mode::Question };
    conversations::set_mode(tx, id, mode).await?;
    outbox::enqueue(tx, app, id, Job::NotifyStaff).await?;
    Ok(told(&kept, conversation.language))
}

fn told(kept: &[KeptTicket], language: Language) -> String {
    let mut text = t(
        language,
        "Đã xóa dữ liệu của anh/chị. Sen không còn giữ tin nhắn, câu trả lời, đánh giá hay tệp nào trước tin này; \
         của câu hỏi đã gửi chỉ còn mã, loại, ngày và trạng thái.",
    )
    .to_owned();
    let codes: Vec<String> = kept.iter().map(|ticket| format!("**{}**", ticket.code)).collect();
    if !codes.is_empty() {
        let still = vi("\nPhản ánh {codes} đang được xử lý nên còn giữ nội dung. Cán bộ trả lời tại đây; xử lý xong thì cũng xóa.");
        text.push_str(&tf(language, still, &[("codes", &codes.join(", "))]));
    }
    text
}
