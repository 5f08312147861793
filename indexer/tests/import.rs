//! The national catalogue: from run-together pages to guides in the store. The records are made up, in the portal's shape.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use indexer::content::{ContentSource, Publish, publish, published, revisions};
use indexer::guide::{Guide, Level, Submission};
use indexer::import::{Catalogue, CatalogueReport, Reason, import_and_index, import_dvcqg, names};
use indexer::sync::Indexer;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use support::{House, NOW, WordHashes};

const DAY: Date = date(2026, 6, 30);
const WAYS: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";
const PAPERS: &str = "--Tên giấy tờMẫu đơn, tờ khaiSố lượng";
const LAWS: &str = "Tên văn bản pháp lýMã văn bản";
const FURNITURE: &str =
    "Từ khóaKhông có thông tinMô tảKhông có thông tinChọn cơ quan thực hiệnTỉnh/ Thành phốBộ ngành-- Chọn Tỉnh/ Thành phố --Nộp hồ sơ";

/// A record under that code whose table of ways is `ways`.
fn record(code: &str, ways: &str) -> Value {
    json!({
        "ma_thu_tuc": code,
        "detail_url": format!("https://dichvucong.gov.vn/thu-tuc/{code}"),
        "ten_thu_tuc": format!("Thủ tục cấp thẻ thả diều mã {code}"),
        "so_quyet_dinh": "12/QĐ-BTD",
        "cap_thuc_hien": "Cấp xã",
        "linh_vuc": "Thả diều",
        "doi_tuong_thuc_hien": "Công dân Việt Nam",
        "co_quan_thuc_hien": "Ủy ban nhân dân cấp xã",
        "trinh_tu_thuc_hien": "- Bước 1: Nộp hồ sơ:\n+ Tại xã.\n- Bước 2: Nhận thẻ.",
        "cach_thuc_thuc_hien": format!("{WAYS}{ways}"),
        "thanh_phan_ho_so": format!("{PAPERS}Tờ khai thả diềuMau01.docx1 bản chínhẢnh diều, cỡ 3x4, nộp 02 bản chính.0 bản chính,1 bản saoTrẻ em thả diều:Tên giấy tờMẫu đơn, tờ khaiSố lượng- Đơn của cha, mẹ theo Mẫu số 051 bản chính"),
        "can_cu_phap_ly": format!("{LAWS}Luật 12/2024/QH1512/2024/QH15Thông tư hướng dẫn thả diều03/2025/TT-BTCNghị định về diềuNghị định số 45/2025/NĐ-CPNghị quyết số 66.7/2025/NQ-CP của Chính phủ: Cắt giảm66.7/2025/NQ-CPQuyết định không số"),
        "yeu_cau_dieu_kien": "Không có thông tin",
        "ket_qua_xu_ly": format!("Thẻ thả diềuMã: KQ.G01.000001{FURNITURE}"),
        "thu_tuc_lien_quan": "Không có thông tin",
        "ghi_chu_moi": "Diều không đèn"
    })
}

fn catalogue(house: &House, records: &[Value]) -> Catalogue {
    let file = house.data().join("catalogue.jsonl.gz");
    let mut packed = GzEncoder::new(fs::File::create(&file).unwrap(), Compression::fast());
    records.iter().for_each(|record| writeln!(packed, "{record}").unwrap());
    packed.finish().unwrap();
    Catalogue { file, knowledge_base: house.knowledge_base(), checked_on: DAY, with_index: true }
}

async fn import(house: &House, records: &[Value]) -> CatalogueReport {
    import_dvcqg(&house.database, &catalogue(house, records), NOW).await.unwrap()
}

/// The guide of one record with these ways, and the report.
async fn guide(ways: &str) -> (Guide, CatalogueReport) {
    let house = House::new().await;
    let report = import(&house, &[record("1.000001", ways)]).await;
    (published(&house.database, "1.000001").await.unwrap().unwrap().guide, report)
}

fn fees(guide: &Guide) -> Vec<(&str, &str, Option<Submission>)> {
    guide.fees.iter().map(|row| (row.case.as_str(), row.amount.as_str(), row.channel)).collect()
}

fn times(guide: &Guide) -> Vec<(&str, Option<Submission>)> {
    guide.times.iter().map(|row| (row.duration.as_str(), row.channel)).collect()
}

