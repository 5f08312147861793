//! From the content store to the index, with kills in between.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexer::build::{BuildReport, build_all};
use indexer::content::{ContentSource, Publish, publish, sync_seed, withdraw};
use indexer::lexical::query_terms;
use indexer::sync::{IndexReport, Indexer, Serving};
use indexer::vector_index::{Filter, TermField, VectorIndex};
use support::{House, NOW, WordHashes, damage, guide};

async fn open(house: &House, embedder: &Arc<WordHashes>) -> Indexer {
    Indexer::open(house.folder(), house.database.clone(), Arc::clone(embedder) as _).await.unwrap()
}

async fn build(house: &House, indexer: &Indexer, now: i64) -> BuildReport {
    build_all(&house.database, indexer, &house.knowledge_base(), now, &mut |_, _| {}).await.unwrap()
}

async fn house_with_guides() -> House {
    let house = House::new().await;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    house.write("khai-sinh", guide("khai-sinh", "Đăng ký khai sinh"));
    house
}

fn first_hit(indexer: &Indexer, question: &str) -> String {
    let serving = indexer.serving().unwrap();
    let search = |field| serving.index.search_sparse(&query_terms(question), field, &Filter::default(), 3).unwrap();
    let best = TermField::ALL.into_iter().flat_map(search).max_by(|one, other| one.score.total_cmp(&other.score));
    best.unwrap().guide_id.to_string()
}

fn index_folders(house: &House) -> Vec<PathBuf> {
    fs::read_dir(house.data().join("index")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn a_second_run_changes_and_embeds_nothing() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let indexer = open(&house, &embedder).await;
    assert!(indexer.serving().is_none());
    let mut seen = Vec::new();
    let mut progress = |done, total| seen.push((done, total));
    let first = build_all(&house.database, &indexer, &house.knowledge_base(), NOW, &mut progress).await.unwrap();
    assert!(first.index.created > 10 && seen.last() == Some(&(first.index.created, first.index.created)));
    assert_eq!(first_hit(&indexer, "lệ phí kết hôn"), "ket-hon");

    let embedded = embedder.embedded();
    let second = build(&house, &indexer, NOW).await;
    assert_eq!(second.index, IndexReport { created: 0, deleted: 0, unchanged: first.index.created });
    assert_eq!(embedder.embedded(), embedded);
    drop(indexer);
    let reopened = open(&house, &embedder).await;
    assert_eq!(first_hit(&reopened, "khai sinh"), "khai-sinh");
    assert_eq!(build(&house, &reopened, NOW).await.index, second.index);
}

#[tokio::test]
async fn only_changed_chunks_are_embedded_and_stale_ones_go() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let indexer = open(&house, &embedder).await;
    let first = build(&house, &indexer, NOW).await.index;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn").replace("7 ngày làm việc", "5 ngày làm việc"));
    let changed = build(&house, &indexer, NOW).await.index;
    assert_eq!(changed, IndexReport { created: 1, deleted: 1, unchanged: first.created - 1 });
    fs::remove_file(house.file("ket-hon")).unwrap();
    assert_eq!(build(&house, &indexer, NOW).await.index.deleted * 2, first.created);
    assert_eq!(first_hit(&indexer, "kết hôn lệ phí"), "khai-sinh");
}

#[tokio::test]
async fn one_guide_is_brought_in_by_itself() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let indexer = open(&house, &embedder).await;
    sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    let first = indexer.sync_guide("ket-hon", NOW).await.unwrap();
    assert_eq!(build(&house, &indexer, NOW).await.index.unchanged, first.created, "without an index everything is built");

    let changed = guide("ket-hon", "Đăng ký kết hôn").replace("7 ngày làm việc", "5 ngày làm việc");
    publish_by_hand(&house, Some(&changed)).await;
    let embedded = embedder.embedded();
    let report = indexer.sync_guide("ket-hon", NOW).await.unwrap();
    assert_eq!(report, IndexReport { created: 1, deleted: 1, unchanged: first.created / 2 - 1 });
    assert_eq!(embedder.embedded(), embedded, "a time is searched by its terms only");
    assert_eq!(indexer.sync_guide("ket-hon", NOW).await.unwrap().created, 0);
    publish_by_hand(&house, None).await;
    assert_eq!(indexer.sync_guide("ket-hon", NOW).await.unwrap().deleted, first.created / 2);
    assert_eq!(first_hit(&indexer, "kết hôn lệ phí"), "khai-sinh");
}

