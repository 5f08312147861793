//! The form by which people choose their name and password: the first administrator, somebody invited, and somebody whose
//! password is set anew, who chooses the password only.

use anyhow::Result;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::csrf;
use super::login::{LONGEST_PASSWORD, normal};
use super::role::Role;
use crate::app::App;
use crate::audit::{self, Action, Actor, Kind, Subject};
use crate::db::Transaction;
use crate::db::accounts::{self, NewStaff};
use crate::language::{Language, filters, vi};
use crate::router::page::{Refusal, render};

const SHORTEST_PASSWORD: usize = 10;
/// Of names and logins, in characters.
const LONGEST_NAME: usize = 80;
/// Said where somebody else has the login.
pub(super) const TAKEN: &str = vi("Tên đăng nhập này đã có người dùng, anh/chị chọn tên khác.");

/// What the form is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first administrator.
    #[default]
    SetUp,
    /// An account of this role.
    Join(Role),
    /// Another password for an account that there is.
    Reset,
}

impl Purpose {
    fn heading(self) -> &'static str {
        match self {
            Self::SetUp => vi("Tạo tài khoản quản trị"),
            Self::Join(_) => vi("Tạo tài khoản"),
            Self::Reset => vi("Đặt mật khẩu mới"),
        }
    }

    /// What happens then.
    fn introduction(self) -> &'static str {
        if self.asks_names() {
            vi("Sau khi tạo xong, anh/chị đăng nhập bằng tên và mật khẩu vừa đặt.")
        } else {
            vi("Các thiết bị đang đăng nhập sẽ được đăng xuất.")
        }
    }

    /// What the password's field is called.
    pub(super) fn password_label(self) -> &'static str {
        if self.asks_names() { vi("Mật khẩu") } else { vi("Mật khẩu mới") }
    }

    fn button(self) -> &'static str {
        if self.asks_names() { vi("Tạo tài khoản") } else { vi("Đặt mật khẩu") }
    }

    fn asks_names(self) -> bool {
        self != Self::Reset
    }
}

/// The form's page.
#[derive(Template, Default)]
#[template(path = "staff/account_form.html")]
pub(super) struct AccountForm {
    pub(super) purpose: Purpose,
    pub(super) csrf_token: String,
    pub(super) display_name: String,
    pub(super) login: String,
    pub(super) errors: Errors,
}

/// What is wrong, field by field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Errors {
    pub(super) display_name: Option<&'static str>,
    pub(super) login: Option<&'static str>,
    pub(super) password: Option<&'static str>,
    pub(super) password_again: Option<&'static str>,
}

/// The form's fields; no names where a password is set anew.
#[derive(Deserialize, Default)]
pub(super) struct Fields {
    pub(super) csrf_token: String,
    #[serde(default)]
    pub(super) display_name: String,
    #[serde(default)]
    pub(super) login: String,
    pub(super) password: String,
    password_again: String,
}

/// The empty form.
pub(super) fn show(
    app: &App,
    headers: &HeaderMap,
    language: Language,
    purpose: Purpose,
    display_name: String,
) -> Result<Response, Refusal> {
    let (csrf_token, cookie) = csrf::for_visitor(app, headers);
    let page = AccountForm { purpose, csrf_token, display_name, ..AccountForm::default() };
    Ok((cookie, render(language, StatusCode::OK, &page)?).into_response())
}

/// The form as it was filled in, with what is wrong. Passwords are typed anew.
pub(super) fn again(language: Language, purpose: Purpose, fields: Fields, errors: Errors) -> Result<Response, Refusal> {
    let Fields { csrf_token, display_name, login, .. } = fields;
    render(language, StatusCode::UNPROCESSABLE_ENTITY, &AccountForm { purpose, csrf_token, display_name, login, errors })
}

