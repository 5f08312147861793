//! What an import did, and what it found wrong.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sync::IndexReport;

/// How many codes a report names of each fault.
const EXAMPLES: usize = 5;

/// What is wrong with a record, or could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No code or no name.
    NoCodeOrName,
    /// A page of another province.
    OtherProvince,
    /// A procedure at the level of districts, which are gone.
    DistrictLevel,
    /// One name on many codes.
    SameNameOnManyCodes,
    /// The table of ways to hand in.
    SubmissionsUnread,
    /// The papers.
    PapersUnread,
    /// The laws.
    LawsUnread,
    /// "Trực tuyến3Miễn phí".
    TimeWithoutUnit,
    /// "25 VNĐ".
    FeeWithoutUnit,
    /// "Miễn phí" beside a note that names a fee: the note is served.
    FreeButNoteSaysOtherwise,
    /// The field and its note name different amounts.
    FeeContradictsNote,
    /// A note that may be a case or a fee.
    FeeUnclear,
}

impl Fault {
    fn label(self) -> &'static str {
        match self {
            Fault::NoCodeOrName => "thiếu mã hoặc tên, không đưa vào",
            Fault::OtherProvince => "trang của tỉnh khác, không đưa vào",
            Fault::DistrictLevel => "thực hiện ở cấp huyện, nay không còn, không đưa vào",
            Fault::SameNameOnManyCodes => "một tên đứng ở nhiều mã, không đưa vào",
            Fault::SubmissionsUnread => "bảng cách nộp không tách được, giữ nguyên văn",
            Fault::PapersUnread => "thành phần hồ sơ không tách được, giữ nguyên văn",
            Fault::LawsUnread => "căn cứ pháp lý không tách được, giữ nguyên văn",
            Fault::TimeWithoutUnit => "thời hạn không ghi đơn vị, không dùng con số đó",
            Fault::FeeWithoutUnit => "mức phí không rõ đơn vị, không dùng con số đó",
            Fault::FreeButNoteSaysOtherwise => "ghi \"Miễn phí\" nhưng chú thích nói khác, dùng chú thích",
            Fault::FeeContradictsNote => "mức phí khác với chú thích, không dùng",
            Fault::FeeUnclear => "mức phí không rõ, không dùng",
        }
    }
}

/// What an import did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Records that became rows altogether.
    pub whole: usize,
    /// Records of which some text could not be read into rows, or held a fault; that text is kept.
    pub partly: usize,
    /// Records that are not served.
    pub left_out: usize,
    /// Lines that are no records, and why.
    pub failed: Vec<String>,
    /// Faults: how many records, and the first codes.
    pub faults: BTreeMap<Fault, (usize, Vec<String>)>,
    /// New guides.
    pub created: usize,
    /// Guides with a new revision.
    pub updated: usize,
    /// Guides that were already published as they are.
    pub unchanged: usize,
    /// Guides that the file no longer has.
    pub withdrawn: usize,
    /// Guides changed in the console, which stay.
    pub kept: Vec<String>,
    /// The index, where it was brought to the new state.
    pub index: Option<IndexReport>,
}

impl ImportReport {
    /// Notes a fault of a record.
    pub(super) fn note(&mut self, fault: Fault, code: &str) {
        let (count, codes) = self.faults.entry(fault).or_default();
        *count += 1;
        if codes.len() < EXAMPLES {
            codes.push(code.to_owned());
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whole, partly, left_out, failed, created, updated, unchanged, withdrawn, kept, .. } = self;
        writeln!(
            formatter,
            "Đã đọc {} thủ tục: {whole} tách trọn, {partly} tách một phần, {left_out} không đưa vào, {} dòng hỏng.",
            whole + partly + left_out,
            failed.len()
        )?;
        for (fault, (count, codes)) in &self.faults {
            writeln!(formatter, "- {count} thủ tục {}; ví dụ {}.", fault.label(), codes.join(", "))?;
        }
        for reason in failed.iter().take(EXAMPLES) {
            writeln!(formatter, "- Dòng hỏng: {reason}")?;
        }
        write!(formatter, "Kho nội dung: {created} mới, {updated} cập nhật, {unchanged} giữ nguyên, {withdrawn} ngừng dùng.")?;
        if !kept.is_empty() {
            write!(formatter, "\nĐã sửa trên trang quản trị, giữ bản đó: {}.", kept.join(", "))?;
        }
        if let Some(IndexReport { created, deleted, unchanged }) = self.index {
            write!(formatter, "\nChỉ mục: thêm {created} đoạn, xóa {deleted} đoạn, giữ nguyên {unchanged} đoạn.")?;
        }
        Ok(())
    }
}
