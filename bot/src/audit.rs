//! The audit log: who changed what in the console, and when. Each entry is written in the transaction of its cause.

use anyhow::Result;
use serde_json::Value;

use crate::app::App;
use crate::db::Transaction;
use crate::db::audit_log::{self, NewEntry};
use crate::db::staff::Session;
use crate::language::vi;

/// What was done. Closed set; the names in the table never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    SetUp,
    Invite,
    WithdrawInvitation,
    Join,
    ChangeRole,
    Disable,
    Enable,
    OfferReset,
    ResetPassword,
    ChangePassword,
    SignOutEverywhere,
    LockOut,
    AnswerTicket,
    CloseTicket,
    RetryLetter,
    DiscardLetter,
    PublishGuide,
    RestoreGuide,
    WithdrawGuide,
}

impl Action {
    /// Every action.
    pub(crate) const ALL: [Self; 19] = [
        Self::SetUp,
        Self::Invite,
        Self::WithdrawInvitation,
        Self::Join,
        Self::ChangeRole,
        Self::Disable,
        Self::Enable,
        Self::OfferReset,
        Self::ResetPassword,
        Self::ChangePassword,
        Self::SignOutEverywhere,
        Self::LockOut,
        Self::AnswerTicket,
        Self::CloseTicket,
        Self::RetryLetter,
        Self::DiscardLetter,
        Self::PublishGuide,
        Self::RestoreGuide,
        Self::WithdrawGuide,
    ];

    /// The name in the table.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::Invite => "invite",
            Self::WithdrawInvitation => "withdraw_invitation",
            Self::Join => "join",
            Self::ChangeRole => "change_role",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::OfferReset => "offer_reset",
            Self::ResetPassword => "reset_password",
            Self::ChangePassword => "change_password",
            Self::SignOutEverywhere => "sign_out_everywhere",
            Self::LockOut => "lock_out",
            Self::AnswerTicket => "answer_ticket",
            Self::CloseTicket => "close_ticket",
            Self::RetryLetter => "retry_letter",
            Self::DiscardLetter => "discard_letter",
            Self::PublishGuide => "publish_guide",
            Self::RestoreGuide => "restore_guide",
            Self::WithdrawGuide => "withdraw_guide",
        }
    }

    /// Reads back [`Action::key`].
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }

    /// As administrators read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::SetUp => vi("Tạo tài khoản quản trị đầu tiên"),
            Self::Invite => vi("Mời đồng nghiệp"),
            Self::WithdrawInvitation => vi("Thu hồi đường dẫn"),
            Self::Join => vi("Nhận lời mời"),
            Self::ChangeRole => vi("Đổi vai trò"),
            Self::Disable => vi("Ngừng tài khoản"),
            Self::Enable => vi("Mở lại tài khoản"),
            Self::OfferReset => vi("Tạo đường dẫn đặt lại mật khẩu"),
            Self::ResetPassword => vi("Đặt lại mật khẩu bằng đường dẫn"),
            Self::ChangePassword => vi("Đổi mật khẩu"),
            Self::SignOutEverywhere => vi("Đăng xuất khỏi mọi thiết bị"),
            Self::LockOut => vi("Tạm khóa đăng nhập vì nhập sai nhiều lần"),
            Self::AnswerTicket => vi("Trả lời câu hỏi"),
            Self::CloseTicket => vi("Đóng câu hỏi"),
            Self::RetryLetter => vi("Gửi lại"),
            Self::DiscardLetter => vi("Bỏ việc chưa gửi được"),
            Self::PublishGuide => vi("Công bố bản hướng dẫn"),
            Self::RestoreGuide => vi("Công bố lại bản hướng dẫn"),
            Self::WithdrawGuide => vi("Ngừng dùng bản hướng dẫn"),
        }
    }
}

/// What kind of thing was changed; the log can be filtered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Account,
    Ticket,
    Letter,
    Guide,
}

impl Kind {
    /// In the order of the filter.
    pub(crate) const ALL: [Self; 4] = [Self::Account, Self::Ticket, Self::Letter, Self::Guide];

    /// The name in the table and in addresses.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Ticket => "ticket",
            Self::Letter => "letter",
            Self::Guide => "guide",
        }
    }

    /// Reads back [`Kind::key`].
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// As administrators read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Account => vi("Tài khoản"),
            Self::Ticket => vi("Câu hỏi của người dân"),
            Self::Letter => vi("Việc chưa gửi được"),
            Self::Guide => vi("Hướng dẫn"),
        }
    }
}

/// What was changed. It borrows what the caller has anyway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// Of which kind.
    pub(crate) kind: Kind,
    /// Its row's id.
    pub(crate) id: &'a str,
    /// As people know it: a name, a receipt code, a title.
    pub(crate) name: &'a str,
}

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor<'a> {
    /// Missing where nobody was signed in.
    pub(crate) staff_id: Option<&'a str>,
    /// As it is today.
    pub(crate) name: &'a str,
}

impl Actor<'_> {
    /// Nobody was signed in.
    pub(crate) const NOBODY: Self = Self { staff_id: None, name: "" };
}

/// Records a change that somebody signed in makes. `change` holds what was and what is, `{"before": {…}, "after": {…}}`, each
/// left out where there is nothing; never a citizen's words, which must be erasable.
///
/// # Errors
/// When the database fails.
pub(crate) async fn record(
    tx: &mut Transaction,
    app: &App,
    session: &Session,
    action: Action,
    subject: Subject<'_>,
    change: &Value,
) -> Result<()> {
    let actor = Actor { staff_id: Some(&session.staff_id), name: &session.display_name };
    record_by(tx, app, actor, action, subject, change).await
}

/// [`record`] for a change without a session: setting up, joining, a lock-out.
///
/// # Errors
/// When the database fails.
pub(crate) async fn record_by(
    tx: &mut Transaction,
    app: &App,
    actor: Actor<'_>,
    action: Action,
    subject: Subject<'_>,
    change: &Value,
) -> Result<()> {
    let entry = NewEntry { id: app.random.id(), at: app.clock.now_ms(), actor, action, subject, change: change.to_string() };
    audit_log::insert(tx, &entry).await
}
