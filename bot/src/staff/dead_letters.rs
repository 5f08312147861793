//! `/staff/dead-letters`: what could not be answered or delivered and waits for a person.

use anyhow::Result;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::csrf;
use super::login::SessionFields;
use crate::app::App;
use crate::audit::{self, Action, Kind, Subject};
use crate::clock::local;
use crate::db::Transaction;
use crate::db::dead_letters::{self, DeadLetter};
use crate::db::staff::Session;
use crate::language::{Language, filters, vi};
use crate::router::form::Form;
use crate::router::page::{Refusal, render};

/// The page.
#[derive(Template)]
#[template(path = "staff/dead_letters.html")]
struct DeadLettersPage {
    session: Session,
    notice: Option<&'static str>,
    letters: Vec<Line>,
}

struct Line {
    id: String,
    what: &'static str,
    channel: Option<String>,
    since: String,
    attempts: i64,
    last_error: Option<String>,
    ticket: Option<(String, String)>,
}

/// What has just been done.
#[derive(Deserialize)]
pub(super) struct Arrival {
    done: Option<String>,
}

/// `GET /staff/dead-letters`
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let letters = dead_letters::list(&app.db).await?.into_iter().map(|letter| line(letter, language)).collect();
    let notice = arrival.done.as_deref().and_then(notice);
    render(language, StatusCode::OK, &DeadLettersPage { session, notice, letters })
}

/// `POST /staff/dead-letters/{id}/retry`
pub(super) async fn retry(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    let Some(what) = dead_letters::retry(&mut tx, &id, app.clock.now_ms()).await? else { return Ok(back("gone")) };
    record(&mut tx, &app, &session, Action::RetryLetter, (&id, &what), "waiting").await?;
    tx.commit().await?;
    app.wake.inbox.notify_one();
    app.wake.outbox();
    Ok(back("retry"))
}

/// `POST /staff/dead-letters/{id}/discard`
pub(super) async fn discard(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<SessionFields>,
) -> Result<Response, Refusal> {
    csrf::check(&session.csrf_token, &fields.csrf_token)?;
    let mut tx = app.db.begin().await?;
    let Some(what) = dead_letters::discard(&mut tx, &id, app.clock.now_ms()).await? else { return Ok(back("gone")) };
    record(&mut tx, &app, &session, Action::DiscardLetter, (&id, &what), "discarded").await?;
    tx.commit().await?;
    Ok(back("discard"))
}

async fn record(tx: &mut Transaction, app: &App, session: &Session, action: Action, letter: (&str, &str), state: &str) -> Result<()> {
    let subject = Subject { kind: Kind::Letter, id: letter.0, name: letter.1 };
    let change = json!({ "before": { "state": "dead" }, "after": { "state": state } });
    audit::record(tx, app, session, action, subject, &change).await
}

fn back(done: &str) -> Response {
    Redirect::to(&format!("/staff/dead-letters?done={done}")).into_response()
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "retry" => Some(vi("Đã đưa vào hàng gửi lại. Nếu vẫn không được, mục này sẽ hiện lại ở đây.")),
        "discard" => Some(vi("Đã bỏ.")),
        "gone" => Some(vi("Mục này đã được đồng nghiệp xử lý.")),
        _ => None,
    }
}

fn line(letter: DeadLetter, language: Language) -> Line {
    Line {
        what: what(&letter.what),
        since: language.time_and_date(local(letter.since)),
        channel: letter.channel.map(channel_name),
        id: letter.id,
        attempts: letter.attempts,
        last_error: letter.last_error,
        ticket: letter.ticket,
    }
}

/// A letter as staff read it.
pub(super) fn what(key: &str) -> &'static str {
    match key {
        "inbox" => vi("Tin nhắn chưa trả lời được"),
        "deliver_reply" => vi("Câu trả lời chưa tới người dân"),
        "notify_staff" => vi("Thông báo cho cán bộ chưa gửi được"),
        "index_guide" => vi("Bản hướng dẫn đã công bố mà Sen chưa dùng được"),
        _ => vi("Việc chưa làm được"),
    }
}

