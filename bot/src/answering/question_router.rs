//! Step 4: what kind of message it is. Greetings, tickets and the wish for a person don't go to retrieval.

use super::answer::AnswerStatus;
use super::dialogue::{Effect, Pending, TicketKind};
use super::guardrails::staff_button;
use super::{Context, Flow, Reply, courtesy, erasure, lessons, place};
use crate::channel::{Action, Button};
use crate::handoff::receipt_code;
use crate::language::{Language, t, tf, vi};

const WANTS_STAFF: &[&str] = &[
    "gặp cán bộ",
    "hỏi cán bộ",
    "gặp người",
    "nói chuyện với người",
    "gặp nhân viên",
    "chuyển cán bộ",
    "gặp tư vấn viên",
    "human",
    "gửi cán bộ",
];
const YES: &[&str] = &["có", "gửi", "gửi đi", "đồng ý", "ok", "vâng", "ừ", "được", "yes", "dạ có", "gửi cho cán bộ", "gửi phản ánh"];
const NO: &[&str] = &["không", "thôi", "khỏi", "không cần", "no", "thôi khỏi", "dạ không"];

/// Ends the pipeline where the message is no question about a procedure.
pub(crate) fn route(context: &mut Context) -> Flow {
    if let Some(flow) = answer_to_pending(context) {
        return flow;
    }
    if erasure::asks(&context.question) {
        return Flow::End(erasure::confirm(context));
    }
    if let Some(code) = receipt_code::find(&context.question.clean) {
        return Flow::End(Reply::empty(AnswerStatus::Handoff).with_effect(Effect::TellTicket(code)));
    }
    if let Some(reply) = lessons::route(context) {
        return Flow::End(reply);
    }
    if context.question.says(WANTS_STAFF) {
        return Flow::End(ask_for_staff(context));
    }
    if courtesy::is_greeting(&context.question) {
        return Flow::End(greeting(context.language));
    }
    if courtesy::is_thanks(&context.question) {
        return Flow::End(Reply::text(AnswerStatus::Greeting, t(context.language, "Dạ, anh/chị cần thêm thủ tục gì cứ nhắn Sen.")));
    }
    Flow::Continue
}

/// Reads the message as the reply to what Sen asked, if it is one.
fn answer_to_pending(context: &mut Context) -> Option<Flow> {
    match context.state.pending.take()? {
        Pending::HandoffConsent { question, kind } => consent(context, question, kind),
        Pending::StaffQuestion => {
            let question = context.question.clean.clone();
            Some(Flow::End(send(question, TicketKind::Question)))
        }
        Pending::Place { .. } => None,
        Pending::Erasure => erasure::reply(context).map(Flow::End),
        Pending::Choice { question, guides } => {
            let number: usize = context.question.clean.trim_matches(|c: char| !c.is_alphanumeric()).parse().ok()?;
            let guide = guides.get(number.checked_sub(1)?)?;
            context.choose(guide.clone(), &question);
            Some(Flow::Continue)
        }
    }
}

fn consent(context: &Context, question: String, kind: TicketKind) -> Option<Flow> {
    let said = context.question.standard.as_str();
    let says = |words: &[&str]| words.iter().any(|word| *word == said || indexer::lexical::fold(word) == said);
    if says(YES) {
        return Some(Flow::End(send(question, kind)));
    }
    says(NO).then(|| Flow::End(declined(context.language)))
}

/// What the buttons of a handoff do; shared with typed words.
pub(crate) fn press(context: &mut Context, action: &Action) -> Option<Reply> {
    let (pending, language) = (context.state.pending.take(), context.language);
    match action {
        Action::AskStaff => Some(ask_for_staff(context)),
        Action::Decline => Some(declined(language)),
        Action::Start => Some(greeting(language).with_buttons(vec![speak_button(language)])),
        Action::Help => Some(help(language)),
        Action::Language => Some(languages()),
        Action::Speak(language) => Some(Reply::empty(AnswerStatus::Greeting).with_effect(Effect::Speak(*language))),
        Action::SendToStaff => match pending {
            Some(Pending::HandoffConsent { question, kind }) => Some(send(question, kind)),
            _ => Some(ask_for_staff(context)),
        },
        Action::Solved(code) => Some(Reply::empty(AnswerStatus::Handoff).with_effect(Effect::ConfirmSolved(code.clone()))),
        Action::NotSolved(code) => Some(Reply::empty(AnswerStatus::Handoff).with_effect(Effect::Reopen(code.clone()))),
        Action::EraseData => Some(erasure::confirm(context)),
        // A button of long ago, or of somebody else's question in a group, erases nothing unasked.
        Action::ConfirmErase if pending == Some(Pending::Erasure) => Some(erasure::erase(context)),
        Action::ConfirmErase => Some(erasure::confirm(context)),
        Action::KeepData => Some(erasure::keep(language)),
        Action::ForgetPlace => Some(place::forget(context)),
        Action::RememberPlace(key) => Some(place::remember(context, &context.engine.places(), *key)),
        Action::Guide(_) | Action::Fact(..) | Action::Place(_) => None,
        learning => lessons::press(learning),
    }
}