fn section<'a>(guide: &'a Guide, heading: &str) -> &'a str {
    guide.sections.iter().find(|section| section.heading.starts_with(heading)).map_or("", |section| &section.text)
}

#[tokio::test]
async fn a_record_becomes_rows_and_nothing_is_lost() {
    let ways = "Trực tuyến3 Ngày làm việc7,000 Việt Nam Đồng(7.000 đồng/thẻ)Trực tiếp3 Ngày làm việc10,000 Việt Nam Đồng(10.000 đồng/thẻ)nộp tại bộ phận một cửa cấp xã.";
    let (guide, report) = guide(ways).await;
    assert_eq!((guide.id.as_str(), guide.codes.as_slice()), ("1.000001", ["1.000001".to_owned()].as_slice()));
    assert_eq!((guide.title.as_str(), guide.level), ("Cấp thẻ thả diều mã 1.000001", Level::Commune));
    assert_eq!((guide.checked_on, guide.review_by), (DAY, date(2027, 6, 30)));
    let fee = |amount, way| ("Phí, lệ phí", amount, Some(way));
    assert_eq!(fees(&guide), [fee("7.000 đồng/thẻ", Submission::Online), fee("10.000 đồng/thẻ", Submission::InPerson)]);
    assert_eq!(times(&guide), [("3 ngày làm việc", None)]);
    let places: Vec<&str> = guide.channels.iter().map(|channel| channel.place.as_str()).collect();
    assert_eq!(places, ["Cổng dịch vụ công quốc gia", "nộp tại bộ phận một cửa cấp xã."]);
    let papers: Vec<(&str, &str, Option<&str>, Option<&str>)> = guide
        .papers
        .iter()
        .flat_map(|case| case.items.iter().map(|item| (case.case.as_str(), item)))
        .map(|(case, item)| (case, item.name.as_str(), item.copies.as_deref(), item.note.as_deref()))
        .collect();
    assert_eq!(
        papers,
        [
            ("Thành phần hồ sơ", "Tờ khai thả diều", Some("1 bản chính"), Some("Mẫu: Mau01.docx")),
            ("Thành phần hồ sơ", "Ảnh diều, cỡ 3x4, nộp 02 bản chính.", Some("1 bản sao"), None),
            ("Trẻ em thả diều", "Đơn của cha, mẹ theo Mẫu số 05", Some("1 bản chính"), None),
        ]
    );
    let laws: Vec<(&str, &str)> = guide.legal_basis.iter().map(|law| (law.number.as_str(), law.title.as_str())).collect();
    let expected = [
        ("12/2024/QH15", "Luật"),
        ("03/2025/TT-BTC", "Thông tư hướng dẫn thả diều"),
        ("45/2025/NĐ-CP", "Nghị định về diều"),
        ("66.7/2025/NQ-CP", "Nghị quyết số 66.7/2025/NQ-CP của Chính phủ: Cắt giảm"),
    ];
    assert_eq!(laws, expected);
    assert_eq!(guide.steps, ["Bước 1: Nộp hồ sơ:\n+ Tại xã.", "Bước 2: Nhận thẻ."]);
    assert_eq!((guide.result.as_deref(), guide.conditions.len()), (Some("Thẻ thả diều"), 0));
    assert_eq!(section(&guide, "Căn cứ pháp lý"), "Quyết định không số");
    assert!(section(&guide, "Thông tin khác").contains("12/QĐ-BTD"));
    assert!(section(&guide, "Thông tin khác").contains("Diều không đèn"), "a field that nobody knew");
    assert_eq!((report.partly, report.furniture), (1, 1));
    assert_eq!(report.reasons[&Reason::LawsUnread].examples, ["1.000001"]);
}

