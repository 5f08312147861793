//! Rendering pages, and the calm pages that say why a request was refused.

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::language::{Language, filters, t, vi};

/// Why a request gets no ordinary reply. Becomes a page, or JSON where the client asked for it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nothing is at this address, or not for this person.
    #[error("not found")]
    NotFound,
    /// The request makes no sense; the sentence is shown.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// The form was not filled in on our own page.
    #[error("cross-site request")]
    CrossSite,
    /// The page is not for this member of staff; the sentence says for whom it is.
    #[error("not for this role: {0}")]
    Reserved(&'static str),
    /// Too many requests from one client.
    #[error("too many requests")]
    TooManyRequests,
    /// Something broke on our side.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// The sentence for the page, where the status alone does not say enough.
#[derive(Clone, Copy)]
struct Sentence(&'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::BadRequest(sentence) => with_sentence(StatusCode::BAD_REQUEST, sentence),
            Self::CrossSite => with_sentence(
                StatusCode::FORBIDDEN,
                vi("Sen không nhận vì nội dung này không gửi từ trang của Sen. Anh/chị mở lại trang rồi thử lần nữa."),
            ),
            Self::Reserved(sentence) => with_sentence(StatusCode::FORBIDDEN, sentence),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")]).into_response(),
            Self::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn with_sentence(status: StatusCode, sentence: &'static str) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Sentence(sentence));
    response
}

/// Renders a template into a page with this status, in the reader's language.
pub(crate) fn render(language: Language, status: StatusCode, template: &impl Template) -> Result<Response, Refusal> {
    let html = template.render_with_values(&language).map_err(anyhow::Error::from)?;
    Ok((status, Html(html)).into_response())
}

/// True when a script asks, not a person's browser window.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("application/json"))
}

/// What an error page says.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    heading: &'static str,
    sentence: &'static str,
    back: &'static str,
    back_label: &'static str,
}

/// Gives every refusal without a page one: ours, axum's own about broken forms, and those of the layers below.
pub(crate) async fn as_page(request: Request, next: Next) -> Response {
    let json = wants_json(request.headers());
    let in_console = request.uri().path().starts_with("/staff");
    let language = Language::of(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let is_worded = |value: &HeaderValue| [&b"text/html"[..], b"application/json"].iter().any(|kind| value.as_bytes().starts_with(kind));
    let says_why = response.headers().get(header::CONTENT_TYPE).is_some_and(is_worded);
    if says_why || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let page = error_page(status, response.extensions().get::<Sentence>().copied(), in_console);
    let mut replaced = if json {
        (status, Json(serde_json::json!({ "error": t(language, page.sentence) }))).into_response()
    } else {
        (status, Html(page.render_with_values(&language).unwrap_or_else(|_| page.sentence.to_owned()))).into_response()
    };
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            replaced.headers_mut().insert(name, value.clone());
        }
    }
    replaced
}

fn error_page(status: StatusCode, sentence: Option<Sentence>, in_console: bool) -> ErrorPage {
    let (heading, usual) = wording(status);
    let sentence = sentence.map_or(usual, |Sentence(own)| own);
    let (back, back_label) = if in_console { ("/staff", vi("Về bàn làm việc")) } else { ("/", vi("Về trò chuyện với Sen")) };
    ErrorPage { heading, sentence, back, back_label }
}

fn wording(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (vi("Không tìm thấy trang"), vi("Trang này không có hoặc đã được chuyển đi.")),
        StatusCode::FORBIDDEN => (vi("Không thực hiện được"), vi("Anh/chị mở lại trang rồi thử lần nữa.")),
        StatusCode::PAYLOAD_TOO_LARGE => (vi("Nội dung quá dài"), vi("Anh/chị viết ngắn lại, mỗi lần một câu hỏi.")),
        StatusCode::TOO_MANY_REQUESTS => {
            (vi("Xin chờ một chút"), vi("Sen nhận được nhiều tin nhắn trong thời gian ngắn. Anh/chị thử lại sau một phút."))
        }
        StatusCode::SERVICE_UNAVAILABLE => (vi("Sen đang bận"), vi("Câu trả lời lâu hơn bình thường. Anh/chị tải lại trang sau ít phút.")),
        status if status.is_client_error() => {
            (vi("Không hiểu yêu cầu"), vi("Yêu cầu gửi lên bị lỗi. Anh/chị mở lại trang rồi thử lần nữa."))
        }
        _ => (vi("Có lỗi xảy ra"), vi("Lỗi này do Sen, không phải do anh/chị. Anh/chị thử lại sau ít phút.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_page_with_a_way_back() {
        for code in [400, 403, 404, 405, 413, 415, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(code).unwrap_or_default();
            let html = error_page(status, None, false).render().unwrap_or_default();
            assert!(html.contains("<h1>") && html.contains("href=\"/\""), "{code}");
        }
        let console = error_page(StatusCode::NOT_FOUND, None, true).render().unwrap_or_default();
        assert!(console.contains("href=\"/staff\""));
    }

    #[test]
    fn a_sentence_of_its_own_replaces_the_usual_one() {
        let page = error_page(StatusCode::BAD_REQUEST, Some(Sentence("Nút này không còn dùng được.")), false);
        assert_eq!(page.sentence, "Nút này không còn dùng được.");
    }
}
