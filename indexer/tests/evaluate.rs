//! Measuring the search: over paragraphs with an index of their own, and over published guides.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write as _;
use std::sync::Arc;

use indexer::build::build_all;
use indexer::evaluate::installed;
use indexer::evaluate::questions::{self, Question};
use indexer::evaluate::report::RetrievalReport;
use indexer::evaluate::search::{Group, Method};
use indexer::evaluate::squad::Squad;
use indexer::sync::Indexer;
use support::{House, NOW, WordHashes, guide};

const SQUAD: &str = r#"{"version": "1.1", "data": [{"title": "x", "paragraphs": [
    {"context": "Đăng ký kết hôn: hai bên nam, nữ phải có mặt.", "qas": [{"id": "1", "question": "kết hôn ai phải có mặt", "answers": []},
        {"id": "2", "question": "nam nữ đăng ký ở đâu"}]},
    {"context": "Làm hộ chiếu tại công an tỉnh, tám ngày làm việc.", "qas": [{"id": "3", "question": "làm hộ chiếu mấy ngày"}]}]}]}"#;

fn measured(report: &RetrievalReport, group: &Group, method: Method) -> [f64; 5] {
    report.rows.iter().find(|row| row.group == *group && row.method == method).unwrap().measures.shares()
}

#[test]
fn paragraphs_are_found_by_their_questions_also_without_diacritics() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("squad.json.gz");
    let mut packed = flate2::write::GzEncoder::new(std::fs::File::create(&file).unwrap(), flate2::Compression::fast());
    packed.write_all(SQUAD.as_bytes()).unwrap();
    packed.finish().unwrap();
    let squad = Squad::read(&file).unwrap();
    assert_eq!((squad.paragraphs.len(), squad.questions.len(), squad.clone().every(2).questions.len()), (2, 3, 2));
    let stripped = squad.clone().stripped();
    assert_eq!((stripped.questions[0].0.as_str(), &stripped.paragraphs), ("ket hon ai phai co mat", &squad.paragraphs));
    for set in [squad, stripped] {
        let rows = set.evaluate(&WordHashes::new("words", 64), &mut |_, _, _| {}).unwrap();
        let report = RetrievalReport::new(rows, 0);
        assert_eq!(measured(&report, &Group::All, Method::Restored), [1.0; 5], "{report}");
        assert_eq!(report.rows.len(), 5);
    }
}

#[tokio::test]
async fn guides_are_found_by_id_and_by_code_in_groups() {
    let house = House::new().await;
    house.write("cap-lai-can-cuoc", guide("cap-lai-can-cuoc", "Cấp lại thẻ căn cước"));
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    let embedder = Arc::new(WordHashes::new("words", 64));
    let indexer = Indexer::open(house.folder(), house.database.clone(), embedder.clone()).await.unwrap();
    build_all(&house.database, &indexer, &house.knowledge_base(), NOW, &mut |_, _| {}).await.unwrap();
    let line = |id: &str, question: &str, style: &str, relevant: &str| Question {
        id: id.into(),
        question: question.into(),
        style: style.into(),
        relevant: vec![relevant.into()],
        ..Question::default()
    };
    let mut follow_up = line("d", "thế lệ phí", "accented", "ket-hon");
    follow_up.history.push(questions::Turn { role: "citizen".into(), text: "kết hôn".into() });
    let asked = [
        line("a", "đăng ký kết hôn", "accented", "ket-hon"),
        line("b", "dang ky ket hon", "unaccented", "ket-hon"),
        line("c", "x", "", "nobody"),
        follow_up,
    ];
    let report = installed::evaluate(&house.database, &indexer, embedder, &asked, Arc::new(|_, _, _| {})).await.unwrap();
    assert_eq!(report.left_out, 2);
    for group in [Group::All, Group::Style("accented".into()), Group::Style("unaccented".into())] {
        assert_eq!(measured(&report, &group, Method::Fused), [1.0; 5], "{report}");
    }
    let twice = report.clone().merge(report.clone());
    assert_eq!((twice.left_out, twice.rows[0].measures.questions), (4, 4));
    assert!(twice.to_string().contains("Bỏ qua 4 câu"));
}

#[test]
fn a_broken_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("questions.jsonl");
    std::fs::write(&file, "{\"id\":\"a\",\"question\":\"x\"}\n\n{\"id\":1}\n").unwrap();
    let error = format!("{:#}", questions::read(&file).unwrap_err());
    assert!(error.contains("dòng 3"), "{error}");
    std::fs::write(&file, "{\"id\":\"a\",\"question\":\"x\"}\n").unwrap();
    assert_eq!(questions::read(&file).unwrap().len(), 1);
}
