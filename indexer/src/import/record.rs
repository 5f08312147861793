//! One record as the portal's pages were stored, and the file of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// A procedure as the portal shows it. Tables are run together into one text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) ma_thu_tuc: String,
    pub(super) bo: String,
    pub(super) formality_id: String,
    pub(super) detail_url: String,
    pub(super) ten_thu_tuc: String,
    pub(super) so_quyet_dinh: String,
    pub(super) cap_thuc_hien: String,
    pub(super) loai_thu_tuc: String,
    pub(super) linh_vuc: String,
    pub(super) doi_tuong_thuc_hien: String,
    pub(super) co_quan_thuc_hien: String,
    pub(super) co_quan_co_tham_quyen: String,
    pub(super) dia_chi_tiep_nhan: String,
    pub(super) co_quan_duoc_uy_quyen: String,
    pub(super) co_quan_phoi_hop: String,
    pub(super) thu_tuc_lien_quan: String,
    pub(super) trinh_tu_thuc_hien: String,
    pub(super) cach_thuc_thuc_hien: String,
    pub(super) thanh_phan_ho_so: String,
    pub(super) can_cu_phap_ly: String,
    pub(super) yeu_cau_dieu_kien: String,
    pub(super) ket_qua_xu_ly: String,
    /// Fields that this program does not know; their texts are kept.
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, Value>,
}

/// The records of a file, and the lines that are none.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) good: Vec<Record>,
    /// Lines (counted from 1) that hold no record with a code, a name and an address.
    pub(super) broken: Vec<usize>,
}

/// Reads a file of one JSON record a line, packed with gzip where its first bytes say so.
///
/// # Errors
/// When the file can't be read or holds no record at all.
pub(super) fn read(file: &Path) -> Result<Records> {
    let unreadable = || format!("không đọc được tệp {}", file.display());
    let mut reader = BufReader::new(File::open(file).with_context(unreadable)?);
    let is_packed = reader.fill_buf().with_context(unreadable)?.starts_with(&[0x1f, 0x8b]);
    let source: Box<dyn Read> = if is_packed { Box::new(GzDecoder::new(reader)) } else { Box::new(reader) };
    let mut records = Records::default();
    for (at, line) in BufReader::new(source).lines().enumerate() {
        let line = line.with_context(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Record>(&line) {
            Ok(record) if record.is_usable() => records.good.push(record),
            _ => records.broken.push(at + 1),
        }
    }
    ensure!(!records.good.is_empty(), "tệp {} không có thủ tục nào đọc được", file.display());
    Ok(records)
}

impl Record {
    fn is_usable(&self) -> bool {
        crate::check::is_code(&self.ma_thu_tuc) && !self.ten_thu_tuc.trim().is_empty() && self.detail_url.starts_with("https://")
    }
}