#[tokio::test]
async fn a_doubtful_fee_or_time_is_left_out_and_told() {
    let (free, report) = guide("Trực tuyến3Miễn phíTrực tiếp5 NgàyMiễn phí").await;
    assert_eq!((fees(&free), times(&free)), (vec![("Phí, lệ phí", "Miễn phí", None)], vec![("5 ngày", Some(Submission::InPerson))]));
    assert!(section(&free, "Cách thức").contains("Trực tuyến3Miễn phí"));
    assert_eq!(report.reasons[&Reason::TimeWithoutUnit].count, 1);

    for (ways, reason) in [
        ("Trực tuyến310,000 VNĐ", Reason::FeeRunTogether),
        ("Trực tiếp5 Ngày25 VNĐ", Reason::FeeImpossible),
        ("Trực tiếp5 Ngày25 VNĐ (25.000.000đ/thẻ)", Reason::FeeImpossible),
        ("Trực tiếp5 NgàyMiễn phí (Phí thẩm định)", Reason::FreeContradicted),
    ] {
        let (guide, report) = guide(&ways.replace(" (", "(")).await;
        assert!(guide.fees.is_empty() && section(&guide, "Cách thức").contains(ways), "{ways}");
        assert!(report.reasons.contains_key(&reason), "{ways}: {:?}", report.reasons);
    }
}

#[tokio::test]
async fn a_note_goes_before_the_field_that_it_contradicts() {
    for (fee, case, amount) in [
        ("Miễn phí(Mức thu do Hội đồng nhân dân tỉnh quyết định)", "Phí, lệ phí", "Mức thu do Hội đồng nhân dân tỉnh quyết định"),
        ("Miễn phí(Lệ phí : Đồng (Theo quy định của Luật phí và lệ phí))", "Phí, lệ phí", "Theo quy định của Luật phí và lệ phí"),
        ("Miễn phí(Không có)", "Phí, lệ phí", "Miễn phí"),
        ("25 VNĐ(25.000 đồng/thẻ)", "Phí, lệ phí", "25.000 đồng/thẻ"),
        ("155 VNĐ(155 USD/thẻ)", "Phí, lệ phí", "155 USD/thẻ"),
        ("1,500,000 VNĐ(150.000 đồng/thẻ)", "Phí, lệ phí", "150.000 đồng/thẻ"),
        ("50,000 VNĐ(Mức cụ thể do Hội đồng nhân dân tỉnh quyết định)", "Phí, lệ phí", "Mức cụ thể do Hội đồng nhân dân tỉnh quyết định"),
        (
            "800,000 VNĐ(/thẻ)Phí: 800.000 đồng/thẻ.\nLệ phí: 100.000 đồng/thẻ.",
            "Phí, lệ phí",
            "800.000 đồng/thẻ (Phí: 800.000 đồng/thẻ. Lệ phí: 100.000 đồng/thẻ.)",
        ),
        ("Miễn phíLệ phí 100.000 đồng/thẻ.", "Phí, lệ phí", "Lệ phí 100.000 đồng/thẻ."),
        ("10 USD(/lần)", "Phí, lệ phí", "10 USD/lần"),
        ("40,000 VNĐ(- Diều trên 10 m)", "Diều trên 10 m", "40.000 đồng"),
        ("70,000 VNĐ(Bằng 50% mức thu đến hết ngày 31/12/2026)", "Phí, lệ phí", "70.000 đồng (Bằng 50% mức thu đến hết ngày 31/12/2026)"),
    ] {
        let (guide, _) = guide(&format!("Trực tiếp5 Ngày{fee}")).await;
        assert_eq!(fees(&guide), [(case, amount, None)], "{fee}");
    }
    let (over, report) = guide("Trực tiếp5 Ngày40,000 VNĐ(áp dụng đến hết ngày 31/12/2024)").await;
    assert_eq!(fees(&over)[0].1, "40.000 đồng (áp dụng đến hết ngày 31/12/2024)");
    assert_eq!(over.fees[0].valid_to, Some(date(2024, 12, 31)));
    assert!(report.reasons.contains_key(&Reason::FeeOver));
}

#[tokio::test]
async fn every_condition_of_a_description_stays() {
    let ways = "Trực tiếp7 NgàyMiễn phí- 5 ngày với diều thường.\n- 10 ngày với diều sáo.\nNộp tại\nxã theo Quyết định ngày 14 tháng 11\nnăm 2019.\nGiờ hành chính từ thứ 2 đến thứ 6. - Thời hạn giải quyết: 3 ngày với diều giấy.Trực tuyếnKhông có thông tinMiễn phíTrong ngày.";
    let (guide, _) = guide(ways).await;
    assert_eq!(
        times(&guide)[0].0,
        "7 ngày (- 5 ngày với diều thường. - 10 ngày với diều sáo. - Thời hạn giải quyết: 3 ngày với diều giấy.)"
    );
    assert_eq!(times(&guide)[1], ("Trong ngày.", Some(Submission::Online)));
    let channel = &guide.channels[0];
    assert_eq!(channel.place, "Nộp tại xã theo Quyết định ngày 14 tháng 11 năm 2019.");
    assert_eq!(channel.hours.as_deref(), Some("Giờ hành chính từ thứ 2 đến thứ 6."));
}