/// Publishes the text, or withdraws the guide, as the console does.
async fn publish_by_hand(house: &House, text: Option<&str>) {
    let mut tx = house.database.begin().await.unwrap();
    let (id, source) = ("ket-hon", ContentSource::Console);
    match text {
        Some(text) => drop(publish(&mut tx, Publish { id, source, text, author: "", reason: "", now: NOW, replaces: None }).await.unwrap()),
        None => drop(withdraw(&mut tx, id, source, NOW).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_kill_took_from_the_index_or_the_database_is_repaired() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let first = build(&house, &open(&house, &embedder).await, NOW).await.index;

    let ids: Vec<u64> = with_index(&house, |index| index.ids().unwrap()).into_iter().take(3).collect();
    with_index(&house, |index| index.delete(&ids).unwrap());
    let repaired = build(&house, &open(&house, &embedder).await, NOW).await.index;
    assert_eq!((repaired.created, repaired.unchanged), (3, first.created - 3));

    sqlx::query("DELETE FROM index_chunks WHERE chunk_id < '8'").execute(&house.database.writer).await.unwrap();
    assert!(build(&house, &open(&house, &embedder).await, NOW).await.index.created > 0);
    assert_eq!(with_index(&house, |index| index.count().unwrap()), first.created);

    fs::remove_dir_all(&index_folders(&house)[0]).unwrap();
    assert_eq!(build(&house, &open(&house, &embedder).await, NOW).await.index.created, first.created);
}

/// Works on the only index as another process would, while no indexer has it open.
fn with_index<T>(house: &House, work: impl FnOnce(&VectorIndex) -> T) -> T {
    let index = VectorIndex::open_or_create(&index_folders(house)[0], 64).unwrap();
    let outcome = work(&index);
    index.flush().unwrap();
    outcome
}

#[tokio::test]
async fn a_damaged_index_is_built_anew() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let first = build(&house, &open(&house, &embedder).await, NOW).await.index;
    damage(&index_folders(&house)[0].join("segments"));
    let indexer = open(&house, &embedder).await;
    assert!(indexer.serving().is_none());
    assert_eq!(build(&house, &indexer, NOW + 1).await.index.created, first.created);
    assert_eq!(first_hit(&indexer, "kết hôn"), "ket-hon");
    assert_eq!(index_folders(&house).len(), 1, "the damaged one is gone");
}

#[tokio::test]
async fn a_search_runs_on_the_index_that_answers() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let indexer = open(&house, &embedder).await;
    let count = |serving: &Serving| serving.index.count();
    assert_eq!(indexer.search(count).await.unwrap(), None);
    let first = build(&house, &indexer, NOW).await.index;
    assert_eq!(indexer.search(count).await.unwrap(), Some(first.created));
    let refused = indexer.search(|serving: &Serving| serving.index.search_dense(&[1.0], &Filter::default(), 1)).await;
    assert!(refused.is_err() && !indexer.refresh().await.unwrap());
}

#[tokio::test]
async fn another_model_builds_anew_while_the_old_index_answers() {
    let house = house_with_guides().await;
    build(&house, &open(&house, &Arc::new(WordHashes::new("m1", 64))).await, NOW).await;
    let other = Arc::new(WordHashes::new("m2", 32));
    let indexer = open(&house, &other).await;
    assert!(!indexer.serving().unwrap().dense_matches);
    assert_eq!(first_hit(&indexer, "kết hôn"), "ket-hon");
    let held = indexer.serving().unwrap();
    let report = build(&house, &indexer, NOW + 1).await.index;
    assert_eq!((report.created, report.unchanged), (held.index.count().unwrap(), 0));
    assert!(other.embedded() > 0 && other.embedded() < report.created, "names and summaries are embedded, each text once");
    let serving = indexer.serving().unwrap();
    assert!(serving.dense_matches);
    assert!(!serving.index.search_dense(&other.vector("kết hôn"), &Filter::default(), 3).unwrap().is_empty());

    assert_eq!(index_folders(&house).len(), 2, "a search still holds the old one");
    assert!(held.index.count().unwrap() > 0);
    drop(held);
    build(&house, &indexer, NOW + 2).await;
    assert_eq!(index_folders(&house).len(), 1);
}

#[tokio::test]
async fn a_build_that_was_killed_goes_on_where_it_was() {
    let (house, embedder) = (house_with_guides().await, Arc::new(WordHashes::new("m1", 64)));
    let indexer = open(&house, &embedder).await;
    let first = build(&house, &indexer, NOW).await.index;
    drop(indexer);
    sqlx::query("UPDATE indexes SET state = 'building'").execute(&house.database.writer).await.unwrap();
    with_index(&house, |index| index.delete(&index.ids().unwrap().into_iter().take(5).collect::<Vec<_>>()).unwrap());
    let orphan: &Path = &house.data().join("index/chunks-1");
    fs::create_dir(orphan).unwrap();

    let indexer = open(&house, &embedder).await;
    assert!(indexer.serving().is_none() && !orphan.exists());
    let report = build(&house, &indexer, NOW + 1).await.index;
    assert_eq!((report.created, report.unchanged), (5, first.created - 5));
    assert_eq!(first_hit(&indexer, "kết hôn"), "ket-hon");
}
