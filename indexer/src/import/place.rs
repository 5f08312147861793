//! Levels and bodies, as they are since the district level ended on 1 July 2025; pages of other provinces.

use std::sync::LazyLock;

use regex::Regex;

use super::record::Record;
use super::text::{inline, pattern, says_nothing};
use crate::guide::Level;

/// The provinces and cities before and after July 2025, Nghệ An apart.
const ELSEWHERE: &str = "An Giang|Bà Rịa ?- ?Vũng Tàu|Bạc Liêu|Bắc Giang|Bắc Kạn|Bắc Ninh|Bến Tre|Bình Dương|Bình Định|Bình Phước|Bình Thuận|Cà Mau|Cao Bằng|Cần Thơ|Đà Nẵng|Đắk Lắk|Đắk Nông|Điện Biên|Đồng Nai|Đồng Tháp|Gia Lai|Hà Giang|Hà Nam|Hà Nội|Hà Tĩnh|Hải Dương|Hải Phòng|Hậu Giang|Hòa Bình|Hồ Chí Minh|HCM|Huế|Thừa Thiên ?- ?Huế|Hưng Yên|Khánh Hòa|Kiên Giang|Kon Tum|Lai Châu|Lạng Sơn|Lào Cai|Lâm Đồng|Long An|Nam Định|Ninh Bình|Ninh Thuận|Phú Thọ|Phú Yên|Quảng Bình|Quảng Nam|Quảng Ngãi|Quảng Ninh|Quảng Trị|Sóc Trăng|Sơn La|Tây Ninh|Thái Bình|Thái Nguyên|Thanh Hóa|Tiền Giang|Trà Vinh|Tuyên Quang|Vĩnh Long|Vĩnh Phúc|Yên Bái";

/// A province's own territory, or its name behind a body's.
static TERRITORY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"địa bàn (?:tỉnh|thành phố) (?:{ELSEWHERE})")));
static PROVINCE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r" ?(?:các )?(?:[Tt]ỉnh|[Tt]hành phố|TP\.?) (?:{ELSEWHERE})\b")));
static DISTRICT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bhuyện\b|quận"));

/// The level of today that is nearest to the citizen, and whether the bodies speak against the levels that the record
/// names: customs offices are no commune's. None where neither tells one.
pub(super) fn level(record: &Record) -> (Option<Level>, bool) {
    let levels = record.cap_thuc_hien.to_lowercase();
    let known = [("cấp xã", Level::Commune), ("cấp tỉnh", Level::Province), ("cấp bộ", Level::Central)];
    let named = known.into_iter().find(|(name, _)| levels.contains(name)).map(|(_, level)| level);
    let bodies = level_of(&record.co_quan_thuc_hien);
    (bodies.or(named), named.is_some() && bodies.is_some() && bodies != named)
}

/// The level of the nearest body; none where one of them belongs to no certain level.
fn level_of(bodies: &str) -> Option<Level> {
    // Names with a comma of their own.
    let bodies = inline(bodies).to_lowercase().replace("tỉnh, thành phố", "tỉnh").replace("trật tự, xã hội", "trật tự");
    let levels = bodies.split(", ").filter(|body| !DISTRICT.is_match(body)).map(one_level).collect::<Option<Vec<_>>>()?;
    [Level::Commune, Level::Province, Level::Central].into_iter().find(|level| levels.contains(level))
}

fn one_level(body: &str) -> Option<Level> {
    let has = |words: &[&str]| words.iter().any(|word| body.contains(word));
    let begins = |words: &[&str]| words.iter().any(|word| body.starts_with(word));
    match () {
        () if has(&["hải quan"]) || begins(&["cục ", "bộ ", "chi cục thuế doanh nghiệp lớn"]) => Some(Level::Central),
        () if has(&["cấp xã", "thuế cơ sở"]) => Some(Level::Commune),
        () if has(&["cấp tỉnh", "công an tỉnh", "bảo hiểm xã hội tỉnh", "thuế tỉnh"]) || begins(&["sở "]) => {
            Some(Level::Province)
        }
        () => None,
    }
}

/// Whether the page is one other province's: its title or steps are about that territory, or a local body's address is
/// there.
pub(super) fn is_elsewhere(record: &Record) -> bool {
    let is_local = !record.cap_thuc_hien.contains("Cấp bộ");
    let texts = [&record.ten_thu_tuc, &record.trinh_tu_thuc_hien];
    texts.iter().any(|text| TERRITORY.is_match(&inline(text))) || (is_local && PROVINCE.is_match(&record.dia_chi_tiep_nhan))
}

/// The bodies that take the papers, and whether one of them was named for another province or a district and goes by a
/// general name now. None where the record names none.
pub(super) fn body(record: &Record) -> (Option<String>, bool) {
    let named = [&record.co_quan_thuc_hien, &record.co_quan_co_tham_quyen].into_iter().find(|text| !says_nothing(text));
    let Some(named) = named else { return (None, false) };
    let is_local = level(record).0 != Some(Level::Central);
    let mut bodies: Vec<String> = Vec::new();
    let mut is_changed = false;
    for body in inline(named).replace("_old", "").split(", ") {
        if is_local && DISTRICT.is_match(body) {
            is_changed = true;
            continue;
        }
        let general = if is_local { PROVINCE.replace(body, "").trim().to_owned() } else { body.trim().to_owned() };
        is_changed |= general != body.trim();
        if !general.is_empty() && !bodies.contains(&general) {
            bodies.push(general);
        }
    }
    ((!bodies.is_empty()).then(|| bodies.join(", ")), is_changed)
}

/// Whether a text still sends people to a district.
pub(super) fn names_district(text: &str) -> bool {
    let text = text.to_lowercase();
    ["cấp huyện", "ubnd huyện", "ủy ban nhân dân huyện", "uỷ ban nhân dân huyện"].iter().any(|name| text.contains(name))
}
