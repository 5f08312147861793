//! A record as a guide: rows where its texts can be read, the text itself where they can't.

use jiff::ToSpan;
use jiff::civil::Date;

use super::record::{Record, lines, stated};
use super::submissions::{Fee, Row};
use super::{Fault, laws, papers, submissions};
use crate::guide::{BodySection, Channel, FeeRow, Guide, Level, PaperCase, ReviewStatus, Source, Submission, TimeRow};

const SOURCE: &str = "cong-dvcqg";
const EVERY_CASE: &str = "Mọi trường hợp";

/// The guide and what of the record could not be read.
pub(super) fn guide(record: &Record, names: &[String], checked_on: Date) -> (Guide, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut sections = Vec::new();
    let rows = submissions::parse(&record.cach_thuc_thuc_hien, &mut faults);
    if rows.is_none() && stated(&record.cach_thuc_thuc_hien).is_some() {
        faults.push(Fault::SubmissionsUnread);
    }
    if !faults.is_empty() {
        keep(&mut sections, "Cách thực hiện (Cổng ghi nguyên văn)", &record.cach_thuc_thuc_hien);
    }
    let rows = rows.unwrap_or_default();
    let guide = Guide {
        id: record.ma_thu_tuc.clone(),
        title: papers::one_line(&record.ten_thu_tuc),
        other_names: names.to_vec(),
        codes: vec![record.ma_thu_tuc.clone()],
        field: papers::one_line(&record.linh_vuc),
        level: level(&record.cap_thuc_hien),
        audience: stated(&record.doi_tuong_thuc_hien).map(papers::one_line),
        summary: summary(record),
        receiving_body: receiving_body(record),
        channels: channels(&rows),
        fees: fees(&rows),
        times: times(&rows),
        papers: paper_cases(record, &mut sections, &mut faults),
        steps: steps(&record.trinh_tu_thuc_hien),
        conditions: lines(&record.yeu_cau_dieu_kien),
        result: result(&record.ket_qua_xu_ly),
        legal_basis: legal_basis(record, &mut sections, &mut faults),
        online_url: stated(&record.detail_url).map(str::to_owned),
        sources: vec![source(record, checked_on)],
        checked_on,
        review_by: checked_on.checked_add(1.year()).unwrap_or(checked_on),
        review_status: ReviewStatus::Draft,
        related: Vec::new(),
        sections,
    };
    (with_rest(guide, record), faults)
}

fn keep(sections: &mut Vec<BodySection>, heading: &str, text: &str) {
    // A line that begins like a heading would be read back as one.
    let text: Vec<String> =
        text.lines().map(|line| line.trim().trim_start_matches('#').trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if !text.is_empty() {
        sections.push(BodySection { heading: heading.to_owned(), text: text.join("\n") });
    }
}

/// The lowest level that takes the papers: it is the nearest one.
fn level(levels: &str) -> Level {
    match levels {
        levels if levels.contains("Cấp xã") => Level::Commune,
        levels if levels.contains("Cấp tỉnh") => Level::Province,
        _ => Level::Central,
    }
}

fn summary(record: &Record) -> String {
    let body = receiving_body(record);
    format!("{}. Cơ quan thực hiện: {body}.", papers::one_line(&record.ten_thu_tuc).trim_end_matches('.'))
}

fn receiving_body(record: &Record) -> String {
    let bodies = [&record.co_quan_thuc_hien, &record.co_quan_co_tham_quyen, &record.cap_thuc_hien];
    papers::one_line(bodies.into_iter().find_map(|body| stated(body)).unwrap_or("Cổng không ghi"))
}

fn source(record: &Record, checked_on: Date) -> Source {
    let title = format!("Cổng dịch vụ công quốc gia, thủ tục {}", record.ma_thu_tuc);
    Source { id: SOURCE.to_owned(), title, url: record.detail_url.clone(), checked_on }
}

fn channels(rows: &[Row]) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for row in rows {
        let place = if row.note.is_empty() { default_place(row.way).to_owned() } else { papers::one_line(&row.note) };
        let channel = Channel { kind: row.way, place, hours: None };
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    channels
}

fn default_place(way: Submission) -> &'static str {
    match way {
        Submission::InPerson => "Tại cơ quan thực hiện",
        Submission::Online => "Qua Cổng dịch vụ công quốc gia",
        Submission::Post => "Gửi qua dịch vụ bưu chính",
    }
}

