//! A page on which a person chats with the bot by hand.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::message::SimMessage;
use super::params::Upload;
use super::people::{Draft, Media, Said};
use super::state::{BOT_ID, Shared, World};

const PAGE: &str = include_str!("page.html");
/// How long a bot is shown as typing, in milliseconds.
const TYPING_MS: i64 = 5000;

type Done = Result<Json<Value>, (StatusCode, String)>;

#[derive(Deserialize)]
struct Who {
    user: i64,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Words {
    user: i64,
    name: String,
    text: String,
}

#[derive(Deserialize)]
struct Press {
    user: i64,
    message: i64,
    data: String,
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/page/chat", get(chat))
        .route("/page/say", post(say))
        .route("/page/press", post(press))
        .route("/page/file", post(file))
}

async fn chat(State(shared): State<Arc<Shared>>, Query(who): Query<Who>) -> Json<Value> {
    let world = shared.look();
    let Some(chat) = world.chats.get(&who.user) else { return Json(json!({ "messages": [], "typing": false, "notices": [] })) };
    let typing = world.now_ms() - chat.typing_at_ms < TYPING_MS && chat.messages.last().is_some_and(|message| message.from != BOT_ID);
    let notices: Vec<&str> =
        world.callback_answers.iter().filter(|answer| answer.user == who.user).map(|answer| answer.text.as_str()).collect();
    Json(
        json!({ "messages": chat.messages.iter().map(|message| show(&world, message)).collect::<Vec<_>>(), "typing": typing, "notices": notices }),
    )
}

fn show(world: &World, message: &SimMessage) -> Value {
    json!({
        "id": message.message_id, "mine": message.from != BOT_ID, "text": message.text, "entities": message.entities,
        "keyboard": message.keyboard, "edited": message.edit_date.is_some(), "content": message.content.keys().next(),
        "answered": message.reply_to.and_then(|id| world.message(message.chat_id, id)).map(|answered| &answered.text),
    })
}

async fn say(State(shared): State<Arc<Shared>>, Json(words): Json<Words>) -> Done {
    done(shared.change(|world| {
        world.meet(words.user, &words.name);
        world.hear(Draft { chat: words.user, from: words.user, text: words.text, ..Draft::default() })
    }))
}

async fn press(State(shared): State<Arc<Shared>>, Json(press): Json<Press>) -> Done {
    done(shared.change(|world| world.press(press.user, press.user, press.message, &press.data)))
}

async fn file(State(shared): State<Arc<Shared>>, Query(who): Query<Who>, bytes: Bytes) -> Done {
    let upload = Upload { name: who.name, bytes: bytes.to_vec() };
    let media = if upload.name.ends_with(".jpg") || upload.name.ends_with(".png") { Media::Photo } else { Media::Document };
    done(shared.change(|world| world.send_file(who.user, media, upload, "")))
}

fn done(said: anyhow::Result<Said>) -> Done {
    match said {
        Ok(said) => Ok(Json(json!({ "message_id": said.message_id }))),
        Err(why) => Err((StatusCode::BAD_REQUEST, why.to_string())),
    }
}
