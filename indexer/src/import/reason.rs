//! What an import could not take as it stands, and why.

use serde::{Deserialize, Serialize};

/// Why a record, or a part of it, is not served as rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A line that holds no record.
    Unreadable,
    /// One code twice; the first record is taken.
    CodeTwice,
    /// One page under several codes: whose page it is can't be told.
    PageTwice,
    /// The page of one other province.
    OtherProvince,
    /// The record gives a guide that can't be read back.
    NotAGuide,
    /// The table of ways holds text outside its rows.
    WaysUnread,
    /// A time without its unit.
    TimeWithoutUnit,
    /// A fee that can't be told from the time before it.
    FeeRunTogether,
    /// A fee that can't be in that unit, for example 25 đồng.
    FeeImpossible,
    /// "Miễn phí" that the record itself contradicts.
    FreeContradicted,
    /// "Miễn phí" whose note says something else: the note is served.
    FreeNoted,
    /// A fee that held until a day before the snapshot: its row ends on that day.
    FeeOver,
    /// Papers outside the tables.
    PapersUnread,
    /// The stored page was cut at the words "Thành phần hồ sơ": the table of papers is missing.
    PageCut,
    /// Laws without a number.
    LawsUnread,
    /// The body that takes the papers is not named.
    BodyUnnamed,
    /// The body is named for another province, or for a district.
    BodyElsewhere,
    /// No level of today is named.
    LevelUnnamed,
    /// The level named is not that of the bodies, which is taken.
    LevelOfBody,
    /// It still names the district level.
    District,
}

/// What a reason means for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The record is not served.
    Withheld,
    /// Something stays as text.
    Partly,
    /// Nothing is missing; people should know.
    Noted,
}

impl Reason {
    /// What it means for the record.
    pub fn weight(self) -> Weight {
        use Reason::{
            BodyElsewhere, CodeTwice, District, FeeOver, FreeNoted, LevelOfBody, NotAGuide, OtherProvince, PageTwice, Unreadable,
        };
        match self {
            Unreadable | CodeTwice | PageTwice | OtherProvince | NotAGuide => Weight::Withheld,
            FreeNoted | FeeOver | BodyElsewhere | LevelOfBody | District => Weight::Noted,
            _ => Weight::Partly,
        }
    }

    /// The reason in Vietnamese.
    pub fn label(self) -> &'static str {
        match self {
            Reason::Unreadable => "dòng không đọc được thành thủ tục",
            Reason::CodeTwice => "mã ghi hai lần, chỉ nhận bản đầu",
            Reason::PageTwice => "một trang đứng dưới nhiều mã, không rõ trang của mã nào",
            Reason::OtherProvince => "trang của tỉnh khác",
            Reason::NotAGuide => "không ghi lại được thành bản hướng dẫn",
            Reason::WaysUnread => "cách thức thực hiện còn phần không tách được",
            Reason::TimeWithoutUnit => "thời hạn thiếu đơn vị",
            Reason::FeeRunTogether => "mức phí dính liền thời hạn, không tách được",
            Reason::FeeImpossible => "mức phí sai đơn vị",
            Reason::FreeContradicted => "ghi \"Miễn phí\" nhưng chỗ khác trong trang nói có thu",
            Reason::FreeNoted => "ghi \"Miễn phí\" kèm chú thích khác, dùng chú thích",
            Reason::PapersUnread => "thành phần hồ sơ còn phần không tách được",
            Reason::PageCut => "trang lưu bị cắt ở chữ \"Thành phần hồ sơ\", mất bảng giấy tờ",
            Reason::LawsUnread => "căn cứ pháp lý có văn bản không rõ số",
            Reason::BodyUnnamed => "không ghi cơ quan thực hiện",
            Reason::BodyElsewhere => "cơ quan thực hiện ghi tên tỉnh khác hoặc cấp huyện, đã ghi tên chung",
            Reason::LevelUnnamed => "không ghi cấp thực hiện hiện nay",
            Reason::LevelOfBody => "cấp thực hiện không khớp cơ quan thực hiện, lấy theo cơ quan",
            Reason::FeeOver => "mức phí đã hết hạn áp dụng, không trả lời theo mức đó",
            Reason::District => "nội dung còn nhắc cấp huyện",
        }
    }
}
