//! The rules, one function a subject.

use std::collections::HashSet;
use std::path::Path;

use jiff::civil::Date;

use super::{Finding, Severity, Surroundings, locate, stem, texts};
use crate::guide::{Guide, Source, vietnamese_date};
use crate::lexical::{fold, has_diacritics, normalise};

/// Collects findings and finds their lines.
pub(crate) struct Findings<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) list: Vec<Finding>,
}

impl Findings<'_> {
    pub(crate) fn error(&mut self, field: &str, rule: impl Into<String>, mend: impl Into<String>) {
        self.add(Severity::Error, field, rule.into(), mend.into());
    }

    pub(crate) fn warn(&mut self, field: &str, rule: impl Into<String>, mend: impl Into<String>) {
        self.add(Severity::Warning, field, rule.into(), mend.into());
    }

    fn add(&mut self, severity: Severity, field: &str, rule: String, mend: String) {
        let line = locate::line(self.text, field);
        self.list.push(Finding { file: self.file.to_owned(), line, field: field.to_owned(), severity, rule, mend });
    }
}

/// All findings of one guide, in the order of the rules.
pub(super) fn all(file: &str, text: &str, guide: &Guide, surroundings: &Surroundings<'_>) -> Vec<Finding> {
    let mut findings = Findings { file, text, list: Vec::new() };
    if !is_official(guide) {
        identity(&mut findings, &guide.id);
    }
    codes(&mut findings, guide);
    names(&mut findings, guide);
    sources(&mut findings, &guide.sources, surroundings.today);
    if let Some(url) = &guide.online_url {
        https(&mut findings, "online_url", url);
    }
    row_sources(&mut findings, guide);
    validity(&mut findings, guide, surroundings.today);
    review(&mut findings, guide.checked_on, guide.review_by, surroundings.today);
    words(&mut findings, guide);
    amounts(&mut findings, guide);
    districts(&mut findings, guide);
    related(&mut findings, guide, surroundings.ids);
    findings.list
}

/// Whether the id is the procedure's own code, as in guides of an imported catalogue.
fn is_official(guide: &Guide) -> bool {
    is_code(&guide.id) && guide.codes.first() == Some(&guide.id)
}

pub(crate) fn identity(findings: &mut Findings<'_>, id: &str) {
    let name = stem(Path::new(findings.file));
    if id != name {
        findings.error("id", format!("`{id}` khác tên tệp"), format!("ghi `id: {name}` hoặc đổi tên tệp"));
    }
    let is_plain = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
    if id.is_empty() || !id.chars().all(is_plain) {
        findings.error("id", "chỉ được dùng chữ thường không dấu, chữ số và gạch nối", "đổi id và tên tệp, ví dụ cap-lai-can-cuoc");
    }
}

fn codes(findings: &mut Findings<'_>, guide: &Guide) {
    for (at, code) in guide.codes.iter().enumerate() {
        if !is_code(code) {
            findings.error(
                &format!("codes[{at}]"),
                format!("mã `{code}` không đúng dạng"),
                "ghi mã trên Cổng dịch vụ công quốc gia, ví dụ \"1.014064\"",
            );
        }
    }
}

/// A digit, a dot, six digits.
pub(crate) fn is_code(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 8 && bytes[1] == b'.' && bytes.iter().enumerate().all(|(at, byte)| at == 1 || byte.is_ascii_digit())
}

fn names(findings: &mut Findings<'_>, guide: &Guide) {
    if normalise(&guide.title).starts_with("thủ tục ") {
        findings.warn("title", "tên không cần chữ \"Thủ tục\" ở đầu", "bỏ chữ \"Thủ tục\"");
    }
    let mut seen = HashSet::from([normalise(&guide.title)]);
    let mut folded: HashSet<String> = guide.other_names.iter().filter(|name| has_diacritics(name)).map(|name| fold(name)).collect();
    folded.insert(fold(&guide.title));
    for (at, name) in guide.other_names.iter().enumerate() {
        let is_copy = !has_diacritics(name) && folded.contains(&fold(name));
        if !seen.insert(normalise(name)) || is_copy {
            findings.warn(
                &format!("other_names[{at}]"),
                format!("`{name}` lặp lại một tên đã có"),
                "xóa dòng này; câu hỏi viết không dấu vẫn tìm được",
            );
        }
    }
}

