//! Step 2: what must not go on to retrieval. Emergencies come first, before anything else.

use super::answer::AnswerStatus;
use super::dialogue::{Pending, TicketKind};
use super::{Context, Flow, Reply};
use crate::channel::{Action, Button, MediaKind};
use crate::language::{Language, t, tf, vi};

/// The longest question that is read, in characters.
pub(crate) const MAX_CHARS: usize = 2_000;

const FIRE: &[&str] = &["cháy nhà", "đang cháy", "nhà cháy", "hỏa hoạn", "bốc cháy", "nổ bình gas", "rò rỉ gas", "xì gas"];
const MEDICAL: &[&str] = &["cấp cứu", "ngừng thở", "bất tỉnh", "đột quỵ", "chảy máu nhiều", "uống thuốc độc", "ngộ độc", "đuối nước"];
const CRIME: &[&str] =
    &["đang đánh người", "bị đánh", "cướp", "đâm người", "giết người", "bạo hành", "bắt cóc", "hiếp dâm", "trộm vào nhà"];
const SELF_HARM: &[&str] = &["tự tử", "tự sát", "muốn chết", "không muốn sống", "chán sống"];

/// Words that make an emergency's word part of an ordinary question ("thanh toán tiền cấp cứu", "giấy tờ bị cướp").
const NOT_URGENT: &[&str] = &["thủ tục", "giấy tờ", "hồ sơ", "chế độ", "thanh toán", "bảo hiểm", "làm lại", "cấp lại", "từ từ"];

const COMPLAINT: &[&str] = &[
    "tố cáo",
    "khiếu nại",
    "vòi vĩnh",
    "vòi tiền",
    "đòi tiền",
    "bồi dưỡng",
    "hối lộ",
    "nhũng nhiễu",
    "hạch sách",
    "làm khó dân",
    "gây khó dễ",
    "cửa quyền",
    "thái độ cán bộ",
    "tham nhũng",
    "ăn tiền",
    "muốn phản ánh",
];
/// Asking how a complaint is made is an ordinary question.
const ASKS_HOW: &[&str] = &["thủ tục", "làm đơn", "thế nào", "giấy tờ gì", "ở đâu", "bao lâu", "hồ sơ gồm", "mẫu đơn"];

const ABUSE: &[&str] = &[
    "địt mẹ",
    "đụ má",
    "đụ mẹ",
    "đcm",
    "đmm",
    "vcl",
    "vkl",
    "con cặc",
    "cái lồn",
    "óc chó",
    "chó chết",
    "đồ ngu",
    "mày ngu",
    "fuck",
    "shit",
    "bitch",
];
const INJECTION: &[&str] = &[
    "ignore previous",
    "ignore all",
    "ignore the above",
    "disregard",
    "system prompt",
    "developer mode",
    "jailbreak",
    "you are now",
    "act as",
    "bỏ qua hướng dẫn",
    "bỏ qua các hướng dẫn",
    "bỏ qua mọi",
    "bỏ qua tất cả",
    "quên hết hướng dẫn",
    "quên các hướng dẫn",
    "câu lệnh hệ thống",
    "lời nhắc hệ thống",
    "đóng vai",
    "giả vờ là",
    "in ra prompt",
    "tiết lộ prompt",
];

/// Ends the pipeline with a fixed reply where the question must not be searched.
pub(crate) fn guard_input(context: &mut Context) -> Flow {
    let (question, language) = (&context.question, context.language);
    if context.raw_chars > MAX_CHARS {
        return Flow::End(too_long(language));
    }
    if !question.clean.chars().any(char::is_alphanumeric) {
        return Flow::End(unreadable(language));
    }
    let says = |phrases: &[&str]| question.says(phrases);
    if let Some(reply) = emergency(&says, language) {
        return Flow::End(reply);
    }
    if says(INJECTION) {
        return Flow::End(Reply::text(
            AnswerStatus::Refused,
            t(
                language,
                "Sen chỉ giúp việc thủ tục hành chính và kỹ năng số, theo hướng dẫn có nguồn. Anh/chị cần làm giấy tờ gì, Sen tìm giúp.",
            ),
        ));
    }
    if says(ABUSE) {
        return Flow::End(
            Reply::text(
                AnswerStatus::Refused,
                t(
                    language,
                    "Sen hiểu anh/chị đang bực. Anh/chị cho biết cần làm thủ tục gì, hoặc bấm \"Gặp cán bộ\" để nói chuyện với người.",
                ),
            )
            .with_buttons(vec![staff_button(language)]),
        );
    }
    if says(COMPLAINT) && !says(ASKS_HOW) {
        return Flow::End(petition(context));
    }
    Flow::Continue
}

fn emergency(says: &dyn Fn(&[&str]) -> bool, language: Language) -> Option<Reply> {
    if says(NOT_URGENT) {
        return None;
    }
    let first = if says(FIRE) {
        vi("**Gọi 114 ngay (chữa cháy, cứu nạn).** Ra khỏi chỗ nguy hiểm trước, rồi mới gọi.")
    } else if says(MEDICAL) {
        vi("**Gọi 115 ngay (cấp cứu).**")
    } else if says(CRIME) {
        vi("**Gọi 113 ngay (Công an).** Tìm chỗ an toàn trước.")
    } else if says(SELF_HARM) {
        vi("**Anh/chị đừng ở một mình lúc này. Gọi 115 (cấp cứu) hoặc gọi ngay cho người thân đến với mình.**")
    } else {
        return None;
    };
    let numbers = t(language, "113 Công an · 114 Chữa cháy, cứu nạn · 115 Cấp cứu · 111 Bảo vệ trẻ em");
    Some(Reply::text(AnswerStatus::Emergency, format!("{}\n{numbers}", t(language, first))))
}

fn petition(context: &mut Context) -> Reply {
    context.state.pending = Some(Pending::HandoffConsent { question: context.question.clean.clone(), kind: TicketKind::Petition });
    let language = context.language;
    let text = vi("Đây là phản ánh, Sen không xử lý nội dung mà chuyển tới người có trách nhiệm của bộ phận tiếp nhận.\n\
        Sen không ghi tên hay số điện thoại của anh/chị vào phản ánh này; cán bộ chỉ thấy nội dung trò chuyện ở đây. \
        Gửi xong anh/chị có mã để theo dõi.");
    let buttons = vec![Button::new(t(language, "Gửi phản ánh"), Action::SendToStaff), Button::new(t(language, "Thôi"), Action::Decline)];
    Reply::text(AnswerStatus::Petition, t(language, text)).with_buttons(buttons)
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
        "Sen chưa đọc được {kind}, nên đã giữ lại cho cán bộ xem. Anh/chị gõ câu hỏi bằng chữ giúp Sen, hoặc bấm \"Gặp cán bộ\".",
        &[("kind", &t(language, kind.label()))],
    );
    Reply::text(AnswerStatus::Refused, text).with_buttons(vec![staff_button(language)])
}
