//! Addresses within the editor, and what a page says after it was led to.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::language::vi;

/// What has just been done, as a redirect tells the next page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Arrival {
    done: Option<String>,
}

impl Arrival {
    /// The sentence for it.
    pub(super) fn notice(&self) -> Option<&'static str> {
        match self.done.as_deref()? {
            "published" => Some(vi("Đã công bố. Trong vài giây, Sen trả lời người dân theo bản mới.")),
            "unchanged" => Some(vi("Nội dung này đang được dùng rồi, không có gì để công bố.")),
            "restored" => Some(vi("Đã công bố lại bản cũ. Trong vài giây, Sen trả lời người dân theo bản ấy.")),
            "withdrawn" => Some(vi("Đã ngừng dùng. Trong vài giây, Sen thôi trả lời theo bản này.")),
            "saved" => Some(vi("Đã lưu bản nháp.")),
            "discarded" => Some(vi("Đã bỏ bản nháp.")),
            "settled" => Some(vi("Đã gộp hai bản. Anh/chị xem lại rồi công bố.")),
            "moved" => Some(vi("Có thay đổi mới hơn vừa được lưu hoặc công bố. Anh/chị xem lại trước khi công bố.")),
            "broken" => Some(vi("Bản này còn lỗi theo quy tắc hiện nay nên chưa công bố được.")),
            "reason" => Some(vi("Anh/chị chưa ghi lý do.")),
            _ => None,
        }
    }
}

/// To the guide's page `rest` ("", "/publish", "/revisions"), which says what was done.
pub(super) fn to(id: &str, rest: &str, done: &str) -> Response {
    let query = if done.is_empty() { String::new() } else { format!("?done={done}") };
    Redirect::to(&format!("/staff/content/{}{rest}{query}", encoded(id))).into_response()
}

/// To the form, at the element with this id.
pub(super) fn to_element(id: &str, element: &str) -> Response {
    Redirect::to(&format!("/staff/content/{}#{element}", encoded(id))).into_response()
}

/// Bytes that mean something in an address, percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
