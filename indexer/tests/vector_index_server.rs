//! The index on a Qdrant server, and several processes that share it. `QDRANT_URL` names the gRPC interface of a server
//! (`http://localhost:6334`), `QDRANT_API_KEY` its key where it asks for one; run with `--run-ignored only`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use indexer::build::{BuildReport, build_all};
use indexer::lexical::query_terms;
use indexer::sync::{IndexReport, Indexer, Serving};
use indexer::vector_index::server::Connection;
use indexer::vector_index::{Filter, IndexError, IndexLocation, Point, ServerAddress, TermField, VectorIndex};
use qdrant_client::Qdrant;
use support::contract::{DIMENSIONS, contract, points};
use support::{House, NOW, WordHashes, guide};

/// A part of the server that only this test uses.
struct Server {
    address: ServerAddress,
    client: Qdrant,
}

impl Server {
    fn new(test: &str) -> Server {
        let url = std::env::var("QDRANT_URL").expect("QDRANT_URL names no server");
        let api_key = std::env::var("QDRANT_API_KEY").ok();
        let client = Qdrant::from_url(&url).api_key(api_key.clone()).skip_compatibility_check().build().unwrap();
        let prefix = format!("sen-test-{}-{test}-", std::process::id());
        Server { address: ServerAddress { url, api_key, prefix }, client }
    }

    fn connection(&self) -> Connection {
        Connection::new(&self.address).unwrap()
    }

    /// The names of this test's collections, without the prefix.
    async fn collections(&self) -> Vec<String> {
        let listed = self.client.list_collections().await.unwrap().collections;
        let ours = listed.iter().filter_map(|collection| collection.name.strip_prefix(&self.address.prefix));
        let mut ours: Vec<String> = ours.map(str::to_owned).collect();
        ours.sort();
        ours
    }

    async fn create(&self, name: &str) {
        let (connection, collection) = (self.connection(), format!("{}{name}", self.address.prefix));
        let create = move || VectorIndex::open_or_create_on(&connection, &collection, DIMENSIONS).map(|_| ());
        tokio::task::spawn_blocking(create).await.unwrap().unwrap();
    }

    /// The collection, without the prefix, that the alias points to.
    async fn current(&self) -> Option<String> {
        let aliases = self.client.list_aliases().await.unwrap().aliases;
        let alias = aliases.into_iter().find(|alias| alias.alias_name == format!("{}current", self.address.prefix))?;
        alias.collection_name.strip_prefix(&self.address.prefix).map(str::to_owned)
    }

    async fn clean(&self) {
        for name in self.collections().await {
            self.client.delete_collection(format!("{}{name}", self.address.prefix)).await.unwrap();
        }
    }

