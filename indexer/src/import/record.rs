//! One procedure as the national portal's pages were read: texts whose tables have lost their cells.

use serde::Deserialize;

/// A line of the file. The names are the file's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) ma_thu_tuc: String,
    pub(super) detail_url: String,
    pub(super) ten_thu_tuc: String,
    pub(super) so_quyet_dinh: String,
    pub(super) cap_thuc_hien: String,
    pub(super) loai_thu_tuc: String,
    pub(super) linh_vuc: String,
    pub(super) doi_tuong_thuc_hien: String,
    pub(super) co_quan_co_tham_quyen: String,
    pub(super) dia_chi_tiep_nhan: String,
    pub(super) co_quan_duoc_uy_quyen: String,
    pub(super) co_quan_phoi_hop: String,
    pub(super) thu_tuc_lien_quan: String,
    pub(super) trinh_tu_thuc_hien: String,
    pub(super) cach_thuc_thuc_hien: String,
    pub(super) thanh_phan_ho_so: String,
    pub(super) can_cu_phap_ly: String,
    pub(super) co_quan_thuc_hien: String,
    pub(super) yeu_cau_dieu_kien: String,
    pub(super) ket_qua_xu_ly: String,
}

/// What the portal writes where it says nothing.
const NOTHING: [&str; 5] = ["không có thông tin", "không", "không.", "không có", "--"];

/// The text, trimmed; none where the portal says nothing.
pub(super) fn stated(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && !NOTHING.contains(&text.to_lowercase().as_str())).then_some(text)
}

/// The lines that say something, trimmed.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().filter_map(stated).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
