//! A method's parameters, from wherever the client put them: query, JSON, form, multipart.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Form, FromRequest as _, Query, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::multipart;
use super::refusal::Refusal;

/// A file that came with the request.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Everything by its name. As on the wire, structures are JSON in a string.
#[derive(Clone, Debug, Default)]
pub(super) struct Params {
    pub(super) fields: BTreeMap<String, String>,
    pub(super) files: BTreeMap<String, Upload>,
}

impl Params {
    /// Reads all of a request.
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut params = Self::default();
        if let Ok(Query(fields)) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()) {
            params.fields.extend(fields);
        }
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        if content_type.starts_with("application/x-www-form-urlencoded") && request.method() == "POST" {
            let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
            params.fields.extend(form.map_err(|_| Refusal::bad_request("can't parse the form"))?.0);
            return Ok(params);
        }
        let body = Bytes::from_request(request, &()).await.map_err(|_| Refusal::bad_request("can't read the request"))?;
        params.add_body(&content_type, &body)?;
        Ok(params)
    }

    fn add_body(&mut self, content_type: &str, body: &[u8]) -> Result<(), Refusal> {
        if content_type.starts_with("application/json") && !body.is_empty() {
            let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|_| Refusal::bad_request("can't parse JSON object"))?;
            self.fields.extend(fields.into_iter().filter_map(|(name, value)| Some((name, as_text(value)?))));
        }
        if content_type.starts_with("multipart/form-data") {
            self.add_parts(multipart::parse(content_type, body).ok_or_else(|| Refusal::bad_request("can't parse multipart form"))?)?;
        }
        Ok(())
    }

    fn add_parts(&mut self, parts: Vec<multipart::Part>) -> Result<(), Refusal> {
        for part in parts {
            if let Some(name) = part.file_name {
                self.files.insert(part.name, Upload { name, bytes: part.bytes });
                continue;
            }
            let text = String::from_utf8(part.bytes).map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
            self.fields.insert(part.name, text);
        }
        Ok(())
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).to_ascii_lowercase().as_str(), "true" | "yes" | "1")
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name).trim().parse().ok()
    }

    /// A structure; `None` where it is absent or empty.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let broken = |_| Refusal::bad_request(&format!("can't parse {} JSON object", name.replace('_', " ")));
        serde_json::from_str(text).map(Some).map_err(broken)
    }
}

fn as_text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
