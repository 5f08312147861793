//! A collection of a Qdrant server, which several processes may use.
//!
//! Every write waits until it is applied: from then on it is found and outlives a restart of the server.

mod connection;
mod points;

use std::collections::{HashMap, HashSet};

use ::qdrant_client::qdrant::vectors_config::Config;
use ::qdrant_client::qdrant::{
    CollectionInfo, CountPoints, CreateCollection, CreateFieldIndexCollection, DeletePoints, Distance, FieldType, Modifier, PointId,
    PointStruct, PointsOperationResponse, Query, QueryPoints, ScrollPoints, SparseVectorConfig, SparseVectorParams, UpdateStatus,
    UpsertPoints, VectorInput, VectorParams, VectorParamsMap,
};

use super::{DENSE, Filter, GUIDE_ID, Hit, IndexError, LEVEL, Point, SECTION, TermField};
use crate::lexical::SparseVector;
use points::{dense_input, hit, number, server_filter, server_point, sparse_input};

pub use connection::Connection;

/// How many points one call writes.
const BATCH: usize = 256;

/// How many ids one call removes, or one page of [`ServerIndex::ids`] fetches.
const PAGE: usize = 1_000;

/// One collection.
#[derive(Debug)]
pub struct ServerIndex {
    connection: Connection,
    collection: String,
    dimensions: usize,
}

impl ServerIndex {
    pub(super) fn open_or_create(connection: &Connection, collection: &str, dimensions: usize) -> Result<ServerIndex, IndexError> {
        let name = collection.to_owned();
        if !connection.work(|client| async move { client.collection_exists(name).await })? {
            let request = creation(collection, dimensions);
            connection.work(|client| async move { client.create_collection(request).await })?;
        }
        let index = ServerIndex { connection: connection.clone(), collection: collection.to_owned(), dimensions };
        let info = index.checked_info()?;
        // A kill after the collection's creation leaves it without some of them.
        let mut missing = [GUIDE_ID, SECTION, LEVEL].into_iter().filter(|field| !info.payload_schema.contains_key(*field));
        missing.try_for_each(|field| index.create_payload_index(field))?;
        Ok(index)
    }

    pub(super) fn open(connection: &Connection, collection: &str, dimensions: usize) -> Result<ServerIndex, IndexError> {
        let index = ServerIndex { connection: connection.clone(), collection: collection.to_owned(), dimensions };
        index.checked_info()?;
        Ok(index)
    }

    fn checked_info(&self) -> Result<CollectionInfo, IndexError> {
        let name = self.collection.clone();
        let answer = self.connection.work(|client| async move { client.collection_info(name).await })?;
        let info = answer.result.unwrap_or_default();
        if has_our_vectors(&info, self.dimensions) {
            return Ok(info);
        }
        Err(IndexError::Corrupt(format!("the collection {} has other vectors", self.collection)))
    }

    fn create_payload_index(&self, field: &str) -> Result<(), IndexError> {
        let request = CreateFieldIndexCollection {
            collection_name: self.collection.clone(),
            wait: Some(true),
            field_name: field.to_owned(),
            field_type: Some(FieldType::Keyword.into()),
            ..Default::default()
        };
        self.connection.work(|client| async move { client.create_field_index(request).await }).and_then(completed)
    }

    pub(super) fn upsert(&self, points: &[Point]) -> Result<(), IndexError> {
        let points = points.iter().map(|point| server_point(point, self.dimensions)).collect::<Result<Vec<_>, _>>()?;
        points.chunks(BATCH).try_for_each(|batch| self.upsert_batch(batch.to_vec()))
    }

    fn upsert_batch(&self, points: Vec<PointStruct>) -> Result<(), IndexError> {
        let request = UpsertPoints { collection_name: self.collection.clone(), wait: Some(true), points, ..Default::default() };
        self.connection.work(|client| async move { client.upsert_points(request).await }).and_then(completed)
    }

