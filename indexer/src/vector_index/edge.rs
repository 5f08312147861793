//! Qdrant Edge: the index in this process, one directory, one opener.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use qdrant_edge::{
    Condition, CountRequest, CreateIndex, Distance, EdgeConfig, EdgeShard, EdgeSparseVectorParams, EdgeVectorParams, FieldCondition,
    FieldIndexOperations, Match, Modifier, NamedQuery, PayloadFieldSchema, PayloadSchemaType, PointId, PointInsertOperations,
    PointOperations, PointStruct, QueryEnum, QueryRequest, Record, ScoredPoint, ScoringQuery, ScrollRequest, UpdateOperation, Vector,
    VectorInternal, Vectors, WithPayloadInterface, WithVector,
};
use serde_json::json;

use super::{DENSE, Filter, GUIDE_ID, Hit, IndexError, LEVEL, Point, SECTION, TermField};
use crate::chunker::Section;
use crate::lexical::SparseVector;

/// How many ids one page of [`EdgeIndex::ids`] fetches.
const PAGE: usize = 10_000;

type Places = HashMap<u64, (Arc<str>, Section)>;

/// An embedded index.
pub struct EdgeIndex {
    shard: EdgeShard,
    /// Edge's flush panics while another thread writes: updates, flushes and optimisations take turns.
    writing: Mutex<()>,
    /// Guide and section of every passage. Reading those of the hits from Edge takes longer than finding them.
    places: RwLock<Places>,
}

impl EdgeIndex {
    pub(super) fn open_or_create(dir: &Path, dimensions: usize) -> Result<EdgeIndex, IndexError> {
        let exists = dir.join("edge_config.json").exists();
        fs::create_dir_all(dir).map_err(corrupt)?;
        remove_unfinished_segments(dir);
        let config = config(dimensions);
        let open = || if exists { EdgeShard::load(dir, Some(config)) } else { EdgeShard::new(dir, config) };
        // Damaged files make Edge return an error or panic, depending on where the damage is.
        let shard = match catch_unwind(AssertUnwindSafe(open)) {
            Ok(opened) => opened.map_err(corrupt)?,
            Err(_) => return Err(IndexError::Corrupt(format!("{} is damaged", dir.display()))),
        };
        let index = EdgeIndex { shard, writing: Mutex::new(()), places: RwLock::default() };
        if !exists {
            [GUIDE_ID, SECTION, LEVEL].into_iter().try_for_each(|field| index.create_payload_index(field))?;
        }
        index.read_places()?;
        Ok(index)
    }

    fn create_payload_index(&self, field: &str) -> Result<(), IndexError> {
        let field_name = field.try_into().map_err(|()| IndexError::Failed(format!("{field} is no field name")))?;
        let field_schema = Some(PayloadFieldSchema::FieldType(PayloadSchemaType::Keyword));
        let create = FieldIndexOperations::CreateIndex(CreateIndex { field_name, field_schema });
        self.update(UpdateOperation::FieldIndexOperation(create))
    }

    pub(super) fn upsert(&self, points: &[Point]) -> Result<(), IndexError> {
        let edge_points = points.iter().map(|point| edge_point(point).map(Into::into)).collect::<Result<Vec<_>, _>>()?;
        let insert = PointOperations::UpsertPoints(PointInsertOperations::PointsList(edge_points));
        let place = |point: &Point| (point.id, (point.payload.guide_id.as_str().into(), point.payload.section));
        self.places.write().unwrap_or_else(PoisonError::into_inner).extend(points.iter().map(place));
        self.update(UpdateOperation::PointOperation(insert))
    }

    pub(super) fn delete(&self, ids: &[u64]) -> Result<(), IndexError> {
        let points = ids.iter().map(|id| PointId::NumId(*id)).collect();
        self.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids: points }))?;
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        ids.iter().for_each(|id| drop(places.remove(id)));
        Ok(())
    }

    fn update(&self, operation: UpdateOperation) -> Result<(), IndexError> {
        let _turn = self.turn();
        self.shard.update(operation).map_err(failed)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn search_dense(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        self.search(VectorInternal::Dense(vector.to_vec()), DENSE, filter, limit)
    }

    pub(super) fn search_sparse(
        &self,
        terms: &SparseVector,
        field: TermField,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Hit>, IndexError> {
        if terms.indices.is_empty() {
            return Ok(Vec::new());
        }
        self.search(sparse(terms)?.0, field.key(), filter, limit)
    }

    fn search(&self, vector: VectorInternal, using: &str, filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let nearest = QueryEnum::Nearest(NamedQuery { query: vector, using: Some(using.to_owned()) });
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(nearest)),
            filter: edge_filter(filter),
            score_threshold: None,
            limit,
            offset: 0,
            params: None,
            with_vector: WithVector::Bool(false),
            with_payload: WithPayloadInterface::Bool(false),
        };
        let found = self.shard.query(request).map_err(failed)?;
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        found.into_iter().map(|point| hit(&point, &places)).collect()
    }

    pub(super) fn ids(&self) -> Result<HashSet<u64>, IndexError> {
        let mut ids = HashSet::new();
        self.scroll(false, |record| ids.extend(number(&record.id)))?;
        Ok(ids)
    }

    fn read_places(&self) -> Result<(), IndexError> {
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        self.scroll(true, |record| places.extend(number(&record.id).zip(place(record))))
    }

    /// Shows every point.
    fn scroll(&self, with_payload: bool, mut show: impl FnMut(&Record)) -> Result<(), IndexError> {
        let mut offset = None;
        loop {
            let request = ScrollRequest {
                offset,
                limit: Some(PAGE),
                filter: None,
                with_payload: Some(WithPayloadInterface::Bool(with_payload)),
                with_vector: WithVector::Bool(false),
                order_by: None,
            };
            let (page, next) = self.shard.scroll(request).map_err(failed)?;
            page.iter().for_each(&mut show);
            if next.is_none() {
                return Ok(());
            }
            offset = next;
        }
    }

    pub(super) fn count(&self) -> Result<usize, IndexError> {
        self.shard.count(CountRequest { filter: None, exact: true }).map_err(failed)
    }

    pub(super) fn flush(&self) -> Result<(), IndexError> {
        let _turn = self.turn();
        // Edge's flush panics where a disk fails; a full disk must not end the process.
        catch_unwind(AssertUnwindSafe(|| self.shard.flush())).map_err(|_| IndexError::Failed("could not flush".to_owned()))
    }

    pub(super) fn optimize(&self) -> Result<(), IndexError> {
        let _turn = self.turn();
        self.shard.optimize().map(|_| ()).map_err(failed)
    }
}