fn send(question: String, kind: TicketKind) -> Reply {
    let status = if kind == TicketKind::Petition { AnswerStatus::Petition } else { AnswerStatus::Handoff };
    Reply::empty(status).with_effect(Effect::OpenTicket { question, kind })
}

fn declined(language: Language) -> Reply {
    Reply::text(AnswerStatus::Greeting, t(language, "Vâng, Sen không gửi. Anh/chị cần hỏi gì thêm cứ nhắn Sen."))
}

fn greeting(language: Language) -> Reply {
    let text = vi(
        "Chào anh/chị, Sen đây. Anh/chị hỏi Sen về giấy tờ, lệ phí, thời hạn, nơi nộp của thủ tục hành chính, gõ có dấu hay không dấu đều được.\n\
         Ví dụ: \"làm giấy khai sinh cho con cần gì\".",
    );
    Reply::text(AnswerStatus::Greeting, t(language, text))
}

/// What one can ask and press.
fn help(language: Language) -> Reply {
    let text = vi("Anh/chị cứ nhắn câu hỏi như nói chuyện, ví dụ: \"mất căn cước làm lại hết bao nhiêu\".\n\
         - Hỏi tiếp được, ví dụ: \"thế nộp ở đâu?\".\n\
         - Câu nào Sen không biết, anh/chị đồng ý thì Sen gửi cho cán bộ và đưa mã để theo dõi.\n\
         - Học dùng VNeID, dịch vụ công, tránh lừa đảo: nhắn \"học\".\n\
         - Xem câu hỏi đã gửi: nhắn mã của câu hỏi ấy.\n\
         - Xóa những gì anh/chị đã nhắn: nhắn \"xóa dữ liệu của tôi\".\n\
         Đừng gửi số căn cước, mật khẩu, mã OTP vào đây.");
    Reply::text(AnswerStatus::Greeting, t(language, text)).with_buttons(vec![staff_button(language)])
}

/// Offers both, in both: who asks may not read the one that is spoken.
fn languages() -> Reply {
    let both = Language::ALL.map(|language| t(language, "Anh/chị muốn Sen trả lời bằng tiếng nào?"));
    let buttons = Language::ALL.map(speak_in).to_vec();
    Reply::text(AnswerStatus::Greeting, both.join("\n")).with_buttons(buttons)
}

fn speak_in(language: Language) -> Button {
    Button::new(language.own_name(), Action::Speak(language))
}

/// The way to the other language, under the first words in a chat.
fn speak_button(spoken: Language) -> Button {
    speak_in(if spoken == Language::English { Language::Vietnamese } else { Language::English })
}

/// Offers to send the last question, or asks for one.
fn ask_for_staff(context: &mut Context) -> Reply {
    let language = context.language;
    let Some(question) = context.state.last_question.clone() else {
        context.state.pending = Some(Pending::StaffQuestion);
        let text = t(language, "Anh/chị nhắn câu hỏi cho cán bộ vào đây, Sen gửi đi và đưa anh/chị mã để theo dõi.");
        return Reply::text(AnswerStatus::Handoff, text);
    };
    context.state.pending = Some(Pending::HandoffConsent { question: question.clone(), kind: TicketKind::Question });
    let offer = vi("Sen gửi câu hỏi \"{question}\" và phần trò chuyện này cho {office}, anh/chị đồng ý không?");
    let office = t(language, &context.engine.office);
    Reply::text(AnswerStatus::Handoff, tf(language, offer, &[("question", &question), ("office", &office)]))
        .with_buttons(consent_buttons(language))
}

/// "Gửi cho cán bộ" and "Thôi".
pub(crate) fn consent_buttons(language: Language) -> Vec<Button> {
    vec![Button::new(t(language, "Gửi cho cán bộ"), Action::SendToStaff), Button::new(t(language, "Thôi"), Action::Decline)]
}

/// Says honestly that the guides don't hold it, and offers people.
pub(crate) fn not_found(context: &mut Context) -> Reply {
    let question = context.question.clean.clone();
    context.state.pending = Some(Pending::HandoffConsent { question, kind: TicketKind::Question });
    let language = context.language;
    let text = tf(
        language,
        "Sen không có thông tin này. Anh/chị muốn hỏi cán bộ không? Sen sẽ gửi câu hỏi và phần trò chuyện này cho {office}.",
        &[("office", &t(language, &context.engine.office))],
    );
    Reply::text(AnswerStatus::NotFound, text).with_buttons(consent_buttons(language))
}

/// The way to a person under an answer.
pub(crate) fn with_staff_button(mut buttons: Vec<Button>, language: Language) -> Vec<Button> {
    buttons.push(staff_button(language));
    buttons
}
