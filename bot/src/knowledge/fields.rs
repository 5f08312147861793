//! What a guide consists of, as its editor sees it: the one table that the form, the differences between revisions and
//! the merge go by. Keys are those of the guide's file.

use indexer::guide::{Level, Submission};

/// One field of a guide, or of one of its rows.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its key in the file.
    pub(crate) key: &'static str,
    /// As editors read it.
    pub(crate) label: &'static str,
    /// What to write there; empty where the label says it.
    pub(crate) hint: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Left out of the file when blank.
    pub(crate) optional: bool,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Words on one line.
    Line,
    /// Words on several lines.
    Text,
    /// A day.
    Day,
    /// One of a closed set: key and label.
    Choice(&'static [(&'static str, &'static str)]),
    /// The id of one of the guide's own sources.
    Source,
    /// Short items, one a line of one box.
    Lines,
    /// Items with a box each; the word for one.
    Items(&'static str),
    /// Rows of fields; the word for one.
    Rows(&'static str, &'static [Field]),
}

const fn field(key: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { key, label, hint: "", kind, optional: false }
}

impl Field {
    const fn optional(self) -> Field {
        Field { optional: true, ..self }
    }

    const fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }
}

const LEVELS: &[(&str, &str)] =
    &[(Level::Commune.key(), "Cấp xã"), (Level::Province.key(), "Cấp tỉnh"), (Level::Central.key(), "Trung ương")];
const WAYS: &[(&str, &str)] = &[
    (Submission::InPerson.key(), "Nộp trực tiếp"),
    (Submission::Online.key(), "Nộp trực tuyến"),
    (Submission::Post.key(), "Qua bưu chính"),
];
const STATUSES: &[(&str, &str)] = &[("draft", "Bản nháp, chưa có cán bộ chuyên môn duyệt"), ("reviewed", "Đã duyệt")];

const CASE: Field = field("case", "Trường hợp", Kind::Text);
const CHANNEL: Field = field("channel", "Chỉ khi", Kind::Choice(WAYS)).optional().hint("Để trống nếu nộp cách nào cũng vậy.");
const SOURCE: Field = field("source", "Nguồn", Kind::Source);
const VALID_FROM: Field = field("valid_from", "Áp dụng từ ngày", Kind::Day).optional();
const VALID_TO: Field = field("valid_to", "Đến hết ngày", Kind::Day).optional().hint("Qua ngày này, Sen tự thôi dùng.");

/// A guide's fields, in the order of the file; its id is given when it is begun.
pub(crate) const GUIDE: &[Field] = &[
    field("title", "Tên thủ tục", Kind::Line).hint("Không cần chữ “Thủ tục” ở đầu."),
    field("other_names", "Tên người dân hay gọi", Kind::Lines)
        .hint("Mỗi dòng một tên, kể cả tiếng địa phương và tên cũ; không cần viết bản không dấu."),
    field("codes", "Mã thủ tục", Kind::Lines).hint("Mã trên Cổng dịch vụ công quốc gia, mỗi dòng một mã, ví dụ 1.014064."),
    field("field", "Lĩnh vực", Kind::Line),
    field("level", "Cấp tiếp nhận", Kind::Choice(LEVELS)),
    field("audience", "Dành cho", Kind::Text).optional(),
    field("summary", "Tóm tắt", Kind::Text).hint("Một, hai câu thường ngày: để làm gì, nộp ở đâu."),
    field("receiving_body", "Nơi tiếp nhận", Kind::Text),
    field("channels", "Cách nộp", Kind::Rows("cách nộp", CHANNELS)),
    field("fees", "Lệ phí", Kind::Rows("mức lệ phí", FEES)).hint("Mỗi trường hợp một dòng, có nguồn riêng."),
    field("times", "Thời hạn giải quyết", Kind::Rows("thời hạn", TIMES)),
    field("papers", "Giấy tờ cần có", Kind::Rows("trường hợp", PAPERS)).hint("Chia theo trường hợp."),
    field("steps", "Các bước", Kind::Items("bước")).hint("Việc người dân làm, theo thứ tự."),
    field("conditions", "Điều kiện, lưu ý", Kind::Items("điều kiện")),
    field("result", "Kết quả", Kind::Line).optional().hint("Người dân nhận được gì."),
    field("legal_basis", "Căn cứ pháp lý", Kind::Rows("văn bản", LAWS)),
    field("online_url", "Trang của thủ tục trên mạng", Kind::Line).optional().hint("Địa chỉ mở đầu bằng https://"),
    field("sources", "Nguồn", Kind::Rows("nguồn", SOURCES)).hint("Nguồn thứ nhất mang mọi điều không ghi nguồn riêng."),
    field("checked_on", "Ngày đối chiếu cả bản", Kind::Day).hint("Ngày gần nhất đã đọc lại và so với nguồn."),
    field("review_by", "Hạn rà soát lại", Kind::Day),
    field("review_status", "Tình trạng duyệt", Kind::Choice(STATUSES)),
    field("related", "Bản hướng dẫn liên quan", Kind::Lines).hint("Mỗi dòng một mã bản, ví dụ cap-doi-can-cuoc."),
    field("sections", "Lời dặn thêm", Kind::Rows("mục", SECTIONS)),
];

const CHANNELS: &[Field] =
    &[field("kind", "Cách", Kind::Choice(WAYS)), field("place", "Nơi nộp", Kind::Text), field("hours", "Giờ nhận", Kind::Text).optional()];
const FEES: &[Field] = &[CASE, field("amount", "Mức thu", Kind::Line).hint("Viết như 70.000 đồng."), CHANNEL, SOURCE, VALID_FROM, VALID_TO];
const TIMES: &[Field] =
    &[CASE, field("duration", "Bao lâu", Kind::Line).hint("Viết như 7 ngày làm việc."), CHANNEL, SOURCE, VALID_FROM, VALID_TO];
const PAPERS: &[Field] =
    &[CASE, field("source", "Nguồn", Kind::Source).optional(), field("items", "Giấy tờ", Kind::Rows("giấy tờ", ITEMS))];
const ITEMS: &[Field] = &[
    field("name", "Tên giấy tờ", Kind::Text),
    field("copies", "Số bản", Kind::Line).optional(),
    field("note", "Ghi chú", Kind::Text).optional(),
];
const LAWS: &[Field] = &[
    field("number", "Số văn bản", Kind::Line),
    field("title", "Tên văn bản", Kind::Text),
    field("issued_on", "Ngày ban hành", Kind::Day).optional(),
    SOURCE,
    VALID_FROM,
    VALID_TO,
];
const SOURCES: &[Field] = &[
    field("id", "Tên gọi tắt", Kind::Line).hint("Các dòng khác gọi nguồn bằng tên này."),
    field("title", "Tên nguồn", Kind::Text),
    field("url", "Địa chỉ", Kind::Line).hint("Mở đầu bằng https://"),
    field("checked_on", "Ngày xem", Kind::Day),
];
const SECTIONS: &[Field] = &[field("heading", "Tiêu đề", Kind::Line), field("text", "Nội dung", Kind::Text)];