impl fmt::Debug for EdgeIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EdgeIndex").field("path", &self.shard.path()).finish_non_exhaustive()
    }
}

fn config(dimensions: usize) -> EdgeConfig {
    let dense = EdgeVectorParams::builder(dimensions, Distance::Cosine).build();
    let config = EdgeConfig::builder().vector(DENSE, dense);
    let terms = || EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build();
    TermField::ALL.into_iter().fold(config, |config, field| config.sparse_vector(field.key(), terms())).build()
}

/// A kill during an optimisation leaves half-built segments, which nothing else ever removes.
fn remove_unfinished_segments(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir.join("temp_segments")) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with("segment_builder_") {
            let removed = fs::remove_dir_all(entry.path());
            tracing::debug!(path = %entry.path().display(), ?removed, "removed an unfinished segment");
        }
    }
}

fn edge_point(point: &Point) -> Result<PointStruct, IndexError> {
    let payload = json!({
        GUIDE_ID: point.payload.guide_id,
        SECTION: point.payload.section.key(),
        LEVEL: point.payload.level.key(),
    });
    let dense = point.dense.iter().map(|dense| (DENSE, Vector::new_dense(dense.clone())));
    let vectors: Vec<(&str, Vector)> = dense.chain([(TermField::of(point.payload.section).key(), sparse(&point.sparse)?)]).collect();
    Ok(PointStruct::new(point.id, Vectors::new_named(vectors), payload))
}

fn sparse(terms: &SparseVector) -> Result<Vector, IndexError> {
    Vector::new_sparse(terms.indices.clone(), terms.values.clone()).map_err(failed)
}

fn edge_filter(filter: &Filter) -> Option<qdrant_edge::Filter> {
    let mut must = Vec::new();
    must.extend(filter.level.map(|level| condition(LEVEL, Match::from(level.key().to_owned()))));
    must.extend(filter.guide_id.iter().map(|id| condition(GUIDE_ID, Match::from(id.clone()))));
    if !filter.sections.is_empty() {
        let keys: Vec<String> = filter.sections.iter().map(|section| section.key().to_owned()).collect();
        must.push(condition(SECTION, Match::from(keys)));
    }
    let must: Vec<Condition> = must.into_iter().flatten().collect();
    if must.is_empty() { None } else { Some(qdrant_edge::Filter { must: Some(must), ..Default::default() }) }
}

fn condition(field: &str, value: Match) -> Option<Condition> {
    let field = field.try_into().ok()?;
    Some(Condition::Field(FieldCondition::new_match(field, value)))
}

fn hit(point: &ScoredPoint, places: &Places) -> Result<Hit, IndexError> {
    let found = || {
        let id = number(&point.id)?;
        let (guide_id, section) = places.get(&id)?;
        Some(Hit { id, score: point.score, guide_id: guide_id.clone(), section: *section })
    };
    found().ok_or_else(|| IndexError::Failed("a point without its place".to_owned()))
}

fn place(record: &Record) -> Option<(Arc<str>, Section)> {
    let text = |field: &str| record.payload.as_ref()?.0.get(field)?.as_str();
    Some((text(GUIDE_ID)?.into(), Section::from_key(text(SECTION)?)?))
}

fn number(id: &PointId) -> Option<u64> {
    match id {
        PointId::NumId(number) => Some(*number),
        PointId::Uuid(_) => None,
    }
}

fn corrupt(error: impl fmt::Display) -> IndexError {
    IndexError::Corrupt(error.to_string())
}

fn failed(error: impl fmt::Display) -> IndexError {
    IndexError::Failed(error.to_string())
}
