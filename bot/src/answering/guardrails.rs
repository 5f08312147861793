//! Step 2: what must not go on to retrieval. Emergencies come first, before anything else.

mod concept;
mod disguise;
mod emergency;
mod misuse;
mod outside;
mod personal;
mod petition;
mod reading;
mod scam;
mod view;

use super::answer::AnswerStatus;
use super::dialogue::Pending;
use super::{Context, Flow, Reply};
use crate::channel::{Action, Button, MediaKind};
use crate::handoff::receipt_code;
use crate::language::{Language, t, tf, vi};
use outside::Found;
pub(super) use personal::advise;
use view::View;

/// The longest question that is read, in characters.
pub(crate) const MAX_CHARS: usize = 2_000;

/// Ends the pipeline with a fixed reply where the question must not be searched.
pub(crate) fn guard_input(context: &mut Context) -> Flow {
    if context.raw_chars > MAX_CHARS {
        return Flow::End(too_long(context.language));
    }
    if !context.question.clean.chars().any(char::is_alphanumeric) {
        return Flow::End(unreadable(context.language));
    }
    let view = View::new(&context.question.clean, &context.engine.glossary());
    if let Some(reply) = refuse(context, &view).or_else(|| redirect(context, &view)) {
        return Flow::End(reply);
    }
    match outside::guard(&view, context.language).filter(|_| !is_for_staff(context)) {
        Some(Found::Surely(reply)) => return Flow::End(reply),
        Some(Found::Perhaps(reply)) => context.set_aside = Some(reply),
        None => {}
    }
    Flow::Continue
}

/// A question for staff goes to staff, and a ticket's code is Sen's own matter.
fn is_for_staff(context: &Context) -> bool {
    context.state.pending == Some(Pending::StaffQuestion) || receipt_code::find(&context.question.clean).is_some()
}

/// Danger and misuse, whatever Sen waits for.
fn refuse(context: &Context, view: &View) -> Option<Reply> {
    let (clean, language) = (&context.question.clean, context.language);
    emergency::guard(view, language).or_else(|| misuse::guard(clean, view, language))
}

/// What has a better place than the guides.
fn redirect(context: &mut Context, view: &View) -> Option<Reply> {
    let (clean, language) = (context.question.clean.clone(), context.language);
    let is_for_staff = is_for_staff(context);
    scam::guard(context, view)
        .or_else(|| if is_for_staff { None } else { personal::guard(&clean, view, language) })
        .or_else(|| petition::guard(context, view))
        .or_else(|| misuse::guard_abuse(view, language))
}

fn too_long(language: Language) -> Reply {
    let text = vi("Tin nhắn dài quá, Sen chỉ đọc được đến {most} ký tự. Anh/chị viết ngắn lại: cần làm giấy tờ gì, đang vướng chỗ nào.");
    Reply::text(AnswerStatus::Refused, tf(language, text, &[("most", &MAX_CHARS)]))
}

fn unreadable(language: Language) -> Reply {
    let text = vi("Sen chưa đọc được tin này. Anh/chị viết bằng chữ giúp Sen, ví dụ: \"làm giấy khai sinh cần gì\".");
    Reply::text(AnswerStatus::Refused, t(language, text)).with_buttons(vec![staff_button(language)])
}

/// The way to a person, always there.
pub(crate) fn staff_button(language: Language) -> Button {
    Button::new(t(language, "Gặp cán bộ"), Action::AskStaff)
}

/// What a message without words gets: it is kept for staff.
pub(crate) fn unread(kind: MediaKind, language: Language) -> Reply {
    let text = tf(
        language,
        "Sen chưa đọc được {kind}. Anh/chị gõ câu hỏi bằng chữ giúp Sen, hoặc bấm \"Gặp cán bộ\": gửi câu hỏi rồi thì cán bộ xem được cả {kind} này.",
        &[("kind", &t(language, kind.label()))],
    );
    Reply::text(AnswerStatus::Refused, text).with_buttons(vec![staff_button(language)])
}
