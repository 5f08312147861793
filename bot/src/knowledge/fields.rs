//! What a guide consists of, as its editor sees it: the one table that the form, the differences between revisions and
//! the merge go by. Keys are those of the guide's file.

use indexer::guide::{Level, Submission};

use crate::language::vi;

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
    &[(Level::Commune.key(), vi("Cấp xã")), (Level::Province.key(), vi("Cấp tỉnh")), (Level::Central.key(), vi("Trung ương"))];
const WAYS: &[(&str, &str)] = &[
    (Submission::InPerson.key(), vi("Nộp trực tiếp")),
    (Submission::Online.key(), vi("Nộp trực tuyến")),
    (Submission::Post.key(), vi("Qua bưu chính")),
];
const STATUSES: &[(&str, &str)] = &[("draft", vi("Chưa có cán bộ chuyên môn duyệt")), ("reviewed", vi("Đã duyệt"))];

const CASE: Field = field("case", vi("Trường hợp"), Kind::Text);
const CHANNEL: Field =
    field("channel", vi("Chỉ áp dụng khi"), Kind::Choice(WAYS)).optional().hint(vi("Để trống nếu nộp cách nào cũng vậy."));
const SOURCE: Field = field("source", vi("Nguồn"), Kind::Source);
const VALID_FROM: Field = field("valid_from", vi("Áp dụng từ ngày"), Kind::Day).optional();
const VALID_TO: Field = field("valid_to", vi("Đến hết ngày"), Kind::Day).optional().hint(vi("Qua ngày này, Sen tự thôi dùng."));

/// A guide's fields, in the order of the file; its id is given when it is begun.
pub(crate) const GUIDE: &[Field] = &[
    field("title", vi("Tên thủ tục"), Kind::Line).hint(vi("Không cần chữ “Thủ tục” ở đầu.")),
    field("other_names", vi("Tên người dân hay gọi"), Kind::Lines)
        .hint(vi("Mỗi dòng một tên, kể cả tiếng địa phương và tên cũ; không cần viết bản không dấu.")),
    field("codes", vi("Mã thủ tục"), Kind::Lines).hint(vi("Mã trên Cổng dịch vụ công quốc gia, mỗi dòng một mã, ví dụ 1.014064.")),
    field("field", vi("Lĩnh vực"), Kind::Line),
    field("level", vi("Cấp tiếp nhận"), Kind::Choice(LEVELS)),
    field("audience", vi("Dành cho"), Kind::Text).optional(),
    field("summary", vi("Tóm tắt"), Kind::Text).hint(vi("Một, hai câu thường ngày: để làm gì, nộp ở đâu.")),
    field("receiving_body", vi("Nơi tiếp nhận"), Kind::Text),
    field("channels", vi("Cách nộp"), Kind::Rows(vi("cách nộp"), CHANNELS)),
    field("fees", vi("Lệ phí"), Kind::Rows(vi("mức lệ phí"), FEES)).hint(vi("Mỗi trường hợp một dòng, có nguồn riêng.")),
    field("times", vi("Thời hạn giải quyết"), Kind::Rows(vi("thời hạn"), TIMES)),
    field("papers", vi("Giấy tờ cần có"), Kind::Rows(vi("trường hợp"), PAPERS)).hint(vi("Chia theo trường hợp.")),
    field("steps", vi("Các bước"), Kind::Items(vi("bước"))).hint(vi("Việc người dân làm, theo thứ tự.")),
    field("conditions", vi("Điều kiện, lưu ý"), Kind::Items(vi("điều kiện"))),
    field("result", vi("Kết quả"), Kind::Line).optional().hint(vi("Người dân nhận được gì.")),
    field("legal_basis", vi("Căn cứ pháp lý"), Kind::Rows(vi("văn bản"), LAWS)),
    field("online_url", vi("Trang của thủ tục trên mạng"), Kind::Line).optional().hint(vi("Địa chỉ mở đầu bằng https://")),
    field("sources", vi("Nguồn"), Kind::Rows(vi("nguồn"), SOURCES)).hint(vi("Điều nào không ghi nguồn riêng thì lấy theo nguồn thứ nhất.")),
    field("checked_on", vi("Ngày đối chiếu cả bản"), Kind::Day).hint(vi("Ngày gần nhất đã đọc lại và so với nguồn.")),
    field("review_by", vi("Hạn rà soát lại"), Kind::Day),
    field("review_status", vi("Tình trạng duyệt"), Kind::Choice(STATUSES)),
    field("related", vi("Bản hướng dẫn liên quan"), Kind::Lines).hint(vi("Mỗi dòng một mã bản, ví dụ cap-doi-can-cuoc.")),
    field("sections", vi("Lời dặn thêm"), Kind::Rows(vi("mục"), SECTIONS)),
];

const CHANNELS: &[Field] = &[
    field("kind", vi("Cách"), Kind::Choice(WAYS)),
    field("place", vi("Nơi nộp"), Kind::Text),
    field("hours", vi("Giờ nhận"), Kind::Text).optional(),
];
const FEES: &[Field] =
    &[CASE, field("amount", vi("Mức thu"), Kind::Line).hint(vi("Viết như 70.000 đồng.")), CHANNEL, SOURCE, VALID_FROM, VALID_TO];
const TIMES: &[Field] =
    &[CASE, field("duration", vi("Bao lâu"), Kind::Line).hint(vi("Viết như 7 ngày làm việc.")), CHANNEL, SOURCE, VALID_FROM, VALID_TO];
const PAPERS: &[Field] =
    &[CASE, field("source", vi("Nguồn"), Kind::Source).optional(), field("items", vi("Giấy tờ"), Kind::Rows(vi("giấy tờ"), ITEMS))];
const ITEMS: &[Field] = &[
    field("name", vi("Tên giấy tờ"), Kind::Text),
    field("copies", vi("Số bản"), Kind::Line).optional(),
    field("note", vi("Ghi chú"), Kind::Text).optional(),
];
const LAWS: &[Field] = &[
    field("number", vi("Số văn bản"), Kind::Line),
    field("title", vi("Tên văn bản"), Kind::Text),
    field("issued_on", vi("Ngày ban hành"), Kind::Day).optional(),
    SOURCE,
    VALID_FROM,
    VALID_TO,
];
const SOURCES: &[Field] = &[
    field("id", vi("Tên gọi tắt"), Kind::Line).hint(vi("Các dòng khác gọi nguồn bằng tên này.")),
    field("title", vi("Tên nguồn"), Kind::Text),
    field("url", vi("Địa chỉ"), Kind::Line).hint(vi("Mở đầu bằng https://")),
    field("checked_on", vi("Ngày xem"), Kind::Day),
];
const SECTIONS: &[Field] = &[field("heading", vi("Tiêu đề"), Kind::Line), field("text", vi("Nội dung"), Kind::Text)];
