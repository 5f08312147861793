//! Rows out of run-on text.

use super::submissions::parse;
use super::*;
use crate::guide::Submission;

fn fees(table: &str) -> (Vec<Option<String>>, Vec<Fault>) {
    let mut faults = Vec::new();
    let rows = parse(&format!("Hình thức nộpThời gianPhí, lệ phíMô tả{table}"), &mut faults).unwrap();
    (rows.into_iter().map(|row| row.fee.map(|fee| fee.amount)).collect(), faults)
}

#[test]
fn each_way_has_its_time_and_fee() {
    let mut faults = Vec::new();
    let table = "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tuyến3 Ngày làm việc7,000 Việt Nam ĐồngQua ứng dụng.Trực tiếp5 NgàyMiễn phíTại Công an cấp xã. Trực tiếp hoặc ủy quyền.";
    let rows = parse(table, &mut faults).unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.way, row.time.as_deref(), row.fee.as_ref().map(|fee| fee.amount.as_str()))).collect();
    assert_eq!(
        seen,
        [(Submission::Online, Some("3 ngày làm việc"), Some("7.000 đồng")), (Submission::InPerson, Some("5 ngày"), Some("Miễn phí"))]
    );
    assert_eq!(rows[1].note, "Tại Công an cấp xã. Trực tiếp hoặc ủy quyền.");
    assert!(faults.is_empty());
}

#[test]
fn a_doubtful_fee_is_not_served() {
    assert_eq!(fees("Trực tuyến120 VNĐ"), (vec![None], vec![Fault::TimeWithoutUnit, Fault::FeeWithoutUnit]));
    assert_eq!(fees("Trực tiếp15 Ngày850 VNĐ"), (vec![None], vec![Fault::FeeWithoutUnit]));
    assert_eq!(fees("Trực tiếp5 Ngày1,500,000 VNĐ(150.000 đồng/giấy)"), (vec![None], vec![Fault::FeeContradictsNote]));
    assert_eq!(fees("Trực tiếp3Miễn phí"), (vec![Some("Miễn phí".to_owned())], vec![Fault::TimeWithoutUnit]));
}

#[test]
fn a_note_that_states_the_fee_is_the_fee() {
    assert_eq!(fees("Trực tiếp5 Ngày135 VNĐ(135.000 đồng/lần)").0, [Some("135.000 đồng/lần".to_owned())]);
    let (told, faults) = fees("Trực tiếp5 NgàyMiễn phí(Mức thu do Hội đồng nhân dân tỉnh quyết định (nếu có))Nộp tại quầy");
    assert_eq!(
        (told, faults),
        (vec![Some("Mức thu do Hội đồng nhân dân tỉnh quyết định (nếu có)".to_owned())], vec![Fault::FreeButNoteSaysOtherwise])
    );
}

#[test]
fn papers_end_with_their_copies() {
    let text = "Hồ sơ của cá nhân:Tên giấy tờMẫu đơn, tờ khaiSố lượngTờ khai (mẫu TK01, 01 bản chính)Mau.doc1 bản chínhBản sao hộ chiếu0 bản chính,2 bản saoHồ sơ của tổ chứcTên giấy tờMẫu đơn, tờ khaiSố lượngCông văn1 bản chính";
    let cases = papers::parse(text, "Mọi trường hợp").unwrap();
    let names: Vec<_> = cases
        .iter()
        .map(|case| (case.case.as_str(), case.items.iter().map(|paper| (paper.name.as_str(), paper.copies.as_deref())).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        names,
        [
            ("Hồ sơ của cá nhân", vec![("Tờ khai (mẫu TK01, 01 bản chính)", Some("1 bản chính")), ("Bản sao hộ chiếu", Some("2 bản sao"))]),
            ("Hồ sơ của tổ chức", vec![("Công văn", Some("1 bản chính"))]),
        ]
    );
}

#[test]
fn laws_end_with_their_numbers() {
    let text = "Tên văn bản pháp lýMã văn bảnLuật Cư trú 202068/2020/QH14Nghị định số 154/2024/NĐ-CP ngày 26/11/2024 của Chính phủ154/2024/NĐ-CPNghị quyết66.7/2025/NQ-CP";
    let laws = laws::parse(text, "nguon").unwrap();
    let seen: Vec<_> = laws.iter().map(|law| (law.title.as_str(), law.number.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("Luật Cư trú 2020", "68/2020/QH14"),
            ("Nghị định số 154/2024/NĐ-CP ngày 26/11/2024 của Chính phủ", "154/2024/NĐ-CP"),
            ("Nghị quyết", "66.7/2025/NQ-CP")
        ]
    );
}

#[test]
fn another_provinces_page_is_known() {
    assert!(names_other_province("Hỗ trợ trên địa bàn tỉnh Hà Tĩnh") && !names_other_province("Cấp giấy phép tại cấp tỉnh (Sở Tư pháp)"));
    assert!(!names_other_province("Hỗ trợ của tỉnh Nghệ An"));
}
