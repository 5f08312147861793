//! Files that people and the bot have sent, and their download.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::params::{Params, Upload};
use super::refusal::{Answer, Refusal};
use super::state::World;

/// What a bot may download.
const MAX_DOWNLOAD: usize = 20 * 1024 * 1024;

#[derive(Clone)]
pub(super) struct StoredFile {
    pub(super) id: String,
    name: String,
    path: String,
    pub(super) bytes: Vec<u8>,
}

/// By their id.
#[derive(Default)]
pub(super) struct Files(BTreeMap<String, StoredFile>);

impl Files {
    /// Keeps a file below a folder such as `photos`.
    pub(super) fn keep(&mut self, folder: &str, upload: Upload) -> StoredFile {
        let number = self.0.len();
        let ending = upload.name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let id = format!("AgACAgUAAx{number:08}");
        let file = StoredFile { path: format!("{folder}/file_{number}.{ending}"), id: id.clone(), name: upload.name, bytes: upload.bytes };
        self.0.insert(id, file.clone());
        file
    }

    pub(super) fn download(&self, path: &str) -> Response {
        match self.0.values().find(|file| file.path == path) {
            Some(file) => file.bytes.clone().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&StoredFile> {
        self.0.get(id)
    }
}

impl StoredFile {
    fn json(&self) -> Value {
        json!({ "file_id": self.id, "file_unique_id": format!("AQAD{}", &self.id[10..]), "file_size": self.bytes.len() })
    }

    fn with(&self, further: Value) -> Value {
        let mut object = self.json();
        for (name, value) in further.as_object().into_iter().flatten() {
            object[name] = value.clone();
        }
        object
    }

    /// The message field `photo`: a small and a large size. Pictures are not measured.
    pub(super) fn photo(&self) -> Map<String, Value> {
        let size = |width, height| self.with(json!({ "width": width, "height": height }));
        Map::from_iter([("photo".to_owned(), json!([size(90, 67), size(1280, 960)]))])
    }

    /// The message field `document`.
    pub(super) fn document(&self) -> Map<String, Value> {
        let mime = if self.name.ends_with(".pdf") { "application/pdf" } else { "application/octet-stream" };
        Map::from_iter([("document".to_owned(), self.with(json!({ "file_name": self.name, "mime_type": mime })))])
    }

    /// The message field `voice`; its length is not measured.
    pub(super) fn voice(&self) -> Map<String, Value> {
        Map::from_iter([("voice".to_owned(), self.with(json!({ "duration": 3, "mime_type": "audio/ogg" })))])
    }
}

impl World {
    pub(super) fn get_file(&mut self, params: &Params) -> Answer {
        let file = self.files.get(params.text("file_id"));
        let file = file.ok_or_else(|| Refusal::bad_request("wrong file_id or the file is temporarily unavailable"))?;
        if file.bytes.len() > MAX_DOWNLOAD {
            return Err(Refusal::bad_request("file is too big"));
        }
        Ok(file.with(json!({ "file_path": file.path })))
    }
}