fn fees(rows: &[Row]) -> Vec<FeeRow> {
    let stated: Vec<(&Row, &Fee)> = rows.iter().filter_map(|row| Some((row, row.fee.as_ref()?))).collect();
    let everywhere = stated.len() == rows.len() && stated.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let mut fees = Vec::new();
    for (row, fee) in stated {
        let channel = (!everywhere).then_some(row.way);
        let case = fee.case.as_deref().map_or_else(|| EVERY_CASE.to_owned(), papers::one_line);
        let fee =
            FeeRow { case, amount: papers::one_line(&fee.amount), channel, source: SOURCE.to_owned(), valid_from: None, valid_to: None };
        if !fees.contains(&fee) {
            fees.push(fee);
        }
    }
    fees
}

/// Sentences of a note that name times of their own are cases of the time: they are told with it.
fn times(rows: &[Row]) -> Vec<TimeRow> {
    let stated: Vec<(&Row, &String)> = rows.iter().filter_map(|row| Some((row, row.time.as_ref()?))).collect();
    let everywhere = stated.len() == rows.len() && stated.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let mut times: Vec<TimeRow> = Vec::new();
    for (row, time) in stated {
        let channel = (!everywhere).then_some(row.way);
        let case = cases(&row.note).unwrap_or_else(|| EVERY_CASE.to_owned());
        let time = TimeRow { case, duration: time.clone(), channel, source: SOURCE.to_owned(), valid_from: None, valid_to: None };
        if !times.contains(&time) {
            times.push(time);
        }
    }
    times
}

fn cases(note: &str) -> Option<String> {
    let sentences = note.split_inclusive(['.', ';', '\n']).map(papers::one_line).filter(|sentence| names_time(sentence));
    let told: Vec<String> = sentences.collect();
    (!told.is_empty()).then(|| told.join(" "))
}

fn names_time(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let units = ["ngày", "giờ", "tháng", "tuần", "phút"];
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    words.windows(2).any(|pair| is_number(pair[0]) && units.contains(&pair[1]))
}

fn paper_cases(record: &Record, sections: &mut Vec<BodySection>, faults: &mut Vec<Fault>) -> Vec<PaperCase> {
    let text = &record.thanh_phan_ho_so;
    if let Some(cases) = papers::parse(text, EVERY_CASE) {
        return cases;
    }
    if stated(text).is_some() {
        faults.push(Fault::PapersUnread);
        keep(sections, "Thành phần hồ sơ (Cổng ghi nguyên văn)", text);
    }
    Vec::new()
}

/// One step a "Bước N"; else one a line.
fn steps(text: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in lines(text) {
        let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric());
        let begins = bare
            .strip_prefix("Bước")
            .map(|rest| rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([':', '.', ' ']));
        match (begins, steps.last_mut()) {
            (Some(step), _) => steps.push(step.to_owned()),
            (None, Some(last)) if text.contains("Bước") => {
                last.push(' ');
                last.push_str(&line);
            }
            (None, _) => steps.push(line),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps
}

/// What one gets; codes of results and the rest of the portal's page are furniture.
fn result(text: &str) -> Option<String> {
    let text = text.split("Từ khóa").next().unwrap_or_default();
    let results: Vec<&str> =
        text.split("Mã: KQ").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'G'))).collect();
    let results: Vec<String> = results.into_iter().filter_map(stated).map(papers::one_line).collect();
    (!results.is_empty()).then(|| results.join("; "))
}

fn legal_basis(record: &Record, sections: &mut Vec<BodySection>, faults: &mut Vec<Fault>) -> Vec<crate::guide::LegalRow> {
    let text = &record.can_cu_phap_ly;
    if let Some(laws) = laws::parse(text, SOURCE) {
        return laws;
    }
    if stated(text).is_some() {
        faults.push(Fault::LawsUnread);
        keep(sections, "Căn cứ pháp lý (Cổng ghi nguyên văn)", text);
    }
    Vec::new()
}

/// The fields that no row has.
fn with_rest(mut guide: Guide, record: &Record) -> Guide {
    let rest = [
        ("Quyết định công bố", &record.so_quyet_dinh),
        ("Loại thủ tục", &record.loai_thu_tuc),
        ("Cấp thực hiện", &record.cap_thuc_hien),
        ("Cơ quan có thẩm quyền", &record.co_quan_co_tham_quyen),
        ("Địa chỉ tiếp nhận", &record.dia_chi_tiep_nhan),
        ("Cơ quan được ủy quyền", &record.co_quan_duoc_uy_quyen),
        ("Cơ quan phối hợp", &record.co_quan_phoi_hop),
        ("Thủ tục liên quan", &record.thu_tuc_lien_quan),
    ];
    let rest: Vec<String> =
        rest.into_iter().filter_map(|(name, text)| Some(format!("{name}: {}", papers::one_line(stated(text)?)))).collect();
    keep(&mut guide.sections, "Thông tin khác", &rest.join("\n"));
    guide
}
