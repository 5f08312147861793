//! `GET /`: the conversation, a long one in pages.

use anyhow::Result;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::citizen::Citizen;
use super::message_view::{self, MessageView};
use crate::app::App;
use crate::channel::Channel;
use crate::db::conversations::{self, Mode};
use crate::db::messages::{self, Message, PAGE};
use crate::language::{Language, filters, vi};
use crate::router::page::{Refusal, render};

/// What a first visitor can press.
const EXAMPLES: [&str; 4] = [
    vi("Làm căn cước cho con 10 tuổi cần giấy tờ gì?"),
    vi("Mất căn cước, làm lại hết bao nhiêu tiền?"),
    vi("Đăng ký khai sinh cho con ở đâu?"),
    vi("Đăng ký tạm trú mất mấy ngày?"),
];

/// The chat's page.
#[derive(Template)]
#[template(path = "chat.html")]
pub(super) struct ChatPage {
    messages: Vec<MessageView>,
    last_seq: i64,
    waiting: bool,
    with_staff: bool,
    examples: &'static [&'static str],
    message_id: String,
    error: Option<&'static str>,
    /// The number before which there are earlier messages.
    earlier: Option<i64>,
    /// Whether this is one of the earlier pages, which nothing comes to.
    is_earlier: bool,
}

/// Which page of the conversation.
#[derive(Deserialize)]
pub(super) struct Place {
    before: Option<i64>,
}

/// `GET /`, `GET /?before=SEQ`
pub(super) async fn show(
    State(app): State<App>,
    language: Language,
    Query(place): Query<Place>,
    citizen: Citizen,
) -> Result<Response, Refusal> {
    let page = load(&app, language, &citizen, place.before).await?;
    Ok((citizen, render(language, StatusCode::OK, &page)?).into_response())
}

/// The page with what is wrong about the text, at the field.
pub(super) async fn show_error(app: &App, language: Language, citizen: Citizen, error: &'static str) -> Result<Response, Refusal> {
    let page = ChatPage { error: Some(error), ..load(app, language, &citizen, None).await? };
    Ok((citizen, render(language, StatusCode::UNPROCESSABLE_ENTITY, &page)?).into_response())
}

async fn load(app: &App, language: Language, citizen: &Citizen, before: Option<i64>) -> Result<ChatPage> {
    let empty = empty(app.random.id());
    let Some(conversation) = conversations::find(&app.db, Channel::Web, &citizen.address()).await? else { return Ok(empty) };
    let with_staff = conversation.mode == Mode::WithStaff;
    let (messages, waiting) = match before {
        Some(seq) => (messages::before(&app.db, &conversation.id, seq).await?, false),
        None => messages_and_waiting(app, &conversation.id).await?,
    };
    Ok(ChatPage {
        last_seq: messages.last().map_or(0, |message| message.seq),
        messages: message_view::for_citizen(app, language, &messages),
        waiting: waiting && !with_staff,
        with_staff,
        earlier: messages.first().filter(|_| messages.len() == PAGE).map(|message| message.seq),
        is_earlier: before.is_some(),
        ..empty
    })
}

/// The messages and whether a reply is on its way. One that arrives between the looks is shown, not awaited.
async fn messages_and_waiting(app: &App, conversation_id: &str) -> Result<(Vec<Message>, bool)> {
    let was_waiting = conversations::waiting(&app.db, conversation_id).await?;
    let messages = messages::before(&app.db, conversation_id, i64::MAX).await?;
    if !was_waiting || conversations::waiting(&app.db, conversation_id).await? {
        return Ok((messages, was_waiting));
    }
    Ok((messages::before(&app.db, conversation_id, i64::MAX).await?, false))
}

fn empty(message_id: String) -> ChatPage {
    ChatPage {
        messages: Vec::new(),
        last_seq: 0,
        waiting: false,
        with_staff: false,
        examples: &EXAMPLES,
        message_id,
        error: None,
        earlier: None,
        is_earlier: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::web_chat::message_view::tests::samples;
    use crate::clock::token_hash;
    use crate::test_support::House;

    #[test]
    fn a_first_visitor_is_told_what_sen_is_and_what_to_ask() {
        let html = empty("m1".into()).render().unwrap_or_default();
        assert!(html.contains("Sen là trợ lý tự động") && html.contains("mã OTP"));
        assert_eq!(html.matches("name=\"text\" value=").count(), 4);
        assert!(html.contains("Gặp cán bộ"));
    }

    #[test]
    fn a_waiting_page_reloads_itself_without_scripts_only() {
        let page = ChatPage { messages: samples(), waiting: true, ..empty("m1".into()) };
        let html = page.render().unwrap_or_default();
        assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>"));
        assert!(!html.contains("id=\"pending\" role=\"status\" hidden"));
        assert!(empty("m1".into()).render().unwrap_or_default().contains("id=\"pending\" role=\"status\" hidden"));
    }

    #[tokio::test]
    async fn a_long_conversation_comes_in_pages() -> Result<()> {
        let house = House::new().await?;
        let token = "ab".repeat(32);
        let cookie = format!("sen_citizen={token}");
        let id = house.say(&token_hash(&token), "xin chào").await?;
        house
            .sql(&format!(
                "INSERT INTO messages (conversation_id, seq, sender, text, buttons, created_at)
                 WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 250) SELECT '{id}', i, 'citizen', 'x', '[]', 0 FROM n"
            ))
            .await?;
        let mut path = "/".to_owned();
        for (first, count) in [(151, 100), (51, 100), (1, 50)] {
            let page = house.get(&path, &[("cookie", &cookie)]).await?.body;
            assert!(page.contains(&format!("data-seq=\"{first}\"")), "{path}");
            assert_eq!(page.matches("data-seq=").count(), count);
            assert_eq!(page.contains("chat.js"), path == "/", "what is new comes to the newest page");
            assert_eq!(page.contains("Về tin mới nhất"), path != "/");
            path = format!("/?before={first}");
            assert_eq!(page.contains(&format!("href=\"{path}\"")), first > 1);
        }
        Ok(())
    }

    #[test]
    fn an_error_is_tied_to_the_field() {
        let page = ChatPage { error: Some("Anh/chị chưa nhập câu hỏi."), ..empty("m1".into()) };
        let html = page.render().unwrap_or_default();
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("Anh/chị chưa nhập câu hỏi."));
    }
}