/// Writes the account as it was chosen, and that its owner did so. False when somebody has its login already.
pub(super) async fn create(
    tx: &mut Transaction,
    app: &App,
    action: Action,
    role: Role,
    fields: &Fields,
    password_hash: String,
) -> Result<bool> {
    let (id, login) = (app.random.id(), normal(&fields.login));
    let account = NewStaff { id, login, display_name: fields.display_name.trim().to_owned(), password_hash, role };
    if !accounts::insert(tx, &account, app.clock.now_ms()).await? {
        return Ok(false);
    }
    let actor = Actor { staff_id: Some(&account.id), name: &account.display_name };
    let subject = Subject { kind: Kind::Account, id: &account.id, name: &account.display_name };
    let change = json!({ "after": { "login": account.login, "role": role.key() } });
    audit::record_by(tx, app, actor, action, subject, &change).await?;
    Ok(true)
}

/// What is wrong with the fields that the form has for this purpose.
pub(super) fn errors(purpose: Purpose, fields: &Fields) -> Errors {
    let (password, password_again) = password_errors(&fields.password, &fields.password_again);
    if !purpose.asks_names() {
        return Errors { password, password_again, ..Errors::default() };
    }
    let (display_name, login) = (name_error(&fields.display_name), login_error(&normal(&fields.login)));
    Errors { display_name, login, password, password_again }
}

/// What is wrong with a person's name.
pub(super) fn name_error(name: &str) -> Option<&'static str> {
    let name = name.trim();
    wrong(name.is_empty(), vi("Anh/chị chưa nhập tên hiển thị."))
        .or(wrong(name.chars().count() > LONGEST_NAME, vi("Tên hiển thị dài quá 80 ký tự.")))
        .or(wrong(name.chars().any(char::is_control), vi("Tên hiển thị có ký tự không đọc được.")))
}

fn login_error(login: &str) -> Option<&'static str> {
    let is_login = login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    wrong(login.is_empty(), vi("Anh/chị chưa nhập tên đăng nhập."))
        .or(wrong(login.chars().count() > LONGEST_NAME, vi("Tên đăng nhập dài quá 80 ký tự.")))
        .or(wrong(!is_login, vi("Tên đăng nhập chỉ gồm chữ, số và các dấu . - _ @")))
}

/// What is wrong with a new password, and with its repetition.
pub(super) fn password_errors(password: &str, again: &str) -> (Option<&'static str>, Option<&'static str>) {
    let itself = wrong(password.chars().count() < SHORTEST_PASSWORD, vi("Mật khẩu cần ít nhất 10 ký tự."))
        .or(wrong(password.len() > LONGEST_PASSWORD, vi("Mật khẩu dài quá.")));
    (itself, wrong(password != again, vi("Hai lần nhập mật khẩu không giống nhau.")))
}

fn wrong(is_wrong: bool, sentence: &'static str) -> Option<&'static str> {
    is_wrong.then_some(sentence)
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
        let fields = fields("Nguyễn Thị Hoa", " Hoa.NT ", "mười ký tự ạ", "mười ký tự ạ");
        assert_eq!(errors(Purpose::SetUp, &fields), Errors::default());
    }

    #[test]
    fn every_field_has_its_own_message() {
        let errors = errors(Purpose::Join(Role::Clerk), &fields("  ", "hoa nguyen", "123456789", "123"));
        assert!(errors.display_name.is_some() && errors.login.is_some());
        assert!(errors.password.is_some() && errors.password_again.is_some());
        let html = AccountForm { errors, ..AccountForm::default() }.render().unwrap_or_default();
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), 4);
    }

    #[test]
    fn who_sets_a_password_anew_gives_no_name() {
        let fields = fields("", "", "mười ký tự ạ", "mười ký tự ạ");
        assert_eq!(errors(Purpose::Reset, &fields), Errors::default());
        let html = AccountForm { purpose: Purpose::Reset, ..AccountForm::default() }.render().unwrap_or_default();
        assert!(!html.contains("name=\"login\"") && html.contains("name=\"password\""));
    }
}