/// As staff read the name of a channel or of a lane; one that is not known here stays as it is.
fn channel_name(key: String) -> String {
    match key.as_str() {
        "web" | "pages" => "Web".into(),
        "telegram" | "files" => "Telegram".into(),
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;
    use crate::clock::token_hash;
    use crate::db::messages::Sender;
    use crate::test_support::{House, Reply};

    /// A member of staff who is signed in.
    struct Staff {
        house: House,
        cookie: String,
    }

    impl Staff {
        async fn new() -> Result<Self> {
            let house = House::new().await?;
            let token = "cd".repeat(32);
            house.sql("INSERT INTO staff (id, login, display_name, password_hash, role, created_at) VALUES ('s1', 'hoa', 'Hoa', '', 'administrator', 0)").await?;
            house
                .sql(&format!(
                    "INSERT INTO staff_sessions (token_hash, staff_id, csrf_token, created_at, expires_at) VALUES ('{}', 's1', 'c1', 0, {})",
                    token_hash(&token),
                    i64::MAX
                ))
                .await?;
            Ok(Self { house, cookie: format!("sen_staff={token}") })
        }

        async fn get(&self, path: &str) -> Result<Reply> {
            self.house.get(path, &[("cookie", &self.cookie)]).await
        }

        async fn post(&self, path: &str, csrf_token: &str) -> Result<Reply> {
            self.house.request(&format!("POST {path}"), &[("cookie", &self.cookie)], &format!("csrf_token={csrf_token}")).await
        }

        /// The path of the only letter on the page.
        async fn letter(&self) -> Result<String> {
            let page = self.get("/staff/dead-letters").await?.body;
            let (_, rest) = page.split_once("id=\"letter-").context("no letter")?;
            Ok(format!("/staff/dead-letters/{}", rest.split('"').next().unwrap_or_default()))
        }
    }

    #[tokio::test]
    async fn a_message_is_tried_again_and_answered() -> Result<()> {
        let staff = Staff::new().await?;
        let id = staff.house.say("hoa", "lời của người dân").await?;
        staff.house.say("hoa", "gửi").await?;
        assert!(!staff.get("/staff").await?.body.contains("Chưa gửi được"), "there is nothing to see to");
        staff.house.sql("UPDATE inbox SET state = 'dead', attempts = 8, last_error = 'the embedder failed' WHERE seq = 1").await?;
        assert!(staff.get("/staff").await?.body.contains("Chưa gửi được (1)"));
        let page = staff.get("/staff/dead-letters").await?.body;
        for part in ["Tin nhắn chưa trả lời được", "Web", "8 lần", "the embedder failed", "/staff/tickets/", "NA-"] {
            assert!(page.contains(part), "{part}");
        }
        assert!(!page.contains("lời của người dân"));

        let letter = staff.letter().await?;
        assert_eq!(staff.post(&format!("{letter}/retry"), "wrong").await?.status, 403);
        assert!(staff.post(&format!("{letter}/retry"), "c1").await?.head.contains("location: /staff/dead-letters?done=retry"));
        let audited = "SELECT COUNT(*) FROM audit_log WHERE action = 'retry_letter' AND staff_id = 's1' AND subject_name = 'inbox'";
        assert_eq!(staff.house.count(audited).await?, 1);
        let before = staff.house.messages(&id).await?.len();
        staff.house.work().await?;
        let messages = staff.house.messages(&id).await?;
        assert!(messages.len() == before + 1 && messages.last().is_some_and(|message| message.sender == Sender::Sen));
        assert!(staff.get("/staff/dead-letters?done=retry").await?.body.contains("Không có gì bị kẹt lại."));
        assert!(staff.post(&format!("{letter}/retry"), "c1").await?.head.contains("done=gone"));
        Ok(())
    }

    #[tokio::test]
    async fn a_delivery_is_given_up() -> Result<()> {
        let staff = Staff::new().await?;
        staff.house.say("hoa", "xin chào").await?;
        staff.house.sql("UPDATE outbox SET state = 'dead', attempts = 10").await?;
        let letter = staff.letter().await?;
        let page = staff.get("/staff/dead-letters").await?.body;
        assert!(page.contains("Câu trả lời chưa tới người dân") && page.contains("<dd>Web</dd>"), "{page}");
        staff.post(&format!("{letter}/discard"), "c1").await?;
        let log = staff.get("/staff/audit").await?.body;
        assert!(log.contains("Bỏ việc chưa gửi được") && log.contains("Câu trả lời chưa tới người dân"), "{log}");
        assert!(!staff.get("/staff").await?.body.contains("Chưa gửi được"));
        staff.house.work().await?;
        assert_eq!(staff.house.count("SELECT COUNT(*) FROM outbox WHERE state = 'discarded'").await?, 1);
        Ok(())
    }

    #[tokio::test]
    async fn what_was_given_up_holds_back_nothing() -> Result<()> {
        let staff = Staff::new().await?;
        let id = staff.house.say("hoa", "lời của người dân").await?;
        staff.house.sql("UPDATE inbox SET state = 'dead'").await?;
        staff.post(&format!("{}/discard", staff.letter().await?), "c1").await?;
        staff.house.say("hoa", "xin chào").await?;
        assert!(staff.house.messages(&id).await?.last().is_some_and(|message| message.sender == Sender::Sen));

        // Another lane than that of the pages, where a conversation's jobs are done one after the other.
        staff.house.say("hoa", "xin chào").await?;
        staff.house.sql("UPDATE outbox SET lane = 'index', state = 'waiting'").await?;
        staff.house.sql("UPDATE outbox SET state = 'undeliverable' WHERE seq = (SELECT MIN(seq) FROM outbox)").await?;
        staff.house.sql("UPDATE outbox SET state = 'dead' WHERE seq = (SELECT MIN(seq) FROM outbox WHERE state = 'waiting')").await?;
        staff.post(&format!("{}/discard", staff.letter().await?), "c1").await?;
        staff.house.work().await?;
        let states = "SELECT COUNT(*) FROM outbox WHERE state IN ('undeliverable', 'discarded', 'done')";
        assert_eq!(staff.house.count(states).await?, 3);
        Ok(())
    }

    #[tokio::test]
    async fn strangers_see_and_do_nothing() -> Result<()> {
        let staff = Staff::new().await?;
        assert!(staff.house.get("/staff/dead-letters", &[]).await?.head.contains("location: /staff/login"));
        assert!(
            staff.house.request("POST /staff/dead-letters/x/retry", &[], "csrf_token=c1").await?.head.contains("location: /staff/login")
        );
        Ok(())
    }
}