pub(crate) fn sources(findings: &mut Findings<'_>, sources: &[Source], today: Date) {
    if sources.is_empty() {
        findings.error("sources", "chưa có nguồn nào", "ghi ít nhất một nguồn, có địa chỉ https và ngày đối chiếu");
    }
    let mut ids = HashSet::new();
    for (at, source) in sources.iter().enumerate() {
        if !ids.insert(&source.id) {
            findings.error(&format!("sources[{at}].id"), format!("nguồn `{}` ghi hai lần", source.id), "đặt cho mỗi nguồn một id riêng");
        }
        https(findings, &format!("sources[{at}].url"), &source.url);
        not_after(findings, &format!("sources[{at}].checked_on"), source.checked_on, today);
    }
}

fn https(findings: &mut Findings<'_>, field: &str, url: &str) {
    let host = url.strip_prefix("https://").unwrap_or_default();
    if !host.contains('.') || url.contains(char::is_whitespace) {
        findings.error(field, "địa chỉ trang không mở đầu bằng https:// hoặc có khoảng trắng", "chép lại địa chỉ từ trình duyệt");
    }
}

fn not_after(findings: &mut Findings<'_>, field: &str, date: Date, today: Date) {
    if date > today {
        let rule = format!("ngày {} ở tương lai", vietnamese_date(date));
        findings.error(field, rule, "ghi ngày đã thật sự đối chiếu với nguồn");
    }
}

fn row_sources(findings: &mut Findings<'_>, guide: &Guide) {
    let fees = guide.fees.iter().enumerate().map(|(at, row)| (format!("fees[{at}].source"), &row.source));
    let times = guide.times.iter().enumerate().map(|(at, row)| (format!("times[{at}].source"), &row.source));
    let laws = guide.legal_basis.iter().enumerate().map(|(at, row)| (format!("legal_basis[{at}].source"), &row.source));
    let papers = guide.papers.iter().enumerate();
    let papers = papers.filter_map(|(at, case)| Some((format!("papers[{at}].source"), case.source.as_ref()?)));
    let known: Vec<&str> = guide.sources.iter().map(|source| source.id.as_str()).collect();
    for (field, source) in fees.chain(times).chain(laws).chain(papers) {
        if guide.source(source).is_none() {
            findings.error(&field, format!("nguồn `{source}` không có trong mục sources"), format!("chọn một trong: {}", known.join(", ")));
        }
    }
}

fn validity(findings: &mut Findings<'_>, guide: &Guide, today: Date) {
    let fees = guide.fees.iter().enumerate().map(|(at, row)| (format!("fees[{at}]"), row.valid_from, row.valid_to));
    let times = guide.times.iter().enumerate().map(|(at, row)| (format!("times[{at}]"), row.valid_from, row.valid_to));
    let laws = guide.legal_basis.iter().enumerate();
    let laws = laws.map(|(at, row)| (format!("legal_basis[{at}]"), row.valid_from, row.valid_to));
    for (row, from, to) in fees.chain(times).chain(laws) {
        let Some(to) = to else { continue };
        let field = format!("{row}.valid_to");
        if from.is_some_and(|from| from > to) {
            findings.error(&field, "ngày hết hiệu lực trước ngày bắt đầu", "xem lại hai ngày valid_from và valid_to");
        } else if to < today {
            let rule = format!("hết hiệu lực sau ngày {}", vietnamese_date(to));
            findings.warn(&field, rule, "thay bằng mức mới của nguồn hoặc xóa mục này; trợ lý không còn trả lời theo mục này");
        }
    }
}

