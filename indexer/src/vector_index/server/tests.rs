use std::net::TcpListener;
use std::thread;

use super::*;
use crate::chunker::Section;
use crate::guide::Level;
use crate::vector_index::{ChunkPayload, ServerAddress};
use ::qdrant_client::qdrant::condition::ConditionOneOf;
use ::qdrant_client::qdrant::r#match::MatchValue;
use ::qdrant_client::qdrant::vectors::VectorsOptions;
use ::qdrant_client::qdrant::{CollectionConfig, CollectionParams, Filter as ServerFilter, ScoredPoint, UpdateResult, vector};

fn point() -> Point {
    let payload = ChunkPayload { guide_id: "ket-hon".to_owned(), section: Section::Fees, level: Level::Commune };
    Point { id: u64::MAX, dense: Some(vec![0.6, 0.8]), sparse: [(7, 0.5), (9, 1.5)].into_iter().collect(), payload }
}

/// What the server gives back for a sent point.
fn found(sent: PointStruct) -> ScoredPoint {
    ScoredPoint { id: sent.id, payload: sent.payload, score: 0.9, ..Default::default() }
}

fn vectors(point: &Point) -> HashMap<String, vector::Vector> {
    let sent = server_point(point, 2).unwrap().vectors.unwrap().vectors_options.unwrap();
    let VectorsOptions::Vectors(named) = sent else { panic!("unnamed vectors") };
    named.vectors.into_iter().map(|(name, sent)| (name, sent.vector.unwrap())).collect()
}

#[test]
fn a_point_is_sent_with_both_vectors_and_comes_back_as_a_hit() {
    let sent = vectors(&point());
    assert!(matches!(&sent[DENSE], vector::Vector::Dense(dense) if dense.data == [0.6, 0.8]));
    let is_ours = |sparse: &::qdrant_client::qdrant::SparseVector| sparse.values.iter().sum::<f32>() == 2.0 && sparse.indices.len() == 2;
    assert!(matches!(&sent[TermField::Text.key()], vector::Vector::Sparse(sparse) if is_ours(sparse)));
    let hit = hit(&found(server_point(&point(), 2).unwrap())).unwrap();
    assert_eq!(hit, Hit { id: u64::MAX, score: 0.9, guide_id: "ket-hon".into(), section: Section::Fees });

    let without_terms = Point { sparse: SparseVector::default(), ..point() };
    assert_eq!(vectors(&without_terms).into_keys().collect::<Vec<_>>(), [DENSE]);
    assert!(points::hit(&ScoredPoint::default()).is_err());
}

#[test]
fn vectors_that_do_not_fit_are_refused() {
    let refused = |point: &Point| matches!(server_point(point, 2), Err(IndexError::Failed(_)));
    assert!(refused(&Point { dense: Some(vec![1.0]), ..point() }));
    assert!(refused(&Point { sparse: SparseVector { indices: vec![1, 1], values: vec![1.0, 1.0] }, ..point() }));
    assert!(refused(&Point { sparse: SparseVector { indices: vec![1], values: vec![] }, ..point() }));
    assert!(dense_input(&[1.0; 3], 2).is_err() && dense_input(&[1.0; 2], 2).is_ok());
}

/// Field and values of each condition.
fn conditions(filter: &Filter) -> Vec<(String, Vec<String>)> {
    let ServerFilter { must, should, must_not, min_should } = server_filter(filter).unwrap();
    assert!(should.is_empty() && must_not.is_empty() && min_should.is_none());
    let read = |condition: ::qdrant_client::qdrant::Condition| {
        let Some(ConditionOneOf::Field(field)) = condition.condition_one_of else { panic!("no condition of a field") };
        let Some(MatchValue::Keywords(keywords)) = field.r#match.unwrap().match_value else { panic!("no keywords") };
        (field.key, keywords.strings)
    };
    must.into_iter().map(read).collect()
}

