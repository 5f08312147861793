//! What an import did, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::reason::{Reason, Weight};

/// How many examples of a reason are named.
const EXAMPLES: usize = 5;

/// What an import did. `Display` is the report that people read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CatalogueReport {
    /// Records in the file.
    pub records: usize,
    /// Served, every field in its rows.
    pub whole: usize,
    /// Served, some of it as text only.
    pub partly: usize,
    /// Not served.
    pub withheld: usize,
    /// Fields from which the page's furniture (forms and buttons) was taken off.
    pub furniture: usize,
    /// Why, with the codes.
    pub reasons: BTreeMap<Reason, Tally>,
    /// Procedures with everyday names.
    pub named: usize,
    /// Codes with everyday names that the file does not have.
    pub unknown_names: Vec<String>,
    /// New guides.
    pub created: usize,
    /// Guides with a new revision.
    pub updated: usize,
    /// Guides that were published as they are.
    pub unchanged: usize,
    /// Guides changed in the console, whose text stays.
    pub kept: Vec<String>,
    /// Guides whose record is gone or not served any more.
    pub withdrawn: Vec<String>,
}

/// The records that a reason holds for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<String>,
}

impl CatalogueReport {
    /// Counts a reason for the record of that code, or the line of that number.
    pub(super) fn count(&mut self, reason: Reason, example: &str) {
        let tally = self.reasons.entry(reason).or_default();
        tally.count += 1;
        if tally.examples.len() < EXAMPLES {
            tally.examples.push(example.to_owned());
        }
    }

    fn of(&self, weight: Weight) -> impl Iterator<Item = (&Reason, &Tally)> {
        self.reasons.iter().filter(move |(reason, _)| reason.weight() == weight)
    }
}

impl fmt::Display for CatalogueReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CatalogueReport { records, whole, partly, withheld, furniture, named, created, updated, unchanged, .. } = self;
        writeln!(formatter, "Đã đọc {records} thủ tục: {whole} tách đủ, {partly} tách một phần, {withheld} không đưa ra phục vụ.")?;
        let groups = [
            (Weight::Withheld, "Không đưa ra phục vụ"),
            (Weight::Partly, "Tách một phần, chỗ còn lại giữ nguyên văn"),
            (Weight::Noted, "Cần biết"),
        ];
        for (weight, heading) in groups {
            if self.of(weight).next().is_some() {
                writeln!(formatter, "{heading}:")?;
            }
            for (reason, Tally { count, examples }) in self.of(weight) {
                let more = if examples.len() < *count { ", …" } else { "" };
                writeln!(formatter, "- {}: {count} ({}{more})", reason.label(), examples.join(", "))?;
            }
        }
        writeln!(formatter, "Đã bỏ phần khung của trang (ô chọn, nút bấm) ở {furniture} mục. {named} thủ tục có tên gọi thường ngày.")?;
        if !self.unknown_names.is_empty() {
            writeln!(formatter, "Tên gọi ghi cho mã không có trong tệp: {}.", self.unknown_names.join(", "))?;
        }
        for id in &self.kept {
            writeln!(formatter, "- {id}: đã sửa trên trang quản trị, giữ bản đó.")?;
        }
        let withdrawn = self.withdrawn.len();
        write!(formatter, "Kho nội dung: {created} mới, {updated} cập nhật, {unchanged} giữ nguyên, {withdrawn} ngừng dùng.")
    }
}
