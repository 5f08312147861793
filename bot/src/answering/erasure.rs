//! Part of step 4: the citizen wants everything of theirs erased. Sen asks once more and says what goes and what stays.

use super::answer::AnswerStatus;
use super::dialogue::{DialogueState, Effect, Pending};
use super::glossary::Glossary;
use super::normalizer::{Normalised, normalise};
use super::{Context, Reply};
use crate::channel::{Action, Button, Content};
use crate::language::{Language, t, vi};

const ERASE: &[&str] = &[
    "xóa dữ liệu",
    "xóa hết dữ liệu",
    "xóa toàn bộ dữ liệu",
    "xóa tất cả dữ liệu",
    "xóa mọi dữ liệu",
    "xóa các dữ liệu",
    "xóa sạch dữ liệu",
    "xóa thông tin cá nhân của",
    "xóa thông tin của tôi",
    "xóa thông tin của mình",
    "xóa hết thông tin",
    "xóa tin nhắn",
    "xóa hết tin nhắn",
    "xóa cuộc trò chuyện",
    "xóa đoạn chat",
    "xóa lịch sử",
    "hủy dữ liệu của",
    "xoadulieu",
    "delete my data",
];
/// Procedures that erase something else.
const OTHER: &[&str] = &["thủ tục", "hồ sơ gồm", "đăng ký", "án tích", "lý lịch", "vneid", "zalo", "facebook"];
/// A longer text is a question that mentions it.
const MOST_WORDS: usize = 14;

const YES: &[&str] = &["có", "xóa", "xóa hết", "xóa đi", "xóa giúp", "đồng ý", "ok", "vâng", "ừ", "dạ", "dạ có", "xác nhận", "yes"];
const NO: &[&str] = &["không", "thôi", "khỏi", "không xóa", "đừng xóa", "giữ lại", "dạ không", "no"];

/// Whether a message asks for it.
pub(super) fn asks(question: &Normalised) -> bool {
    question.standard.split(' ').count() <= MOST_WORDS && question.says(ERASE) && !question.says(OTHER)
}

/// The typed reply to [`confirm`]; none when it is neither yes nor no.
pub(super) fn reply(context: &mut Context) -> Option<Reply> {
    match is_yes(&context.question)? {
        true => Some(erase(context)),
        false => Some(keep(context.language)),
    }
}

fn is_yes(question: &Normalised) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| *word == question.standard || indexer::lexical::fold(word) == question.standard);
    if is(YES) { Some(true) } else { is(NO).then_some(false) }
}

/// Asks once more.
pub(super) fn confirm(context: &mut Context) -> Reply {
    context.state.pending = Some(Pending::Erasure);
    let language = context.language;
    let text = vi("Anh/chị muốn xóa dữ liệu của mình ở Sen?\n\
        **Xóa ngay:**\n\
        - Tin nhắn, câu trả lời, đánh giá, bài đang học dở, ảnh và tệp trong cuộc trò chuyện này.\n\
        - Nội dung câu hỏi đã gửi cán bộ; câu nào đang chờ thì được đóng lại, cán bộ sẽ không trả lời nữa.\n\
        **Còn giữ, và vì sao:**\n\
        - Mã, loại, ngày và trạng thái của câu hỏi đã gửi, không có nội dung: để cơ quan thống kê.\n\
        - Phản ánh, kiến nghị đang xử lý: nội dung, và cách liên lạc trong cuộc trò chuyện này, để cán bộ còn trả lời được. Xử lý xong thì cũng xóa.\n\
        - Bản sao lưu: được xóa theo lịch của đơn vị vận hành.\n\
        Xóa rồi không lấy lại được.");
    let buttons =
        vec![Button::new(t(language, "Xóa dữ liệu"), Action::ConfirmErase), Button::new(t(language, "Giữ lại"), Action::KeepData)];
    Reply::text(AnswerStatus::Greeting, t(language, text)).with_buttons(buttons)
}

/// Nothing of the dialogue is remembered either.
pub(super) fn erase(context: &mut Context) -> Reply {
    *context.state = DialogueState::default();
    Reply::empty(AnswerStatus::Greeting).with_effect(Effect::EraseData)
}

pub(super) fn keep(language: Language) -> Reply {
    Reply::text(AnswerStatus::Greeting, t(language, "Vâng, Sen giữ nguyên. Anh/chị cần hỏi gì thêm cứ nhắn Sen."))
}

/// Whether a message is about erasing and therefore Sen's to answer, also while staff hold the conversation.
pub(crate) fn concerns(state: &DialogueState, content: &Content) -> bool {
    match content {
        Content::Press(button) => matches!(button.action, Action::EraseData | Action::ConfirmErase | Action::KeepData),
        Content::Text(text) => {
            let question = normalise(text, &Glossary::default());
            asks(&question) || (state.pending == Some(Pending::Erasure) && is_yes(&question).is_some())
        }
        Content::Media(_) | Content::Location(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> bool {
        asks(&normalise(text, &Glossary::default()))
    }

    #[test]
    fn it_is_understood_with_and_without_diacritics() {
        for text in [
            "xóa dữ liệu của tôi",
            "Xoá dữ liệu của tôi!",
            "xoa du lieu cua toi",
            "cho tôi xóa hết dữ liệu nhé",
            "sen ơi xoá giúp, xóa thông tin cá nhân của tôi",
            "xoa lich su tro chuyen di",
            "xóa tin nhắn của tôi",
            "/xoadulieu",
            "delete my data",
        ] {
            assert!(asked(text), "{text}");
        }
    }

    #[test]
    fn procedures_that_erase_something_else_are_questions() {
        for text in ["thủ tục xóa dữ liệu cư trú", "xóa đăng ký thường trú cần gì", "xóa án tích ở đâu", "xóa dữ liệu trên vneid thế nào"]
        {
            assert!(!asked(text), "{text}");
        }
        assert!(!asked(&format!("tôi muốn hỏi {} rồi xóa dữ liệu", "rất dài ".repeat(10))));
    }

    #[test]
    fn yes_counts_only_as_a_reply() {
        let yes = Content::Text("xoa di".into());
        assert!(!concerns(&DialogueState::default(), &yes));
        assert!(concerns(&DialogueState { pending: Some(Pending::Erasure), ..DialogueState::default() }, &yes));
    }
}
