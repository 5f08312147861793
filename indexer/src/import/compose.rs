//! From a record to a guide: rows where the text can be read, sections for what is left.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;

use super::lines::{lines, results, steps, without_furniture};
use super::reason::Reason;
use super::record::Record;
use super::text::{inline, pattern, says_nothing, stated, tidy};
use super::ways::ways;
use super::{laws, papers, place, rows};
use crate::guide::{BodySection, Guide, Level, ReviewStatus, Source};

const SOURCE: &str = "cong-dvcqg";

/// Words by which a record tells that something is paid.
static CHARGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)mức thu|lệ phí (?:đăng ký|cấp|thẩm)|(?:nộp|đóng|thu|trả|thanh toán)(?: các khoản| tiền| đủ| đầy đủ)? (?:phí|lệ phí)|sử dụng (?:phí|lệ phí)",
    )
});

/// A guide, what could not be taken into rows, and how many fields held the page's furniture.
pub(super) struct Composed {
    pub(super) guide: Guide,
    pub(super) reasons: Vec<Reason>,
    pub(super) furniture: usize,
}

/// Makes the guide of a record. `names` are its everyday names.
pub(super) fn compose(record: &Record, names: &[String], checked_on: Date) -> Composed {
    let mut reasons = Vec::new();
    let (level, is_corrected) = place::level(record);
    reasons.extend(is_corrected.then_some(Reason::LevelOfBody));
    let level = level.unwrap_or_else(|| {
        reasons.push(Reason::LevelUnnamed);
        Level::Central
    });
    let (body, is_changed) = place::body(record);
    reasons.extend(is_changed.then_some(Reason::BodyElsewhere));
    let body = body.unwrap_or_else(|| {
        reasons.push(Reason::BodyUnnamed);
        format!("Cơ quan {} có thẩm quyền (trang của Cổng không ghi tên)", level.label())
    });
    let (conditions, condition_furniture) = without_furniture(&record.yeu_cau_dieu_kien);
    let (result, result_furniture) = without_furniture(&record.ket_qua_xu_ly);
    let (table, ways_left) = ways(&record.cach_thuc_thuc_hien);
    let is_charged = [&record.trinh_tu_thuc_hien, &record.can_cu_phap_ly, &conditions].iter().any(|text| CHARGED.is_match(text));
    let mut table = rows::rows(&table, is_charged, &body, SOURCE);
    let cut = cut_steps(record);
    reasons.extend(cut.is_some().then_some(Reason::PageCut));
    let (papers, papers_left) = if cut.is_some() { Default::default() } else { papers::papers(&record.thanh_phan_ho_so) };
    let (laws, laws_left) = laws::laws(&record.can_cu_phap_ly, SOURCE);
    for (left, reason) in [(&ways_left, Reason::WaysUnread), (&papers_left, Reason::PapersUnread), (&laws_left, Reason::LawsUnread)] {
        reasons.extend((!says_nothing(left)).then_some(reason));
    }
    reasons.append(&mut table.reasons);
    let steps = steps(cut.as_deref().unwrap_or(&record.trinh_tu_thuc_hien));
    let texts = steps.iter().chain(table.channels.iter().map(|channel| &channel.place)).chain(table.times.iter().map(|row| &row.duration));
    let is_over = table.fees.iter().any(|row| row.valid_to.is_some_and(|last| last < checked_on));
    reasons.extend(is_over.then_some(Reason::FeeOver));
    reasons.extend(texts.into_iter().any(|text| place::names_district(text)).then_some(Reason::District));
    table.left.push(ways_left);
    let sections = sections(record, &body, [table.left.join("\n"), papers_left, laws_left]);
    let title = title(&record.ten_thu_tuc);
    let code = record.ma_thu_tuc.clone();
    let guide = Guide {
        id: code.clone(),
        summary: summary(record),
        other_names: names.iter().filter(|name| **name != title).cloned().collect(),
        title,
        codes: vec![code.clone()],
        field: stated(&record.linh_vuc).unwrap_or_else(|| "Chưa ghi lĩnh vực".to_owned()),
        level,
        audience: stated(&record.doi_tuong_thuc_hien).map(|audience| inline(&audience)),
        receiving_body: body,
        channels: table.channels,
        fees: table.fees,
        times: table.times,
        papers,
        steps,
        conditions: lines(&conditions),
        result: Some(results(&result).join("\n")).filter(|result| !result.is_empty()),
        legal_basis: laws,
        online_url: Some(record.detail_url.clone()),
        sources: vec![source(record, checked_on)],
        checked_on,
        review_by: checked_on.checked_add(1.year()).unwrap_or(Date::MAX),
        review_status: ReviewStatus::Draft,
        related: Vec::new(),
        sections,
    };
    reasons.sort_unstable();
    reasons.dedup();
    Composed { guide, reasons, furniture: usize::from(condition_furniture) + usize::from(result_furniture) }
}

