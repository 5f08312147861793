//! The content store through its public doors.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use indexer::content::{
    ContentSource, ExportReport, ImportReport, Publish, PublishError, Published, export, import, publish, published, published_all,
    published_at, revision_text, revisions, sync_seed, version, withdraw,
};
use support::{House, NOW, guide};

async fn publish_as(house: &House, source: ContentSource, id: &str, text: &str) -> Result<Published, PublishError> {
    let mut tx = house.database.begin().await.unwrap();
    let item = Publish { id, source, text, author: "lan", reason: "thử", now: NOW, replaces: None };
    let outcome = publish(&mut tx, item).await?;
    tx.commit().await.unwrap();
    Ok(outcome)
}

#[tokio::test]
async fn every_publish_is_a_revision_kept_byte_for_byte() {
    let house = House::new().await;
    let (first, second) = (guide("ket-hon", "Đăng ký kết hôn") + "\r\n ", guide("ket-hon", "Kết hôn"));
    let console = ContentSource::Console;
    assert_eq!(publish_as(&house, console, "ket-hon", &first).await.unwrap(), Published::Created);
    assert_eq!(publish_as(&house, console, "ket-hon", &first).await.unwrap(), Published::Unchanged);
    assert_eq!(publish_as(&house, console, "ket-hon", &second).await.unwrap(), Published::Updated);
    let served = published(&house.database, "ket-hon").await.unwrap().unwrap();
    assert_eq!((served.revision, served.guide.title.as_str()), (2, "Kết hôn"));
    let history = revisions(&house.database, "ket-hon").await.unwrap();
    assert_eq!(history.iter().map(|revision| revision.revision).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(revision_text(&house.database, "ket-hon", 1).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_dropped_transaction_publishes_nothing() {
    let house = House::new().await;
    let text = guide("ket-hon", "Đăng ký kết hôn");
    let mut tx = house.database.begin().await.unwrap();
    let item = Publish { id: "ket-hon", source: ContentSource::Seed, text: &text, author: "", reason: "", now: NOW, replaces: None };
    publish(&mut tx, item).await.unwrap();
    drop(tx);
    assert!(published_all(&house.database).await.unwrap().is_empty());
    assert!(publish_as(&house, ContentSource::Seed, "ly-hon", &text).await.is_err());
    assert!(publish_as(&house, ContentSource::Seed, "ket-hon", "rubbish").await.is_err());
    assert!(published_all(&house.database).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_folder_is_synced_and_a_second_run_changes_nothing() {
    let house = House::new().await;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    house.write("khai-sinh", guide("khai-sinh", "Đăng ký khai sinh"));
    let first = sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    assert_eq!(first.created, ["ket-hon", "khai-sinh"]);
    let again = sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    assert_eq!((again.skipped, again.created.len() + again.updated.len() + again.deleted.len()), (2, 0));

    fs::remove_file(house.file("ket-hon")).unwrap();
    house.write("khai-sinh", guide("khai-sinh", "Khai sinh"));
    let third = sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    assert_eq!((third.deleted, third.updated), (vec!["ket-hon".to_owned()], vec!["khai-sinh".to_owned()]));
    assert!(published(&house.database, "ket-hon").await.unwrap().is_none());
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    assert_eq!(sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap().created, ["ket-hon"]);
}

#[tokio::test]
async fn a_broken_guide_is_named_and_its_good_revision_keeps_serving() {
    let house = House::new().await;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn").replacen("field:", "filed:", 1));
    house.write("khai-sinh", guide("khai-sinh", "Đăng ký khai sinh"));
    house.write("anh", [0xff, 0xd8, 0xff, 0x00]);
    let report = sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    assert_eq!((report.created, report.deleted.len()), (vec!["khai-sinh".to_owned()], 0));
    let named: Vec<String> = report.broken.iter().map(ToString::to_string).collect();
    assert!(named.len() == 2 && named[1].contains("ket-hon.md:9 filed"), "{named:?}");
    assert_eq!(published(&house.database, "ket-hon").await.unwrap().unwrap().revision, 1);
}

#[tokio::test]
async fn what_the_console_changed_or_withdrew_stays() {
    let house = House::new().await;
    for (id, title) in [("ket-hon", "Đăng ký kết hôn"), ("khai-sinh", "Đăng ký khai sinh"), ("khai-tu", "Đăng ký khai tử")] {
        house.write(id, guide(id, title));
    }
    sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    let edited = guide("ket-hon", "Kết hôn (đã sửa)");
    publish_as(&house, ContentSource::Console, "ket-hon", &edited).await.unwrap();
    let mut tx = house.database.begin().await.unwrap();
    assert!(withdraw(&mut tx, "khai-sinh", ContentSource::Console, NOW).await.unwrap());
    tx.commit().await.unwrap();
    fs::remove_file(house.file("khai-tu")).unwrap();
    house.write("ket-hon", guide("ket-hon", "Kết hôn, tệp mới"));

    let report = sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    assert_eq!(report.kept, [("ket-hon".to_owned(), 2), ("khai-sinh".to_owned(), 1)]);
    assert_eq!(published(&house.database, "ket-hon").await.unwrap().unwrap().guide.title, "Kết hôn (đã sửa)");
    assert!(published(&house.database, "khai-sinh").await.unwrap().is_none());
}

#[tokio::test]
async fn an_empty_or_missing_folder_deletes_nothing() {
    let house = House::new().await;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    fs::remove_file(house.file("ket-hon")).unwrap();
    assert!(sync_seed(&house.database, &house.knowledge_base(), NOW).await.is_err());
    assert!(sync_seed(&house.database, &house.data().join("nowhere"), NOW).await.is_err());
    assert_eq!(published_all(&house.database).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_version_grows_with_each_change_also_within_one_millisecond() {
    let house = House::new().await;
    let mut seen = vec![version(&house.database).await.unwrap()];
    let (first, second) = (guide("ket-hon", "Đăng ký kết hôn"), guide("ket-hon", "Kết hôn"));
    let (seed, console) = (ContentSource::Seed, ContentSource::Console);
    for text in [Some(&first), None, Some(&first), Some(&second), None, Some(&first)] {
        match text {
            Some(text) => assert_ne!(publish_as(&house, console, "ket-hon", text).await.unwrap(), Published::Unchanged),
            None => assert!(withdraw_as(&house, console).await),
        }
        seen.push(version(&house.database).await.unwrap());
    }
    assert!(seen.is_sorted_by(|earlier, later| earlier < later), "{seen:?}");

    publish_as(&house, console, "ket-hon", &first).await.unwrap();
    publish_as(&house, seed, "ket-hon", &second).await.unwrap();
    assert!(!withdraw_as(&house, seed).await);
    assert_eq!(version(&house.database).await.unwrap(), *seen.last().unwrap());
}

#[tokio::test]
async fn a_text_is_not_published_over_a_revision_that_its_author_has_not_seen() {
    let house = House::new().await;
    let replace = async |text: &str, replaces| {
        let mut tx = house.database.begin().await.unwrap();
        let source = ContentSource::Console;
        let item = Publish { id: "ket-hon", source, text, author: "lan", reason: "", now: NOW, replaces: Some(replaces) };
        let outcome = publish(&mut tx, item).await.unwrap();
        tx.commit().await.unwrap();
        outcome
    };
    assert_eq!(replace(&guide("ket-hon", "Một"), 0).await, Published::Created);
    assert_eq!(replace(&guide("ket-hon", "Hai"), 1).await, Published::Updated);
    assert_eq!(replace(&guide("ket-hon", "Ba"), 1).await, Published::Outdated { revision: 2 });
    assert_eq!(replace(&guide("ket-hon", "Ba"), 0).await, Published::Outdated { revision: 2 });
    let (now, before) = (published(&house.database, "ket-hon").await.unwrap(), published_at(&house.database, "ket-hon", 1).await.unwrap());
    assert_eq!((now.unwrap().guide.title.as_str(), before.unwrap().guide.title.as_str()), ("Hai", "Một"));
}

#[tokio::test]
async fn an_export_is_byte_equal_and_importing_it_changes_nothing() {
    let house = House::new().await;
    let (windows, comment) = (guide("ket-hon", "Kết hôn").replace('\n', "\r\n"), guide("ly-hon", "Ly hôn") + "\n<!-- ghi chú -->\n\n");
    for (id, text) in [("ket-hon", &windows), ("ly-hon", &comment), ("khai-tu", &guide("khai-tu", "Khai tử"))] {
        publish_as(&house, ContentSource::Console, id, text).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let report = export(&house.database, folder.path()).await.unwrap();
    assert_eq!(report, ExportReport { written: vec!["ket-hon".into(), "khai-tu".into(), "ly-hon".into()], ..ExportReport::default() });
    let file = |id: &str| folder.path().join(format!("guides/{id}.md"));
    assert_eq!((fs::read_to_string(file("ket-hon")).unwrap(), fs::read_to_string(file("ly-hon")).unwrap()), (windows, comment));
    let imported = import(&house.database, folder.path(), "hoa", "nhập", NOW).await.unwrap();
    assert_eq!(imported, ImportReport { skipped: 3, ..ImportReport::default() });
    assert_eq!(export(&house.database, &folder.path().join("guides")).await.unwrap().skipped, 3, "the folder of guides itself");

    let mut tx = house.database.begin().await.unwrap();
    withdraw(&mut tx, "khai-tu", ContentSource::Console, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let imported = import(&house.database, folder.path(), "hoa", "nhập", NOW).await.unwrap();
    assert_eq!((imported.skipped, imported.withdrawn), (2, vec!["khai-tu".to_owned()]), "an import brings nothing back");
    assert_eq!(export(&house.database, folder.path()).await.unwrap().removed, ["khai-tu"]);
    assert!(!file("khai-tu").exists());
}

#[tokio::test]
async fn an_import_publishes_what_differs_and_names_what_is_broken() {
    let house = House::new().await;
    house.write("ket-hon", guide("ket-hon", "Đăng ký kết hôn"));
    house.write("khai-sinh", guide("khai-sinh", "Đăng ký khai sinh"));
    sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap();
    publish_as(&house, ContentSource::Console, "ket-hon", &guide("ket-hon", "Kết hôn")).await.unwrap();
    house.write("ket-hon", guide("ket-hon", "Kết hôn, tệp mới"));
    house.write("hong", "rubbish");
    let imported = import(&house.database, &house.knowledge_base(), "hoa", "nhập từ thư mục", NOW).await.unwrap();
    assert_eq!((imported.updated, imported.skipped, imported.broken.len()), (vec!["ket-hon".to_owned()], 1, 1));
    let newest = revisions(&house.database, "ket-hon").await.unwrap().remove(0);
    assert_eq!((newest.revision, newest.author.as_str(), newest.reason.as_str()), (3, "hoa", "nhập từ thư mục"));
    assert_eq!(sync_seed(&house.database, &house.knowledge_base(), NOW).await.unwrap().skipped, 2, "folder and store are in step");
}

async fn withdraw_as(house: &House, source: ContentSource) -> bool {
    let mut tx = house.database.begin().await.unwrap();
    let withdrawn = withdraw(&mut tx, "ket-hon", source, NOW).await.unwrap();
    tx.commit().await.unwrap();
    withdrawn
}
