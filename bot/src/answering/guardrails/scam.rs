//! Somebody is being cheated: how to tell, whom to call, and what the lesson that fits says to do now.

use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Subject;
use super::staff_button;
use super::view::View;
use crate::answering::answer::AnswerStatus;
use crate::answering::{Context, Reply, lessons};
use crate::language::t;

static WORDS: LazyLock<Subject<Scam>> = LazyLock::new(|| Subject::embedded(include_str!("words/scam.toml")));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scam {
    /// A caller who says to be somebody.
    Impostor,
    /// Money is to be sent for a prize, a job, a friend.
    Money,
    /// It has happened.
    Hit,
}

impl Scam {
    /// A cue of the lesson's warning that fits.
    const fn cue(self) -> &'static str {
        match self {
            Self::Impostor => "xưng công an",
            Self::Money => "thông báo trúng thưởng",
            Self::Hit => "bị lừa mất tiền",
        }
    }
}

/// The reply to somebody who is being cheated, by our own words or by the cue of a lesson.
pub(super) fn guard(context: &mut Context, view: &View) -> Option<Reply> {
    let found = WORDS.find(&view.plain);
    let warning = lessons::warning(context, found.map(Scam::cue));
    if found.is_none() && warning.is_none() {
        return None;
    }
    let language = context.language;
    let mut text = t(
        language,
        "**Đây rất có thể là lừa đảo.** Công an, cán bộ, ngân hàng thật không hỏi mã OTP hay mật khẩu, không gọi điện hay gửi đường dẫn bảo chuyển tiền, cài ứng dụng.\nĐã lỡ chuyển tiền hoặc đọc mã: gọi ngân hàng khóa tài khoản trước, rồi báo Công an xã, phường hoặc gọi 113.",
    )
    .to_owned();
    let mut buttons = vec![staff_button(language)];
    if let Some((words, lesson)) = warning {
        text = format!("{text}\n{words}");
        buttons.insert(0, lesson);
    }
    context.state.last_question = Some(context.question.clean.clone());
    Some(Reply::text(AnswerStatus::Lesson, text).with_buttons(buttons))
}