    pub(super) fn delete(&self, ids: &[u64]) -> Result<(), IndexError> {
        ids.chunks(PAGE).try_for_each(|page| {
            let ids: Vec<PointId> = page.iter().map(|id| PointId::from(*id)).collect();
            let collection_name = self.collection.clone();
            let request = DeletePoints { collection_name, wait: Some(true), points: Some(ids.into()), ..Default::default() };
            self.connection.work(|client| async move { client.delete_points(request).await }).and_then(completed)
        })
    }

    pub(super) fn search_dense(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        self.search(dense_input(vector, self.dimensions)?, DENSE, filter, limit)
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
        self.search(sparse_input(terms)?, field.key(), filter, limit)
    }

    fn search(&self, vector: VectorInput, using: &str, filter: &Filter, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let request = QueryPoints {
            collection_name: self.collection.clone(),
            query: Some(Query::new_nearest(vector)),
            using: Some(using.to_owned()),
            filter: server_filter(filter),
            limit: Some(limit as u64),
            with_payload: Some(true.into()),
            with_vectors: Some(false.into()),
            ..Default::default()
        };
        let found = self.connection.search(|client| async move { client.query(request).await })?;
        found.result.iter().map(hit).collect()
    }

    pub(super) fn ids(&self) -> Result<HashSet<u64>, IndexError> {
        let mut ids = HashSet::new();
        let mut offset = None;
        loop {
            let request = ScrollPoints {
                collection_name: self.collection.clone(),
                offset,
                limit: Some(PAGE as u32),
                with_payload: Some(false.into()),
                with_vectors: Some(false.into()),
                ..Default::default()
            };
            let page = self.connection.work(|client| async move { client.scroll(request).await })?;
            ids.extend(page.result.iter().filter_map(|point| number(point.id.as_ref()?)));
            if page.next_page_offset.is_none() {
                return Ok(ids);
            }
            offset = page.next_page_offset;
        }
    }

    pub(super) fn count(&self) -> Result<usize, IndexError> {
        let request = CountPoints { collection_name: self.collection.clone(), exact: Some(true), ..Default::default() };
        let counted = self.connection.work(|client| async move { client.count(request).await })?;
        let count = counted.result.map_or(0, |result| result.count);
        usize::try_from(count).map_err(|error| IndexError::Failed(error.to_string()))
    }
}

fn creation(collection: &str, dimensions: usize) -> CreateCollection {
    let dense = VectorParams { size: dimensions as u64, distance: Distance::Cosine.into(), ..Default::default() };
    let terms = SparseVectorParams { modifier: Some(Modifier::Idf.into()), ..Default::default() };
    let term_lists = TermField::ALL.map(|field| (field.key().to_owned(), terms));
    CreateCollection {
        collection_name: collection.to_owned(),
        vectors_config: Some(Config::ParamsMap(VectorParamsMap { map: HashMap::from([(DENSE.to_owned(), dense)]) }).into()),
        sparse_vectors_config: Some(SparseVectorConfig { map: HashMap::from(term_lists) }),
        // Each shard counts by itself how rare a term is.
        shard_number: Some(1),
        ..Default::default()
    }
}

fn has_our_vectors(info: &CollectionInfo, dimensions: usize) -> bool {
    let params = || {
        let params = info.config.as_ref()?.params.as_ref()?;
        let Config::ParamsMap(dense) = params.vectors_config.as_ref()?.config.as_ref()? else { return None };
        Some((dense.map.get(DENSE)?, &params.sparse_vectors_config.as_ref()?.map))
    };
    params().is_some_and(|(dense, terms)| {
        let has_rarity = |field: TermField| terms.get(field.key()).is_some_and(|terms| terms.modifier() == Modifier::Idf);
        dense.size == dimensions as u64 && dense.distance() == Distance::Cosine && TermField::ALL.into_iter().all(has_rarity)
    })
}

/// The server answers without an error also when it stopped waiting for a write.
fn completed(answer: PointsOperationResponse) -> Result<(), IndexError> {
    let status = answer.result.map_or(UpdateStatus::UnknownUpdateStatus, |result| result.status());
    if status == UpdateStatus::Completed {
        return Ok(());
    }
    Err(IndexError::Failed(format!("the server has not applied a write: {}", status.as_str_name())))
}

#[cfg(test)]
mod tests;