    async fn indexer(&self, house: &House, embedder: &Arc<WordHashes>) -> Indexer {
        let location = IndexLocation::Server(self.address.clone());
        Indexer::open(location, house.database.clone(), Arc::clone(embedder) as _).await.unwrap()
    }
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

/// The guide found for a question, and whether it was found by meaning too.
async fn first_hit(indexer: &Indexer, question: &'static str) -> (String, bool) {
    let search = move |serving: &Serving| {
        let hits = serving.index.search_sparse(&query_terms(question), TermField::Names, &Filter::default(), 3)?;
        Ok((hits[0].guide_id.to_string(), serving.dense_matches))
    };
    indexer.search(search).await.unwrap().unwrap()
}

#[tokio::test]
#[ignore = "needs QDRANT_URL"]
async fn server_keeps_the_contract() {
    let server = Server::new("contract");
    let (connection, collection) = (server.connection(), format!("{}chunks-1", server.address.prefix));
    let work = move || {
        assert!(matches!(VectorIndex::open_on(&connection, &collection, DIMENSIONS), Err(IndexError::Missing(_))));
        contract(&VectorIndex::open_or_create_on(&connection, &collection, DIMENSIONS).unwrap());
        let again = VectorIndex::open_on(&connection, &collection, DIMENSIONS).unwrap();
        assert_eq!(again.count().unwrap(), 3);
        let other = VectorIndex::open_or_create_on(&connection, &collection, DIMENSIONS + 1);
        assert!(matches!(other, Err(IndexError::Corrupt(_))));
    };
    let outcome = tokio::task::spawn_blocking(work).await;
    server.clean().await;
    outcome.unwrap();
}

#[tokio::test]
#[ignore = "needs QDRANT_URL"]
async fn more_points_than_a_batch_or_a_page_are_written_listed_and_removed() {
    let server = Server::new("pages");
    let (connection, collection) = (server.connection(), format!("{}chunks-1", server.address.prefix));
    let work = move || {
        let index = VectorIndex::open_or_create_on(&connection, &collection, DIMENSIONS).unwrap();
        let [sample, ..] = points();
        // Spread over the whole range, beyond the signed half too.
        let ids: Vec<u64> = (0..2_500).map(|number| number * (u64::MAX / 2_500)).collect();
        let many: Vec<_> = ids.iter().map(|id| Point { id: *id, ..sample.clone() }).collect();
        index.upsert(&many).unwrap();
        assert_eq!(index.count().unwrap(), 2_500);
        assert_eq!(index.ids().unwrap(), ids.iter().copied().collect());
        index.delete(&ids).unwrap();
        assert_eq!(index.count().unwrap(), 0);
    };
    let outcome = tokio::task::spawn_blocking(work).await;
    server.clean().await;
    outcome.unwrap();
}

#[tokio::test]
#[ignore = "needs QDRANT_URL"]
async fn a_build_switches_the_alias_and_removes_leftovers_but_nothing_else() {
    let (server, house) = (Server::new("build"), house_with_guides().await);
    let embedder = Arc::new(WordHashes::new("m1", DIMENSIONS));
    server.create("chunks-1").await;
    server.create("other-chunks-1").await;
    let indexer = server.indexer(&house, &embedder).await;
    assert!(indexer.serving().is_none());
    let first = build(&house, &indexer, NOW).await.index;
    assert!(first.created > 10);
    assert_eq!(first_hit(&indexer, "lệ phí kết hôn").await, ("ket-hon".to_owned(), true));
    let name = format!("chunks-{NOW}");
    assert_eq!(server.collections().await, [name.clone(), "other-chunks-1".to_owned()]);
    assert_eq!(server.current().await, Some(name.clone()));

    let second = build(&house, &indexer, NOW + 1).await.index;
    assert_eq!(second, IndexReport { created: 0, deleted: 0, unchanged: first.created });
    let reopened = server.indexer(&house, &embedder).await;
    assert_eq!(build(&house, &reopened, NOW + 1).await.index, second);
    assert_eq!(server.collections().await.len(), 2);

    server.client.delete_collection(format!("{}{name}", server.address.prefix)).await.unwrap();
    assert_eq!(build(&house, &indexer, NOW + 2).await.index.created, first.created);
    assert_eq!(server.current().await, Some(format!("chunks-{}", NOW + 2)));
    server.clean().await;
}

#[tokio::test]
#[ignore = "needs QDRANT_URL"]
async fn another_process_notices_a_switch_also_when_its_index_is_gone() {
    let (server, house) = (Server::new("switch"), house_with_guides().await);
    let (old, new) = (Arc::new(WordHashes::new("m1", DIMENSIONS)), Arc::new(WordHashes::new("m2", DIMENSIONS / 2)));
    build(&house, &server.indexer(&house, &old).await, NOW).await;
    let (idle, late, owner) = (server.indexer(&house, &old).await, server.indexer(&house, &old).await, server.indexer(&house, &new).await);
    assert!(!idle.refresh().await.unwrap());

    let rebuilt = build(&house, &owner, NOW + 1).await.index;
    assert_eq!((rebuilt.created, rebuilt.unchanged), (new.embedded(), 0));
    assert_eq!(server.current().await, Some(format!("chunks-{}", NOW + 1)));
    assert_eq!(server.collections().await.len(), 2, "others may still search the old one");
    assert_eq!(first_hit(&idle, "kết hôn").await, ("ket-hon".to_owned(), true));
    assert!(idle.refresh().await.unwrap() && !idle.refresh().await.unwrap());
    assert_eq!(first_hit(&idle, "kết hôn").await, ("ket-hon".to_owned(), false));

    build(&house, &owner, NOW + 2).await;
    assert_eq!(server.collections().await, [format!("chunks-{}", NOW + 1)]);
    assert_eq!(first_hit(&late, "kết hôn").await, ("ket-hon".to_owned(), false));
    server.clean().await;
}

#[tokio::test]
#[ignore = "needs QDRANT_URL"]
async fn a_build_that_was_killed_goes_on_in_another_process() {
    let (server, house) = (Server::new("killed"), house_with_guides().await);
    let embedder = Arc::new(WordHashes::new("m1", DIMENSIONS));
    let first = build(&house, &server.indexer(&house, &embedder).await, NOW).await.index;
    sqlx::query("UPDATE indexes SET state = 'building'").execute(&house.database.writer).await.unwrap();
    sqlx::query("DELETE FROM index_chunks WHERE chunk_id < '8'").execute(&house.database.writer).await.unwrap();
    let other = server.indexer(&house, &embedder).await;
    assert!(other.serving().is_none());
    let report = build(&house, &other, NOW + 1).await.index;
    assert!(report.created > 0 && report.unchanged > 0 && report.created + report.unchanged == first.created);
    assert_eq!(server.current().await, Some(format!("chunks-{NOW}")));
    server.clean().await;
}
