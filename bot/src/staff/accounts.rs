//! `/staff/accounts`: who works here, in which role, and which links are out.

use anyhow::Result;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::role::Role;
use crate::app::App;
use crate::clock::local;
use crate::db::accounts::{self, Account};
use crate::db::invitations::{self, Invitation};
use crate::db::staff::Session;
use crate::language::{Language, filters, vi};
use crate::router::page::{Refusal, render};

pub(super) mod changes;
pub(super) mod links;

/// The page.
#[derive(Template)]
#[template(path = "staff/accounts.html")]
struct AccountsPage {
    session: Session,
    notice: Option<&'static str>,
    accounts: Vec<Account>,
    links: Vec<LinkLine>,
    /// The invitation as it was filled in, where it was refused.
    draft: links::Draft,
    error: Option<&'static str>,
}

struct LinkLine {
    id: String,
    name: String,
    role: Role,
    is_reset: bool,
    until: String,
}

/// What has just been done.
#[derive(Deserialize)]
pub(super) struct Arrival {
    done: Option<String>,
}

/// `GET /staff/accounts`
pub(super) async fn show(
    State(app): State<App>,
    session: Session,
    language: Language,
    Query(arrival): Query<Arrival>,
) -> Result<Response, Refusal> {
    let notice = arrival.done.as_deref().and_then(notice);
    render(language, StatusCode::OK, &AccountsPage { notice, ..page(&app, session, language).await? })
}

async fn page(app: &App, session: Session, language: Language) -> Result<AccountsPage> {
    let links = invitations::list(&app.db, app.clock.now_ms()).await?;
    Ok(AccountsPage {
        session,
        notice: None,
        accounts: accounts::list(&app.db).await?,
        links: links.into_iter().map(|link| line(link, language)).collect(),
        draft: links::Draft::default(),
        error: None,
    })
}

fn line(link: Invitation, language: Language) -> LinkLine {
    let until = language.time_and_date(local(link.expires_at));
    LinkLine { id: link.id, name: link.name, role: link.role, is_reset: link.staff_id.is_some(), until }
}

fn back(done: &str) -> Response {
    Redirect::to(&format!("/staff/accounts?done={done}")).into_response()
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "role" => Some(vi("Đã đổi vai trò.")),
        "disable" => Some(vi("Đã ngừng tài khoản. Người này đã bị đăng xuất khỏi mọi thiết bị.")),
        "enable" => Some(vi("Đã mở lại tài khoản.")),
        "withdraw" => Some(vi("Đã thu hồi đường dẫn.")),
        "gone" => Some(vi("Đường dẫn này đã được dùng hoặc đã thu hồi.")),
        "last" => Some(vi("Đây là quản trị viên duy nhất. Anh/chị cần giao vai trò quản trị viên cho người khác trước.")),
        _ => None,
    }
}
