//! What Sen does not know and says so at once: the state of somebody's file, and everything that is no public service.

use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Subject;
use super::staff_button;
use super::view::View;
use crate::answering::Reply;
use crate::answering::answer::AnswerStatus;
use crate::language::{Language, t, vi};

static FILES: LazyLock<Subject<Outside>> = LazyLock::new(|| Subject::embedded(include_str!("words/file_status.toml")));
static OTHER: LazyLock<Subject<Outside>> = LazyLock::new(|| Subject::embedded(include_str!("words/out_of_scope.toml")));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outside {
    FileStatus,
    Politics,
    Health,
    Law,
    Other,
}

impl Outside {
    const fn words(self) -> &'static str {
        match self {
            Self::FileStatus => vi("Sen không xem được hồ sơ của ai. Anh/chị xem tình trạng hồ sơ trên Cổng dịch vụ công quốc gia \
                (dichvucong.gov.vn) hoặc ứng dụng VNeID bằng mã hồ sơ, hoặc mang phiếu hẹn đến hỏi nơi đã nộp."),
            Self::Politics => vi("Sen không bàn chuyện chính trị, không bình luận về ai. Anh/chị cần làm thủ tục gì, Sen tìm giúp."),
            Self::Health => vi("Sen không tư vấn bệnh và thuốc. Anh/chị hỏi bác sĩ hoặc trạm y tế gần nhà; nguy cấp thì gọi 115."),
            Self::Law => vi(
                "Sen không tư vấn chuyện kiện tụng, xử phạt. Anh/chị nhắn \"trợ giúp pháp lý\" để biết ai được giúp miễn phí và nộp ở đâu.",
            ),
            Self::Other => vi(
                "Việc này Sen không giúp được. Sen chỉ giúp làm thủ tục, giấy tờ và học dùng VNeID, dịch vụ công qua mạng; anh/chị cần giấy tờ gì, Sen tìm giúp.",
            ),
        }
    }
}

/// The reply to what lies outside.
pub(super) enum Found {
    /// Nothing of ours.
    Surely(Reply),
    /// The same words ("thắng kiện rồi, yêu cầu thi hành án") also stand in questions about procedures.
    Perhaps(Reply),
}

/// Looks for what lies outside.
pub(super) fn guard(view: &View, language: Language) -> Option<Found> {
    let outside = FILES.find(&view.plain).or_else(|| OTHER.find(&view.plain))?;
    let reply = Reply::text(AnswerStatus::OutOfScope, t(language, outside.words()));
    Some(match outside {
        Outside::FileStatus => Found::Surely(reply.with_buttons(vec![staff_button(language)])),
        Outside::Law => Found::Perhaps(reply),
        Outside::Politics | Outside::Health | Outside::Other => Found::Surely(reply),
    })
}
