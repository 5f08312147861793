//! The guides that ship with the program.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use indexer::check::check_folder;
use indexer::chunker::chunk;
use indexer::guide::Guide;
use indexer::lexical::syllables;

fn checked() -> indexer::check::FolderCheck {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base");
    check_folder(&source, "2026-11-29".parse().unwrap()).unwrap()
}

#[test]
fn every_guide_is_clean() {
    let findings: Vec<String> = checked().findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_course_is_clean() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base");
    let checked = indexer::course::check_folder(&source, "2026-11-29".parse().unwrap()).unwrap();
    let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert_eq!(checked.good.len(), 3);
}

#[test]
fn every_row_of_every_guide_stands_in_a_passage_that_the_embedder_can_read_whole() {
    for (id, text) in checked().good {
        let guide = Guide::parse(&text).unwrap();
        let chunks = chunk(&guide);
        let stands = |words: &str| chunks.iter().any(|chunk| chunk.text.contains(words));
        let fees = guide.fees.iter().map(|row| format!("{}: {}", row.case, row.amount));
        let times = guide.times.iter().map(|row| format!("{}: {}", row.case, row.duration));
        let papers = guide.papers.iter().flat_map(|case| case.items.iter().map(|paper| paper.name.clone()));
        for row in fees.chain(times).chain(papers).chain(guide.steps.clone()).chain(guide.conditions.clone()) {
            assert!(stands(&row), "{id}: {row}");
        }
        let longest = chunks.iter().map(|chunk| syllables(&chunk.text).len()).max().unwrap_or(0);
        assert!(longest <= 380, "{id}: a passage of {longest} syllables");
    }
}
