//! A complaint is not judged but passed on: the offer to send it, with a receipt code.

use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Subject;
use super::view::View;
use crate::answering::answer::AnswerStatus;
use crate::answering::dialogue::{Pending, TicketKind};
use crate::answering::{Context, Reply};
use crate::channel::{Action, Button};
use crate::language::{t, tf, vi};

static WORDS: LazyLock<Subject<Complaint>> = LazyLock::new(|| Subject::embedded(include_str!("words/petition.toml")));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Complaint {
    Petition,
}

/// The offer to pass a complaint on.
pub(super) fn guard(context: &mut Context, view: &View) -> Option<Reply> {
    WORDS.find(&view.plain)?;
    context.state.pending = Some(Pending::HandoffConsent { question: context.question.clean.clone(), kind: TicketKind::Petition });
    let language = context.language;
    let text = vi("Đây là phản ánh. Sen không xử lý mà chuyển cho {office}.\n\
        Sen không thêm tên hay số điện thoại của anh/chị. Người nhận đọc phần trò chuyện này, kể cả tên anh/chị nếu đã viết ra. \
        Gửi xong anh/chị có mã để theo dõi.\n\
        Muốn gửi nơi khác: nhắn \"cách phản ánh\".");
    let text = tf(language, text, &[("office", &t(language, &context.engine.office))]);
    let buttons = vec![Button::new(t(language, "Gửi phản ánh"), Action::SendToStaff), Button::new(t(language, "Thôi"), Action::Decline)];
    Some(Reply::text(AnswerStatus::Petition, text).with_buttons(buttons))
}