#[tokio::test]
async fn scraping_faults_are_told_and_not_served() {
    let house = House::new().await;
    let (mut first, mut second) = (record("1.000001", "Trực tiếp5 NgàyMiễn phí"), record("1.000002", "Trực tiếp5 NgàyMiễn phí"));
    for twin in [&mut first, &mut second] {
        twin["ten_thu_tuc"] = json!("Hỗ trợ thả diều");
    }
    let mut elsewhere = record("1.000003", "Trực tiếp5 NgàyMiễn phí");
    elsewhere["ten_thu_tuc"] = json!("Hỗ trợ thả diều trên địa bàn tỉnh Sơn La");
    let good = record("1.000004", "Trực tiếp5 NgàyMiễn phí");
    let report = import(&house, &[first, second, elsewhere, good.clone(), good, json!({ "ma_thu_tuc": "x" })]).await;
    assert_eq!((report.records, report.withheld, report.created), (6, 5, 1));
    let counts = |reason| report.reasons.get(&reason).map_or(0, |tally| tally.count);
    let reasons = [Reason::PageTwice, Reason::OtherProvince, Reason::CodeTwice, Reason::Unreadable];
    assert_eq!(reasons.map(counts), [2, 1, 1, 1], "{report}");
    assert!(published(&house.database, "1.000001").await.unwrap().is_none());
}

#[tokio::test]
async fn levels_and_bodies_are_those_of_today() {
    let house = House::new().await;
    let mut customs = record("1.000001", "Trực tiếp5 NgàyMiễn phí");
    customs["co_quan_thuc_hien"] = json!("Chi cục Hải quan khu vực");
    let mut other = record("1.000002", "Trực tiếp5 NgàyMiễn phí");
    (other["cap_thuc_hien"], other["co_quan_thuc_hien"]) = (json!("Cấp tỉnh"), json!("Sở Diều Thành phố Hà Nội, Phòng Diều huyện"));
    let report = import(&house, &[customs, other]).await;
    let customs = published(&house.database, "1.000001").await.unwrap().unwrap().guide;
    let other = published(&house.database, "1.000002").await.unwrap().unwrap().guide;
    assert_eq!((customs.level, other.level, other.receiving_body.as_str()), (Level::Central, Level::Province, "Sở Diều"));
    assert!(section(&other, "Thông tin khác").contains("Sở Diều Thành phố Hà Nội, Phòng Diều huyện"));
    assert!(report.reasons.contains_key(&Reason::LevelOfBody) && report.reasons.contains_key(&Reason::BodyElsewhere));
}

#[tokio::test]
async fn a_page_that_was_cut_is_joined() {
    let house = House::new().await;
    let mut cut = record("1.000001", "Trực tiếp5 NgàyMiễn phí");
    cut["trinh_tu_thuc_hien"] = json!("Bước 1. Lập hồ sơ theo mục 9.3 (");
    cut["thanh_phan_ho_so"] = json!("); nộp cho xã.\nBước 2. Nhận thẻ.");
    let report = import(&house, &[cut]).await;
    let guide = published(&house.database, "1.000001").await.unwrap().unwrap().guide;
    assert_eq!(guide.steps, ["Bước 1. Lập hồ sơ theo mục 9.3 (Thành phần hồ sơ); nộp cho xã.", "Bước 2. Nhận thẻ."]);
    assert!(guide.papers.is_empty() && report.reasons.contains_key(&Reason::PageCut));
}

