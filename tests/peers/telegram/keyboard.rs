//! Buttons under a message.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::params::Params;
use super::refusal::Refusal;

/// Bytes, not characters: a Vietnamese letter takes up to three.
const MAX_DATA: usize = 64;
const MAX_BUTTONS: usize = 100;

/// An inline button: it calls back or opens an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub text: String,
    /// What the bot gets when it is pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// What it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The rows of `reply_markup`; none for the other kinds of markup, which show nothing under the message.
pub(super) fn read(params: &Params) -> Result<Vec<Vec<Button>>, Refusal> {
    let Some(markup) = params.json("reply_markup")? else { return Ok(Vec::new()) };
    let other = ["keyboard", "remove_keyboard", "force_reply"].iter().any(|kind| markup.get(kind).is_some());
    match markup.get("inline_keyboard") {
        Some(rows) => read_rows(rows),
        None if other || markup == json!({}) => Ok(Vec::new()),
        None => Err(Refusal::bad_request("object expected as reply markup")),
    }
}

fn read_rows(rows: &Value) -> Result<Vec<Vec<Button>>, Refusal> {
    let wrong = || Refusal::bad_request("field \"inline_keyboard\" must be an Array of Arrays");
    let mut keyboard = Vec::new();
    for row in rows.as_array().ok_or_else(wrong)? {
        let row = row.as_array().ok_or_else(wrong)?.iter().map(read_button).collect::<Result<Vec<_>, _>>()?;
        if !row.is_empty() {
            keyboard.push(row);
        }
    }
    match keyboard.iter().map(Vec::len).sum::<usize>() > MAX_BUTTONS {
        true => Err(Refusal::bad_request("REPLY_MARKUP_TOO_LONG")),
        false => Ok(keyboard),
    }
}

fn read_button(button: &Value) -> Result<Button, Refusal> {
    let unreadable = |why| Refusal::bad_request(&format!("can't parse inline keyboard button: {why}"));
    let button: Button = serde_json::from_value(button.clone()).map_err(unreadable_json)?;
    if button.text.trim().is_empty() {
        return Err(unreadable("Field \"text\" must be non-empty"));
    }
    match (&button.callback_data, &button.url) {
        (Some(data), None) if !(1..=MAX_DATA).contains(&data.len()) => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
        (None, Some(url)) if !is_address(url) => Err(Refusal::bad_request("BUTTON_URL_INVALID")),
        (None, None) => Err(unreadable("Text buttons are unallowed in the inline keyboard")),
        (Some(_), Some(_)) => Err(unreadable("Exactly one optional field must be used")),
        _ => Ok(button),
    }
}

fn unreadable_json(why: serde_json::Error) -> Refusal {
    Refusal::bad_request(&format!("can't parse inline keyboard button: {why}"))
}

fn is_address(url: &str) -> bool {
    ["http://", "https://", "tg://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(button: Value) -> Result<Vec<Vec<Button>>, Refusal> {
        let fields = [("reply_markup".to_owned(), json!({ "inline_keyboard": [[button]] }).to_string())];
        read(&Params { fields: fields.into(), ..Params::default() })
    }

    #[test]
    fn callback_data_is_measured_in_bytes() {
        assert!(with(json!({ "text": "Có", "callback_data": "ắ".repeat(21) })).is_ok());
        for data in ["ắ".repeat(22), String::new(), "a".repeat(65)] {
            let refused = with(json!({ "text": "Có", "callback_data": data }));
            assert_eq!(refused, Err(Refusal::bad_request("BUTTON_DATA_INVALID")));
        }
    }

    #[test]
    fn a_button_says_something_and_does_exactly_one_thing() {
        for wrong in [json!({ "text": "Có" }), json!({ "text": " ", "callback_data": "a" }), json!({ "callback_data": "a" })] {
            assert!(with(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(with(json!({ "text": "Mở", "url": "javascript:alert(1)" })).is_err());
        assert!(with(json!({ "text": "Mở", "url": "https://nghean.gov.vn", "callback_data": "a" })).is_err());
    }
}
