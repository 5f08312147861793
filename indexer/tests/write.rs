//! A guide changed as an editor's form changes it, and written back to its file.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use indexer::guide::{BodySection, FeeRow, Guide, Submission};

/// A text and a change of one field.
type Change = (&'static str, fn(&mut Guide));

const CHANGES: [Change; 9] = [
    ("title", |guide| guide.title = "Tên: khác # \"hẳn\"".to_owned()),
    ("other_names", |guide| guide.other_names.push("true".to_owned())),
    ("codes", |guide| guide.codes = Vec::new()),
    ("audience", |guide| guide.audience = guide.audience.is_none().then(|| "Ai cũng được".to_owned())),
    ("fees", |guide| guide.fees.push(fee("12.500 đồng"))),
    ("papers", |guide| guide.papers.clear()),
    ("conditions", |guide| guide.conditions.push("- gạch đầu dòng\nhai dòng".to_owned())),
    ("review_by", |guide| guide.review_by = "2031-01-02".parse().unwrap()),
    ("related", |guide| guide.related = vec!["khai-sinh".to_owned(), "123".to_owned()]),
];

fn fee(amount: &str) -> FeeRow {
    let day = Some("2027-01-01".parse().unwrap());
    let (case, amount, source) = ("Nộp muộn".to_owned(), amount.to_owned(), "cong-dvcqg".to_owned());
    FeeRow { case, amount, channel: Some(Submission::Online), source, valid_from: day, valid_to: None }
}

fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base/guides");
    fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn an_unchanged_guide_keeps_every_byte() {
    for text in texts() {
        assert_eq!(Guide::parse(&text).unwrap().write_over(&text), text);
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(Guide::parse(&windows).unwrap().write_over(&windows), windows);
    }
}

#[test]
fn a_changed_field_changes_no_other_line() {
    for text in texts() {
        for (key, change) in CHANGES {
            let mut guide = Guide::parse(&text).unwrap();
            change(&mut guide);
            let written = guide.write_over(&text);
            assert_eq!(Guide::parse(&written).as_ref(), Ok(&guide), "{key} of {}", guide.id);
            let others = |text: &str| without(text, key);
            assert_eq!(others(&written), others(&text), "{key} of {}", guide.id);
        }
    }
}

/// The text without the lines of one key.
fn without(text: &str, key: &str) -> String {
    let mut inside = false;
    let mut keep = |line: &&str| {
        if line.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '-') {
            inside = line.starts_with(&format!("{key}:"));
        }
        !inside
    };
    text.lines().filter(|line| keep(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_row_added_leaves_the_lines_of_the_others() {
    for text in texts() {
        let mut guide = Guide::parse(&text).unwrap();
        guide.fees.push(fee("12.500 đồng"));
        guide.steps.insert(0, "Bước mới".to_owned());
        let written = guide.write_over(&text);
        let lost: Vec<&str> = text.lines().filter(|line| !written.contains(line)).collect();
        assert!(lost.is_empty() && Guide::parse(&written).as_ref() == Ok(&guide), "{}: {lost:?}", guide.id);
    }
}

#[test]
fn a_guide_is_written_whole_and_read_back() {
    for text in texts() {
        let guide = Guide::parse(&text).unwrap();
        assert_eq!(Guide::parse(&guide.write()).as_ref(), Ok(&guide));
        assert_eq!(guide.write_over("rubbish"), guide.write());
    }
}

#[test]
fn comments_of_other_fields_stay_and_line_ends_are_the_files_own() {
    let text = texts().remove(0).replacen("title:", "# tên chính thức\ntitle:", 1).replacen("\nfield:", "\n\n# lĩnh vực\nfield:", 1);
    let mut guide = Guide::parse(&text).unwrap();
    guide.title = "Tên khác".to_owned();
    let written = guide.write_over(&text.replace('\n', "\r\n"));
    assert!(written.contains("# tên chính thức\r\ntitle: Tên khác\r\n") && written.contains("\r\n\r\n# lĩnh vực\r\nfield:"), "{written}");
    assert_eq!(written.replace("\r\n", "").matches('\n').count(), 0);
}

#[test]
fn sections_are_written_anew_when_one_changes() {
    for text in texts() {
        let mut guide = Guide::parse(&text).unwrap();
        guide.sections.push(BodySection { heading: "Mới".to_owned(), text: "Dòng một\n\n- dòng hai".to_owned() });
        let written = guide.write_over(&text);
        assert_eq!(Guide::parse(&written).as_ref(), Ok(&guide));
        assert!(written.starts_with(text.trim_end()), "{written}");
    }
}

#[test]
fn any_words_survive() {
    let words = [
        "null",
        "~",
        "Yes",
        "a: b",
        "a #b",
        "#a",
        "- a",
        "'a'",
        "\"a\"",
        "a\\b",
        "{a}",
        "[a]",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "|",
        ">",
        "? a",
        "12",
        "1.5",
        "0x1f",
        "2026-01-01",
        "a:",
        " a",
        "a ",
        "a\tb",
        "a\nb",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "đ",
        "Ấ, b",
        "---",
        "...",
        "=",
        "a\u{a0}b",
        "😀",
    ];
    let text = texts().remove(0);
    let mut guide = Guide::parse(&text).unwrap();
    for word in words {
        guide.title = word.to_owned();
        guide.steps = vec![word.to_owned(), "x".to_owned()];
        guide.codes = vec![word.to_owned()];
        guide.fees = vec![fee(word)];
        assert_eq!(Guide::parse(&guide.write()).as_ref(), Ok(&guide), "{word:?}");
        assert_eq!(Guide::parse(&guide.write_over(&text)).as_ref(), Ok(&guide), "{word:?}");
    }
}