#[tokio::test]
async fn importing_again_changes_only_what_differs() {
    let house = House::new().await;
    let records: Vec<Value> = (1..=4).map(|number| record(&format!("1.00000{number}"), "Trực tiếp5 NgàyMiễn phí")).collect();
    assert_eq!(import(&house, &records).await.created, 4);
    assert_eq!(import(&house, &records).await.unchanged, 4);

    let edited = published(&house.database, "1.000003").await.unwrap().unwrap().guide.write().replace("Thả diều", "Diều sáo");
    let mut tx = house.database.begin().await.unwrap();
    let source = ContentSource::Console;
    let item = Publish { id: "1.000003", source, text: &edited, author: "lan", reason: "", now: NOW, replaces: None };
    publish(&mut tx, item).await.unwrap();
    tx.commit().await.unwrap();

    let changed = [record("1.000001", "Trực tiếp6 NgàyMiễn phí"), records[1].clone(), records[2].clone()];
    let report = import(&house, &changed).await;
    assert_eq!((report.updated, report.unchanged), (1, 1));
    assert_eq!((report.kept, report.withdrawn), (vec!["1.000003".to_owned()], vec!["1.000004".to_owned()]));
    assert_eq!(published(&house.database, "1.000003").await.unwrap().unwrap().guide.field, "Diều sáo");
    assert_eq!(revisions(&house.database, "1.000001").await.unwrap().len(), 2);
    assert!(published(&house.database, "1.000004").await.unwrap().is_none());

    house.write("ket-hon", support::guide("ket-hon", "Đăng ký kết hôn"));
    indexer::content::sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    let broken = [records[1].clone(), json!("rubbish")];
    assert!(import(&house, &broken).await.withdrawn.is_empty(), "a file with broken lines withdraws nothing");
    assert_eq!(import(&house, &records).await.created, 1, "what comes back is served again");
    assert!(published(&house.database, "ket-hon").await.unwrap().is_some(), "another source's guide");
}

#[tokio::test]
async fn an_index_follows_and_finds_everyday_names() {
    let house = House::new().await;
    let folder = house.knowledge_base().join("catalogue");
    fs::create_dir_all(&folder).unwrap();
    let text =
        "[[procedure]]\ncode = \"1.000001\"\nnames = [\"giấy chơi diều\"]\n[[procedure]]\ncode = \"1.000009\"\nnames = [\"gì đó\"]\n";
    fs::write(folder.join("dieu.toml"), text).unwrap();
    let catalogue = catalogue(&house, &[record("1.000001", "Trực tiếp5 NgàyMiễn phí")]);
    let embedder = std::sync::Arc::new(WordHashes::new("words", 64));
    let indexer = Indexer::open(house.folder(), house.database.clone(), embedder).await.unwrap();
    let imported = import_and_index(&house.database, Some(&indexer), &catalogue, NOW, &mut |_, _| {}).await.unwrap();
    assert!(imported.index.is_some_and(|index| index.created > 5));
    assert_eq!((imported.content.named, imported.content.unknown_names.as_slice()), (1, ["1.000009".to_owned()].as_slice()));
    assert_eq!(published(&house.database, "1.000001").await.unwrap().unwrap().guide.other_names, ["giấy chơi diều"]);
    let without = Catalogue { with_index: false, ..catalogue };
    let again = import_and_index(&house.database, Some(&indexer), &without, NOW, &mut |_, _| {}).await.unwrap();
    assert_eq!((again.index, again.content.unchanged), (None, 1));
}

#[test]
fn a_file_of_names_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    assert!(names(folder.path()).unwrap().is_empty());
    fs::create_dir(folder.path().join("catalogue")).unwrap();
    for (text, told) in [
        ("[[procedure]]\ncode = \"1.1\"\nnames = [\"a\"]", "không đúng dạng"),
        ("[[procedure]]\ncode = \"1.000001\"\nnames = []", "chưa có tên gọi"),
        ("[[procedure]]\ncode = \"1.000001\"\nnames = [\" \"]", "để trống"),
        ("[[procedure]]\ncode = \"1.000001\"\nname = \"a\"", "không đúng mẫu"),
        ("[[procedure]]\ncode = \"1.000001\"\nnames = [\"a\"]\n[[procedure]]\ncode = \"1.000001\"\nnames = [\"b\"]", "đã có tên gọi"),
    ] {
        fs::write(folder.path().join("catalogue/ten.toml"), text).unwrap();
        let error = format!("{:#}", names(folder.path()).unwrap_err());
        assert!(error.contains("ten.toml") && error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn a_file_without_records_changes_nothing() {
    let house = House::new().await;
    import(&house, &[record("1.000001", "Trực tiếp5 NgàyMiễn phí")]).await;
    let empty = catalogue(&house, &[]);
    assert!(import_dvcqg(&house.database, &empty, NOW).await.is_err());
    assert!(published(&house.database, "1.000001").await.unwrap().is_some());
}
