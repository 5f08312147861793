//! The embedded index keeps the contract; what only it can do.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;

use indexer::lexical::query_terms;
use indexer::vector_index::{Filter, IndexError, TermField, VectorIndex};
use support::contract::{DIMENSIONS, contract, points};
use support::damage;

fn open(dir: &Path) -> Result<VectorIndex, IndexError> {
    VectorIndex::open_or_create(dir, DIMENSIONS)
}

#[test]
fn edge_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    contract(&open(&folder.path().join("index")).unwrap());
}

#[test]
fn edge_finds_again_what_was_flushed_and_removes_unfinished_segments() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).unwrap();
    index.upsert(&points()).unwrap();
    drop(index);
    let unfinished = folder.path().join("temp_segments/segment_builder_abc");
    fs::create_dir_all(&unfinished).unwrap();
    let index = open(folder.path()).unwrap();
    assert_eq!(index.count().unwrap(), 4);
    assert_eq!(index.search_sparse(&query_terms("căn cước"), TermField::Text, &Filter::default(), 5).unwrap()[0].id, 3);
    assert!(!unfinished.exists());
}

#[test]
fn edge_says_when_its_files_are_damaged_or_of_other_dimensions() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).unwrap();
    index.upsert(&points()).unwrap();
    drop(index);
    assert!(matches!(VectorIndex::open_or_create(folder.path(), DIMENSIONS + 1), Err(IndexError::Corrupt(_))));
    damage(&folder.path().join("segments"));
    assert!(matches!(open(folder.path()), Err(IndexError::Corrupt(_))));
}
