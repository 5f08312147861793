//! Between our points, filters and hits and those of the protocol.

use std::collections::HashSet;

use ::qdrant_client::Payload;
use ::qdrant_client::qdrant::r#match::MatchValue;
use ::qdrant_client::qdrant::point_id::PointIdOptions;
use ::qdrant_client::qdrant::{Condition, NamedVectors, PointId, PointStruct, RepeatedStrings, ScoredPoint, Vector, VectorInput};

use crate::chunker::Section;
use crate::lexical::SparseVector;
use crate::vector_index::{DENSE, Filter, GUIDE_ID, Hit, IndexError, LEVEL, Point, SECTION, TermField};

/// A point as it is sent: without the vectors that it doesn't have.
pub(super) fn server_point(point: &Point, dimensions: usize) -> Result<PointStruct, IndexError> {
    point.dense.iter().try_for_each(|dense| check_dense(dense, dimensions))?;
    check_sparse(&point.sparse)?;
    let mut vectors = NamedVectors::default();
    if let Some(dense) = &point.dense {
        vectors = vectors.add_vector(DENSE, Vector::new_dense(dense.clone()));
    }
    if !point.sparse.indices.is_empty() {
        let terms = Vector::new_sparse(point.sparse.indices.clone(), point.sparse.values.clone());
        vectors = vectors.add_vector(TermField::of(point.payload.section).key(), terms);
    }
    let mut payload = Payload::new();
    payload.insert(GUIDE_ID, point.payload.guide_id.clone());
    payload.insert(SECTION, point.payload.section.key());
    payload.insert(LEVEL, point.payload.level.key());
    Ok(PointStruct::new(point.id, vectors, payload))
}

/// A question's vector as it is sent.
pub(super) fn dense_input(vector: &[f32], dimensions: usize) -> Result<VectorInput, IndexError> {
    check_dense(vector, dimensions)?;
    Ok(VectorInput::new_dense(vector))
}

/// A question's terms as they are sent.
pub(super) fn sparse_input(terms: &SparseVector) -> Result<VectorInput, IndexError> {
    check_sparse(terms)?;
    Ok(VectorInput::new_sparse(terms.indices.clone(), terms.values.clone()))
}

fn check_dense(vector: &[f32], dimensions: usize) -> Result<(), IndexError> {
    if vector.len() == dimensions {
        return Ok(());
    }
    Err(IndexError::Failed(format!("a vector has {} dimensions instead of {dimensions}", vector.len())))
}

fn check_sparse(terms: &SparseVector) -> Result<(), IndexError> {
    if terms.indices.len() != terms.values.len() {
        return Err(IndexError::Failed("a sparse vector must have as many values as indices".to_owned()));
    }
    let unique: HashSet<u32> = terms.indices.iter().copied().collect();
    if unique.len() != terms.indices.len() {
        return Err(IndexError::Failed("the indices of a sparse vector must be unique".to_owned()));
    }
    Ok(())
}

pub(super) fn server_filter(filter: &Filter) -> Option<::qdrant_client::qdrant::Filter> {
    let mut must = Vec::new();
    must.extend(filter.level.map(|level| is_one_of(LEVEL, vec![level.key().to_owned()])));
    must.extend(filter.guide_id.iter().map(|id| is_one_of(GUIDE_ID, vec![id.clone()])));
    if !filter.sections.is_empty() {
        must.push(is_one_of(SECTION, filter.sections.iter().map(|section| section.key().to_owned()).collect()));
    }
    if must.is_empty() { None } else { Some(::qdrant_client::qdrant::Filter::must(must)) }
}

/// The client's conversion from a text would search one with spaces word by word.
fn is_one_of(field: &str, strings: Vec<String>) -> Condition {
    Condition::matches(field, MatchValue::Keywords(RepeatedStrings { strings }))
}

pub(super) fn hit(point: &ScoredPoint) -> Result<Hit, IndexError> {
    let text = |field: &str| point.payload.get(field)?.as_str().cloned();
    let found = || {
        let id = number(point.id.as_ref()?)?;
        Some(Hit { id, score: point.score, guide_id: text(GUIDE_ID)?.into(), section: Section::from_key(&text(SECTION)?)? })
    };
    found().ok_or_else(|| IndexError::Failed("a point lacks its payload".to_owned()))
}

pub(super) fn number(id: &PointId) -> Option<u64> {
    match id.point_id_options.as_ref()? {
        PointIdOptions::Num(number) => Some(*number),
        PointIdOptions::Uuid(_) => None,
    }
}
