//! What a change changed, field by field.

use serde_json::Value;

use crate::clock::local;
use crate::db::tickets::TicketState;
use crate::language::{Language, t, vi};
use crate::staff::inbox::label;
use crate::staff::role::Role;

/// One field, as administrators read it; a missing side stands for nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// The fields that differ between what was and what is.
pub(super) fn differences(change: &str, language: Language) -> Vec<Difference> {
    let change: Value = serde_json::from_str(change).unwrap_or_default();
    let (before, after) = (&change["before"], &change["after"]);
    let mut fields: Vec<&String> = [before, after].into_iter().filter_map(Value::as_object).flat_map(|object| object.keys()).collect();
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|field| seen.insert(*field) && before[*field] != after[*field]);
    let difference = |field: &String| Difference {
        field: t(language, name(field)).to_owned(),
        before: words(field, &before[field], language),
        after: words(field, &after[field], language),
    };
    fields.into_iter().map(difference).collect()
}

fn name(field: &str) -> &str {
    match field {
        "login" => vi("Tên đăng nhập"),
        "role" => vi("Vai trò"),
        "expires_at" => vi("Dùng được đến"),
        "in_use" => vi("Đang dùng"),
        "state" => vi("Trạng thái"),
        "taken_by" => vi("Người nhận"),
        "revision" => vi("Bản"),
        "reason" => vi("Lý do"),
        _ => field,
    }
}

fn words(field: &str, value: &Value, language: Language) -> Option<String> {
    let known = |text: &str| match field {
        "role" => Role::from_key(text).map(Role::label),
        "state" => state(text),
        _ => None,
    };
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(t(language, if *yes { "có" } else { "không" }).to_owned()),
        Value::String(text) => Some(known(text).map_or(text.as_str(), |words| t(language, words)).to_owned()),
        Value::Number(at) if field == "expires_at" => at.as_i64().map(|at| language.time_and_date(local(at))),
        other => Some(other.to_string()),
    }
}

/// Of a ticket or of what could not be sent.
fn state(key: &str) -> Option<&'static str> {
    match key {
        "dead" => Some(vi("Chưa gửi được")),
        "waiting" => Some(vi("Chờ gửi lại")),
        "discarded" => Some(vi("Đã bỏ")),
        _ => TicketState::from_key(key).map(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(change: &str) -> Vec<String> {
        let side = |side: Option<String>| side.unwrap_or_else(|| "–".into());
        differences(change, Language::Vietnamese)
            .into_iter()
            .map(|d| format!("{}: {} → {}", d.field, side(d.before), side(d.after)))
            .collect()
    }

    #[test]
    fn only_what_differs_is_told_in_words() {
        let ticket = r#"{"before":{"state":"open","taken_by":null},"after":{"state":"answered","taken_by":"Hoa"}}"#;
        assert_eq!(shown(ticket), ["Trạng thái: Đang chờ → Đã trả lời", "Người nhận: – → Hoa"]);
        assert_eq!(
            shown(r#"{"before":{"role":"clerk","login":"hoa"},"after":{"role":"editor","login":"hoa"}}"#),
            ["Vai trò: Cán bộ trả lời → Biên tập viên"]
        );
        assert_eq!(shown(r#"{"after":{"expires_at":1795496400000}}"#), ["Dùng được đến: – → 12:00, 24/11/2026"]);
        assert_eq!(shown(r#"{"before":{"in_use":true},"after":{"in_use":false}}"#), ["Đang dùng: có → không"]);
    }

    #[test]
    fn what_is_unknown_is_shown_as_it_is() {
        assert_eq!(shown(r#"{"after":{"later":[1]}}"#), ["later: – → [1]"]);
        assert!(shown("{}").is_empty() && shown("no json").is_empty());
    }
}
