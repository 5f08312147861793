//! What is kept of citizens, for how long, and how it goes.

use crate::config::Config;

/// Two sentences for the first contact in a chat.
pub fn notice(_config: &Config) -> String {
    "Sen lưu tin nhắn để trả lời. Gõ \"xóa dữ liệu của tôi\" để xóa.".into()
}