/// The steps of a page that was cut where they name the papers ("theo mục 9.3 (Thành phần hồ sơ); nộp cho…"): the rest of
/// them stands in the papers' field.
fn cut_steps(record: &Record) -> Option<String> {
    let (steps, rest) = (record.trinh_tu_thuc_hien.trim_end(), record.thanh_phan_ho_so.trim());
    let is_cut = !papers::has_table(rest) && !says_nothing(rest) && !steps.ends_with(['.', ';', ':']) && rest.contains(' ');
    let before = if steps.ends_with('(') { "" } else { " " };
    let behind = if rest.starts_with("Bước") {
        "\n"
    } else if rest.starts_with([')', ';', '.', ',']) {
        ""
    } else {
        " "
    };
    is_cut.then(|| format!("{steps}{before}Thành phần hồ sơ{behind}{rest}"))
}

fn source(record: &Record, checked_on: Date) -> Source {
    let title = format!("Cổng dịch vụ công quốc gia, thủ tục {}", record.ma_thu_tuc);
    Source { id: SOURCE.to_owned(), title, url: record.detail_url.clone(), checked_on }
}

/// The official name without "Thủ tục" and a full stop.
fn title(name: &str) -> String {
    let name = inline(name);
    let name = name.trim_end_matches(['.', ';', ' ']);
    let bare = ["Thủ tục ", "THỦ TỤC ", "thủ tục "].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    let mut letters = bare.trim_start_matches([':', '-', ' ']).chars();
    letters.next().map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn summary(record: &Record) -> String {
    let levels = inline(&record.cap_thuc_hien).to_lowercase();
    let field = inline(&record.linh_vuc);
    match (says_nothing(&field), says_nothing(&levels)) {
        (false, false) => format!("Thủ tục thuộc lĩnh vực {field}, thực hiện ở {levels}."),
        (false, true) => format!("Thủ tục thuộc lĩnh vực {field}."),
        _ => "Thủ tục trên Cổng dịch vụ công quốc gia.".to_owned(),
    }
}

/// What no row says, word for word.
fn sections(record: &Record, body: &str, [ways, papers, laws]: [String; 3]) -> Vec<BodySection> {
    let sections = [
        ("Cách thức thực hiện (theo Cổng)", ways),
        ("Thành phần hồ sơ (theo Cổng)", papers),
        ("Căn cứ pháp lý (theo Cổng)", laws),
        ("Thông tin khác (theo Cổng)", others(record, body)),
    ];
    let section = |(heading, text): (&str, String)| BodySection { heading: heading.to_owned(), text: tidy(&text) };
    sections.into_iter().map(section).filter(|section| !says_nothing(&section.text)).collect()
}

fn others(record: &Record, body: &str) -> String {
    let known = [
        ("Địa chỉ tiếp nhận", &record.dia_chi_tiep_nhan),
        ("Cơ quan thực hiện", &record.co_quan_thuc_hien),
        ("Cơ quan có thẩm quyền", &record.co_quan_co_tham_quyen),
        ("Cơ quan được ủy quyền", &record.co_quan_duoc_uy_quyen),
        ("Cơ quan phối hợp", &record.co_quan_phoi_hop),
        ("Thủ tục liên quan", &record.thu_tuc_lien_quan),
        ("Quyết định công bố", &record.so_quyet_dinh),
        ("Loại thủ tục", &record.loai_thu_tuc),
        ("Nhóm của Cổng", &record.bo),
        ("Mã trong Cổng", &record.formality_id),
    ];
    let known = known.iter().filter(|(_, text)| inline(text) != body);
    let mut rows: Vec<String> = known.filter_map(|(label, text)| Some(format!("- {label}: {}", inline(&stated(text)?)))).collect();
    for (name, value) in &record.others {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        rows.extend((!says_nothing(&text)).then(|| format!("- {name}: {}", inline(&text))));
    }
    rows.join("\n")
}
