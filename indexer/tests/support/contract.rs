//! The contract that every body of [`VectorIndex`] keeps.

use indexer::chunker::Section;
use indexer::guide::Level;
use indexer::lexical::{SparseVector, document_terms, query_terms};
use indexer::vector_index::{ChunkPayload, Filter, Point, TermField, VectorIndex};

use super::WordHashes;

pub(crate) const DIMENSIONS: usize = 64;

fn vector(text: &str) -> Vec<f32> {
    WordHashes::new("", DIMENSIONS).vector(text)
}

fn point(id: u64, guide_id: &str, section: Section, level: Level, text: &str) -> Point {
    let payload = ChunkPayload { guide_id: guide_id.to_owned(), section, level };
    Point { id, dense: Some(vector(text)), sparse: document_terms(text), payload }
}

pub(crate) fn points() -> [Point; 4] {
    [
        point(u64::MAX, "ket-hon", Section::Fees, Level::Commune, "Lệ phí đăng ký kết hôn: miễn lệ phí"),
        point(2, "ket-hon", Section::Papers, Level::Commune, "Giấy tờ đăng ký kết hôn: tờ khai"),
        point(3, "can-cuoc", Section::Fees, Level::Commune, "Lệ phí cấp lại thẻ căn cước: 70.000 đồng"),
        point(4, "lai-xe", Section::Fees, Level::Province, "Lệ phí đổi giấy phép lái xe: 135.000 đồng"),
    ]
}

/// Fills an empty index and asks it everything.
pub(crate) fn contract(index: &VectorIndex) {
    index.upsert(&points()).unwrap();
    index.flush().unwrap();
    assert_eq!(index.count().unwrap(), 4);
    assert_eq!(index.ids().unwrap(), [u64::MAX, 2, 3, 4].into());
    let any = Filter::default();

    let nearest = &index.search_dense(&vector("lệ phí đăng ký kết hôn"), &any, 10).unwrap()[0];
    assert_eq!((nearest.id, &*nearest.guide_id, nearest.section), (u64::MAX, "ket-hon", Section::Fees));
    assert!(nearest.score > 0.5 && nearest.score <= 1.001);

    let by_terms = |question: &str, filter: &Filter| index.search_sparse(&query_terms(question), TermField::Text, filter, 10).unwrap();
    assert_eq!(by_terms("mất thẻ căn cước", &any)[0].id, 3);
    assert_eq!(by_terms("doi giay phep lai xe", &any)[0].id, 4);
    assert!(by_terms("sao y", &any).is_empty() && by_terms("?", &any).is_empty());
    assert_eq!(by_terms("phí khai", &any)[0].id, 2, "a rare term counts more than a common one, even a repeated one");

    index.upsert(&[point(5, "tam-tru", Section::Names, Level::Commune, "Khai báo tạm vắng")]).unwrap();
    let names = index.search_sparse(&query_terms("tạm vắng"), TermField::Names, &any, 10).unwrap();
    assert!(names[0].id == 5 && by_terms("tạm vắng", &any).is_empty(), "names and texts are apart");
    index.delete(&[5]).unwrap();

    let province = Filter { level: Some(Level::Province), ..any.clone() };
    assert_eq!(by_terms("lệ phí", &province).iter().map(|hit| hit.id).collect::<Vec<_>>(), [4]);
    let papers = Filter { guide_id: Some("ket-hon".to_owned()), sections: vec![Section::Papers, Section::Steps], ..any.clone() };
    assert_eq!(index.search_dense(&vector("lệ phí"), &papers, 10).unwrap().iter().map(|hit| hit.id).collect::<Vec<_>>(), [2]);
    assert_eq!(index.search_dense(&vector("lệ phí"), &any, 2).unwrap().len(), 2);

    index.upsert(&[point(3, "can-cuoc", Section::Fees, Level::Commune, "Lệ phí tạm trú: 15.000 đồng")]).unwrap();
    assert!(by_terms("căn cước", &any).is_empty() && by_terms("tạm trú", &any)[0].id == 3);
    index.delete(&[2, 99]).unwrap();
    assert_eq!(index.ids().unwrap(), [u64::MAX, 3, 4].into());
    index.optimize().unwrap();
    index.flush().unwrap();
    assert_eq!(by_terms("tạm trú", &any)[0].id, 3);

    assert!(index.upsert(&[Point { dense: Some(vec![1.0]), ..points()[0].clone() }]).is_err());
    assert!(index.search_dense(&[1.0], &any, 1).is_err());
    let odd = SparseVector { indices: vec![1, 1], values: vec![1.0, 1.0] };
    assert!(index.search_sparse(&odd, TermField::Text, &any, 1).is_err());
}