pub(crate) fn review(findings: &mut Findings<'_>, checked_on: Date, review_by: Date, today: Date) {
    not_after(findings, "checked_on", checked_on, today);
    if review_by <= checked_on {
        findings.error("review_by", "hạn rà soát không sau ngày đối chiếu", "ghi ngày cần rà soát lại, thường sau một năm");
    } else if review_by < today {
        findings.warn("review_by", "đã quá hạn rà soát", "đối chiếu lại với nguồn rồi sửa checked_on và review_by");
    }
}

fn words(findings: &mut Findings<'_>, guide: &Guide) {
    for (field, text) in texts::all(guide) {
        if text.trim().is_empty() {
            findings.error(&field, "để trống", "ghi nội dung hoặc bỏ cả mục");
        }
        if text.lines().any(|line| normalise(line).trim_matches(|letter: char| !letter.is_alphanumeric()) == "không có thông tin") {
            findings.warn(&field, "còn câu \"Không có thông tin\" chép từ nguồn", "bỏ câu này; không biết thì không ghi");
        }
    }
    for (at, case) in guide.papers.iter().enumerate() {
        if case.items.is_empty() {
            findings.error(&format!("papers[{at}].items"), "chưa có giấy tờ nào", "ghi giấy tờ hoặc xóa trường hợp này");
        }
    }
    for (at, section) in guide.sections.iter().enumerate() {
        if section.heading.is_empty() {
            findings.warn(&format!("sections[{at}]"), "đoạn văn không có tiêu đề", "đặt dòng tiêu đề \"## Lưu ý\" phía trên");
        }
    }
}

fn amounts(findings: &mut Findings<'_>, guide: &Guide) {
    for (field, text) in texts::all(guide) {
        if has_foreign_thousands(text) {
            findings.warn(&field, "số tiền ghi dấu phẩy ngăn hàng nghìn", "ghi dấu chấm, ví dụ 70.000 đồng");
        }
    }
    for (at, row) in guide.fees.iter().enumerate() {
        let field = format!("fees[{at}].amount");
        let longest = row.amount.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        if longest >= 5 {
            findings.warn(&field, "số tiền chưa ngăn hàng nghìn", "ghi dấu chấm, ví dụ 70.000 đồng");
        }
        if fold(&row.amount).contains("vnd") {
            findings.warn(&field, "đơn vị tiền ghi VND", "ghi \"đồng\"");
        }
    }
}

/// One to three digits, a comma and exactly three digits: "70,000". A decimal such as "1,5" or "0,125%" passes.
fn has_foreign_thousands(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let digits_from = |start: usize| letters[start..].iter().take_while(|letter| letter.is_ascii_digit()).count();
    letters.iter().enumerate().any(|(at, letter)| {
        let before = letters[..at].iter().rev().take_while(|letter| letter.is_ascii_digit()).count();
        let leads_with_zero = before > 0 && letters[at - before] == '0';
        *letter == ',' && before > 0 && !leads_with_zero && digits_from(at + 1) == 3
    })
}

/// The district level ended on 1 July 2025; papers issued before may still name it, a place to go to may not.
fn districts(findings: &mut Findings<'_>, guide: &Guide) {
    for (field, text) in texts::all(guide) {
        let says_where =
            matches!(field.as_str(), "summary" | "receiving_body") || field.starts_with("channels") || field.starts_with("steps");
        let text = normalise(text);
        if says_where && ["cấp huyện", "ubnd huyện", "ủy ban nhân dân huyện"].iter().any(|level| text.contains(level)) {
            findings.error(
                &field,
                "còn ghi cấp huyện, đã bỏ từ ngày 01/7/2025",
                "ghi nơi tiếp nhận hiện nay (cấp xã hoặc cấp tỉnh) theo nguồn",
            );
        }
    }
}

fn related(findings: &mut Findings<'_>, guide: &Guide, ids: &HashSet<String>) {
    for (at, id) in guide.related.iter().enumerate() {
        if !ids.contains(id) || *id == guide.id {
            findings.warn(
                &format!("related[{at}]"),
                format!("không có bản hướng dẫn khác tên `{id}`"),
                "sửa theo tên tệp của bản kia hoặc xóa dòng này",
            );
        }
    }
}
