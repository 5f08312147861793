//! Ordinary questions name no place.

use indexer::lexical::fold;

use super::{knowledge_base, places, told};

/// The share of questions without a place in which one may be found.
const FALSE_ALARMS: f64 = 0.01;
/// Questions of the sets that do name a place of the table.
const WITH_A_PLACE: [&str; 21] = [
    "Vinh",
    "vinh",
    "Cửa Lò",
    "Cua Lo",
    "Kỳ Sơn",
    "kỳ sơn",
    "Quỳnh Lưu",
    "Diễn Châu",
    "Nam Đàn",
    "Con Cuông",
    "Đô Lương",
    "Nghi Lộc",
    "Nghi Phú",
    "Bến Thủy",
    "quy hop",
    "Nậm Cắn",
    "Nghĩa Đàn",
    "Tương Dương",
    "Thanh Chương",
    "Yên Thành",
    "Hoàng Mai",
];

#[test]
fn ordinary_questions_name_no_place() {
    let places = places();
    let questions = questions();
    let without = questions.iter().filter(|question| !WITH_A_PLACE.iter().any(|named| question.contains(named)));
    let found: Vec<String> = without
        .flat_map(|question| [question.clone(), fold(question)])
        .map(|question| (told(&places.find(&question)), question))
        .filter(|(found, _)| !found.is_empty())
        .map(|(found, question)| format!("{question}\n  {found}"))
        .collect();
    eprintln!("{} of {} questions, typed with and without diacritics:\n{}", found.len(), questions.len(), found.join("\n"));
    assert!(questions.len() > 1000 && found.len() as f64 <= FALSE_ALARMS * 2.0 * questions.len() as f64);
}

fn questions() -> Vec<String> {
    let files = std::fs::read_dir(knowledge_base().join("eval")).expect("the folder of questions");
    let files = files.map(|file| file.expect("an entry").path()).filter(|file| file.extension().is_some_and(|kind| kind == "jsonl"));
    // Those name places.
    let files = files.filter(|file| !file.ends_with("places.jsonl"));
    let texts = files.map(|file| std::fs::read_to_string(file).expect("a set of questions")).collect::<Vec<_>>();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["question"].as_str().expect("a question").to_owned())
        .collect()
}