#[test]
fn each_field_of_a_filter_is_one_condition_by_keyword() {
    assert!(server_filter(&Filter::default()).is_none());
    let all = Filter { level: Some(Level::Province), guide_id: Some("a b".to_owned()), sections: vec![Section::Fees, Section::Papers] };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let expected = [
        (LEVEL.to_owned(), texts(&["province"])),
        (GUIDE_ID.to_owned(), texts(&["a b"])),
        (SECTION.to_owned(), texts(&["fees", "papers"])),
    ];
    assert_eq!(conditions(&all), expected);
}

fn info(creation: CreateCollection) -> CollectionInfo {
    let CreateCollection { vectors_config, sparse_vectors_config, .. } = creation;
    let params = Some(CollectionParams { vectors_config, sparse_vectors_config, ..Default::default() });
    CollectionInfo { config: Some(CollectionConfig { params, ..Default::default() }), ..Default::default() }
}

#[test]
fn a_collection_with_other_vectors_is_told_from_ours() {
    assert!(has_our_vectors(&info(creation("chunks-1", 384)), 384));
    assert!(!has_our_vectors(&info(creation("chunks-1", 384)), 768));
    let without_rarity =
        SparseVectorConfig { map: TermField::ALL.map(|field| (field.key().to_owned(), SparseVectorParams::default())).into() };
    let other = CreateCollection { sparse_vectors_config: Some(without_rarity), ..creation("chunks-1", 384) };
    assert!(!has_our_vectors(&info(other), 384));
    let unnamed = Config::Params(VectorParams { size: 384, distance: Distance::Cosine.into(), ..Default::default() });
    let other = CreateCollection { vectors_config: Some(unnamed.into()), ..creation("chunks-1", 384) };
    assert!(!has_our_vectors(&info(other), 384));
    assert!(!has_our_vectors(&CollectionInfo::default(), 384));
}

#[test]
fn a_write_counts_only_when_it_was_applied() {
    let answer = |status: UpdateStatus| PointsOperationResponse {
        result: Some(UpdateResult { status: status.into(), ..Default::default() }),
        ..Default::default()
    };
    assert!(completed(answer(UpdateStatus::Completed)).is_ok());
    assert!(completed(answer(UpdateStatus::Acknowledged)).is_err());
    assert!(completed(answer(UpdateStatus::WaitTimeout)).is_err());
    assert!(completed(PointsOperationResponse::default()).is_err());
}

fn connection(url: &str, api_key: Option<&str>) -> Result<Connection, IndexError> {
    Connection::new(&ServerAddress { url: url.to_owned(), api_key: api_key.map(str::to_owned), prefix: String::new() })
}

/// A server that nobody listens for.
fn nobody() -> Connection {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    connection(&format!("http://127.0.0.1:{port}/"), Some("key")).unwrap()
}

fn assert_unreachable(error: IndexError) {
    assert!(matches!(error, IndexError::Unreachable(_)));
    let text = error.to_string();
    assert!(text.starts_with("the index server can't be reached: http://127.0.0.1:") && text.ends_with(": Connection refused"), "{text}");
}

#[test]
fn a_server_that_does_not_answer_is_named_with_one_cause() {
    assert_unreachable(ServerIndex::open(&nobody(), "chunks-1", 2).unwrap_err());
    thread::spawn(|| assert_unreachable(nobody().collections().unwrap_err())).join().unwrap();
}

#[tokio::test]
async fn calls_work_and_are_dropped_within_a_runtime_too() {
    let connection = nobody();
    let on_a_task = connection.clone();
    tokio::task::spawn_blocking(move || assert_unreachable(on_a_task.remove("chunks-1").unwrap_err())).await.unwrap();
    assert_unreachable(connection.point_alias("current", "chunks-1").unwrap_err());
}

#[test]
fn an_address_that_can_not_work_is_refused_without_repeating_the_key() {
    assert!(connection("localhost:6334", None).is_err() && connection("https://", None).is_err());
    let refused = connection("https://index.example:6334", Some("khóa\n")).unwrap_err().to_string();
    assert!(!refused.contains("kh\u{f3}a"), "{refused}");
    let address = ServerAddress { url: "http://a".to_owned(), api_key: Some("secret".to_owned()), prefix: String::new() };
    assert!(!format!("{address:?} {:?}", Connection::new(&address)).contains("secret"));
}
