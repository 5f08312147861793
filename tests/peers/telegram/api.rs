//! The HTTP side: addresses, methods, and what goes wrong on purpose.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use tokio::time::sleep;

use super::faults::Fault;
use super::page;
use super::params::Params;
use super::refusal::{Answer, Refusal, respond};
use super::state::{Call, Shared, TOKEN, World};
use super::updates::get_updates;

/// What a bot may upload is 50 MB.
const MAX_BODY: usize = 51 * 1024 * 1024;
const GET_UPDATES: &str = "getUpdates";

type Method = fn(&mut World, &Params) -> Answer;

const METHODS: [(&str, Method); 18] = [
    ("getMe", World::get_me),
    ("setMyCommands", World::set_my_commands),
    ("getMyCommands", World::get_my_commands),
    ("deleteMyCommands", World::delete_my_commands),
    // It waits, so it is served apart from the others.
    (GET_UPDATES, |_, _| Err(Refusal::not_found())),
    ("setWebhook", World::set_webhook),
    ("deleteWebhook", World::delete_webhook),
    ("getWebhookInfo", World::get_webhook_info),
    ("sendMessage", World::send_message),
    ("sendDocument", World::send_document),
    ("sendPhoto", World::send_photo),
    ("editMessageText", World::edit_message_text),
    ("editMessageReplyMarkup", World::edit_message_reply_markup),
    ("deleteMessage", World::delete_message),
    ("sendChatAction", World::send_chat_action),
    ("answerCallbackQuery", World::answer_callback_query),
    ("getFile", World::get_file),
    ("leaveChat", World::leave_chat),
];

pub(super) fn router(shared: Arc<Shared>) -> Router {
    page::routes().fallback(serve).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(shared)
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    tokio::select! {
        biased;
        () = shared.until_paused() => cut(),
        response = route(&shared, request) => response,
    }
}

/// Ends the connection without a word: it is served by the task that this unwinds. No panic is reported.
fn cut() -> ! {
    resume_unwind(Box::new("the connection is cut"))
}

async fn route(shared: &Shared, request: Request) -> Response {
    let path = request.uri().path().replace("%3A", ":");
    if let Some(file) = path.strip_prefix(&format!("/file/bot{TOKEN}/")) {
        return shared.look().files.download(file);
    }
    let Some((token, name)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return respond(&Err(Refusal::not_found()));
    };
    if token != TOKEN {
        return respond(&Err(Refusal::unauthorized()));
    }
    match METHODS.iter().find(|(method, _)| method.eq_ignore_ascii_case(name)) {
        Some((name, method)) => call(shared, name, *method, request).await,
        None => respond(&Err(Refusal::not_found())),
    }
}

async fn call(shared: &Shared, name: &'static str, method: Method, request: Request) -> Response {
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(refusal) => return respond(&Err(refusal)),
    };
    let (number, fault) = shared.change(|world| world.arrived(name, &params));
    let response = answer(shared, name, method, &params, fault).await;
    shared.look().log[number].status = Some(response.status().as_u16());
    response
}

async fn answer(shared: &Shared, name: &'static str, method: Method, params: &Params, fault: Option<Fault>) -> Response {
    match fault {
        Some(Fault::TooManyRequests { retry_after }) => return respond(&Err(Refusal::too_many_requests(retry_after))),
        Some(Fault::ServerError) => return proxy_error(shared),
        Some(Fault::CutBeforeAccept) => cut(),
        Some(Fault::Timeout { seconds }) => {
            sleep(Duration::from_secs(seconds)).await;
            cut()
        }
        Some(Fault::Slow { ms }) => sleep(Duration::from_millis(ms)).await,
        Some(Fault::CutAfterAccept) | None => {}
    }
    let answer = match name {
        GET_UPDATES => get_updates(shared, params).await,
        _ => shared.change(|world| method(world, params)),
    };
    if fault == Some(Fault::CutAfterAccept) {
        cut();
    }
    respond(&answer)
}

/// No JSON: this comes from what stands before the server. By turns 500 and 502.
fn proxy_error(shared: &Shared) -> Response {
    let turn = shared.look().injector.injected.get(Fault::ServerError.name()).copied().unwrap_or_default();
    let status = if turn % 2 == 0 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_GATEWAY };
    (status, Html(format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"))).into_response()
}

impl World {
    /// Notes a call and draws its fate.
    fn arrived(&mut self, method: &'static str, params: &Params) -> (usize, Option<Fault>) {
        let fault = self.injector.draw(method);
        self.log.push(Call { method, parameters: params.fields.clone(), at_ms: self.now_ms(), fault, status: None });
        (self.log.len() - 1, fault)
    }
}
