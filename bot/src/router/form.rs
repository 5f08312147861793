//! Forms as browsers send them.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;

use crate::language::vi;
use crate::router::page::Refusal;

/// Fields of a form. Unlike axum's own extractor it refuses broken UTF-8 instead of putting replacement characters in.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|error| error.into_response())?;
        if !is_utf8(&bytes) {
            return Err(Refusal::BadRequest(vi("Nội dung gửi lên không đọc được.")).into_response());
        }
        // PostgreSQL's TEXT holds no NUL, and nobody types one.
        let bytes: Vec<u8> = String::from_utf8_lossy(&bytes).replace(['\0'], "").replace("%00", "").into_bytes();
        let request = Request::from_parts(parts, Body::from(bytes));
        let axum::Form(fields) = axum::Form::from_request(request, state).await.map_err(|error| error.into_response())?;
        Ok(Self(fields))
    }
}

/// A text field without control characters, which no person types and PostgreSQL refuses in part.
pub(crate) fn readable(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    text.trim().to_owned()
}

/// Whether the percent-encoded bytes spell UTF-8 once decoded.
fn is_utf8(encoded: &[u8]) -> bool {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [first, tail @ ..] = rest {
        let escaped = if *first == b'%' { tail.get(..2).and_then(hex_byte) } else { None };
        decoded.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    std::str::from_utf8(&decoded).is_ok()
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{is_utf8, readable};

    #[test]
    fn control_characters_are_no_words() {
        assert_eq!(readable(" \u{0}\u{1b}\r\n\t "), "");
        assert_eq!(readable("lệ phí\u{0} bao nhiêu\r\ncho con"), "lệ phí bao nhiêu\ncho con");
    }

    #[test]
    fn broken_utf8_is_told_from_vietnamese() {
        assert!(is_utf8(b"text=l%C3%A0m+c%C4%83n+c%C6%B0%E1%BB%9Bc"));
        assert!(is_utf8("text=căn cước".as_bytes()));
        assert!(is_utf8(b"text=100%"));
        assert!(is_utf8(b"text=%zz%4"));
        assert!(!is_utf8(b"text=%C3"));
        assert!(!is_utf8(b"text=%ff%fe"));
        assert!(!is_utf8(b"text=\xc3\x28"));
    }
}
