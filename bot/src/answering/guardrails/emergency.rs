//! Somebody is in danger: the number to call, before anything else.

use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Subject;
use super::view::View;
use crate::answering::Reply;
use crate::answering::answer::AnswerStatus;
use crate::language::{Language, t, vi};

static WORDS: LazyLock<Subject<Danger>> = LazyLock::new(|| Subject::embedded(include_str!("words/emergency.toml")));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Danger {
    Fire,
    Rescue,
    Medical,
    Crime,
    Child,
    SelfHarm,
}

impl Danger {
    const fn first_line(self) -> &'static str {
        match self {
            Self::Fire => {
                vi("**Gọi 114 ngay (cứu hỏa, cứu nạn).** Đang ở chỗ cháy thì chạy ra ngoài trước đã, rồi gọi. Nói rõ cháy ở đâu.")
            }
            Self::Rescue => vi("**Gọi 114 ngay (cứu nạn).** Đừng tự lao xuống nước hay vào chỗ sập; ném phao, dây, gọi người xung quanh."),
            Self::Medical => vi("**Gọi 115 ngay (cấp cứu).**"),
            Self::Crime => vi("**Gọi 113 ngay (Công an).** Tìm chỗ an toàn trước."),
            Self::Child => vi("**Gọi 111 ngay (bảo vệ trẻ em).** Trẻ đang bị đe dọa tính mạng thì gọi 113."),
            Self::SelfHarm => vi("**Anh/chị đừng ở một mình lúc này. Gọi 115 (cấp cứu) hoặc gọi ngay cho người thân đến với mình.**"),
        }
    }
}

/// The reply to somebody in danger.
pub(super) fn guard(view: &View, language: Language) -> Option<Reply> {
    let first = WORDS.find(&view.plain)?.first_line();
    let numbers = t(language, "113 Công an · 114 Cứu hỏa, cứu nạn · 115 Cấp cứu · 111 Bảo vệ trẻ em");
    Some(Reply::text(AnswerStatus::Emergency, format!("{}\n{numbers}", t(language, first))))
}
