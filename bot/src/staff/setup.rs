//! `/staff/setup/{token}`: the first administrator chooses a name and a password.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::login::{LONGEST_PASSWORD, normal};
use super::{csrf, password};
use crate::app::App;
use crate::clock::token_hash;
use crate::db::staff::{self, NewStaff};
use crate::language::{Language, filters, vi};
use crate::router::form::Form;
use crate::router::page::{Refusal, render};

const SHORTEST_PASSWORD: usize = 10;
const LONGEST_NAME: usize = 80;

/// The setup page.
#[derive(Template, Default)]
#[template(path = "staff/setup.html")]
pub(super) struct SetupPage {
    csrf_token: String,
    display_name: String,
    login: String,
    errors: Errors,
}

/// What is wrong, field by field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Errors {
    display_name: Option<&'static str>,
    login: Option<&'static str>,
    password: Option<&'static str>,
    password_again: Option<&'static str>,
}

/// The form's fields.
#[derive(Deserialize, Default)]
pub(super) struct Fields {
    csrf_token: String,
    display_name: String,
    login: String,
    password: String,
    password_again: String,
}

/// `GET /staff/setup/{token}`; 404 when the link is used, expired or unknown.
pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    Path(token): Path<String>,
) -> Result<Response, Refusal> {
    check_link(&app, &token).await?;
    let (csrf_token, cookie) = csrf::for_visitor(&app, &headers);
    let page = SetupPage { csrf_token, ..SetupPage::default() };
    Ok((cookie, render(language, StatusCode::OK, &page)?).into_response())
}

/// `POST /staff/setup/{token}`
pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    Path(token): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    check_link(&app, &token).await?;
    csrf::check_visitor(&headers, &fields.csrf_token)?;
    let errors = errors(&fields);
    if errors != Errors::default() {
        let page = SetupPage { csrf_token: fields.csrf_token, display_name: fields.display_name, login: fields.login, errors };
        return render(language, StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let staff = NewStaff {
        id: app.random.id(),
        login: normal(&fields.login),
        display_name: fields.display_name.trim().to_owned(),
        password_hash: password::hash(fields.password, app.random.bytes()).await?,
    };
    if !staff::create_administrator(&app.db, &token_hash(&token), &staff, app.clock.now_ms()).await? {
        return Err(Refusal::NotFound);
    }
    Ok(Redirect::to("/staff/login?ready=yes").into_response())
}

async fn check_link(app: &App, token: &str) -> Result<(), Refusal> {
    let is_open = staff::setup_link_is_open(&app.db, &token_hash(token), app.clock.now_ms()).await?;
    if is_open { Ok(()) } else { Err(Refusal::NotFound) }
}

fn errors(fields: &Fields) -> Errors {
    let display_name = fields.display_name.trim();
    let login = normal(&fields.login);
    let is_login = |login: &str| login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    let wrong = |is_wrong: bool, sentence: &'static str| is_wrong.then_some(sentence);
    Errors {
        display_name: wrong(display_name.is_empty(), vi("Anh/chị chưa nhập tên hiển thị."))
            .or(wrong(display_name.chars().count() > LONGEST_NAME, vi("Tên hiển thị dài quá 80 ký tự.")))
            .or(wrong(display_name.chars().any(char::is_control), vi("Tên hiển thị có ký tự không đọc được."))),
        login: wrong(login.is_empty(), vi("Anh/chị chưa nhập tên đăng nhập."))
            .or(wrong(login.chars().count() > LONGEST_NAME, vi("Tên đăng nhập dài quá 80 ký tự.")))
            .or(wrong(!is_login(&login), vi("Tên đăng nhập chỉ gồm chữ, số và các dấu . - _ @"))),
        password: wrong(fields.password.chars().count() < SHORTEST_PASSWORD, vi("Mật khẩu cần ít nhất 10 ký tự."))
            .or(wrong(fields.password.len() > LONGEST_PASSWORD, vi("Mật khẩu dài quá."))),
        password_again: wrong(fields.password != fields.password_again, vi("Hai lần nhập mật khẩu không giống nhau.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(display_name: &str, login: &str, password: &str, password_again: &str) -> Fields {
        Fields {
            csrf_token: String::new(),
            display_name: display_name.into(),
            login: login.into(),
            password: password.into(),
            password_again: password_again.into(),
        }
    }

    #[test]
    fn a_complete_form_has_no_errors() {
        assert_eq!(errors(&fields("Nguyễn Thị Hoa", " Hoa.NT ", "mười ký tự ạ", "mười ký tự ạ")), Errors::default());
    }

    #[test]
    fn every_field_has_its_own_message() {
        let errors = errors(&fields("  ", "hoa nguyen", "123456789", "123"));
        assert!(errors.display_name.is_some() && errors.login.is_some());
        assert!(errors.password.is_some() && errors.password_again.is_some());
        let html = SetupPage { errors, ..SetupPage::default() }.render().unwrap_or_default();
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), 4);
    }
}
