//! Pressed buttons.

use serde_json::json;

use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::World;

const MAX_TEXT: usize = 200;

/// A press that the bot has to answer, once.
pub(super) struct Callback {
    pub(super) user: i64,
    pub(super) answered: bool,
}

/// What the bot said to a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackAnswer {
    /// Who pressed.
    pub user: i64,
    /// Shown for a moment at the top; may be empty.
    pub text: String,
    /// As a window that has to be closed.
    pub show_alert: bool,
}

impl World {
    pub(super) fn answer_callback_query(&mut self, params: &Params) -> Answer {
        let text = params.text("text").to_owned();
        if text.chars().count() > MAX_TEXT {
            return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
        }
        let waiting = self.callbacks.get_mut(params.text("callback_query_id")).filter(|callback| !callback.answered);
        let too_old = || Refusal::bad_request("query is too old and response timeout expired or query ID is invalid");
        let callback = waiting.ok_or_else(too_old)?;
        callback.answered = true;
        let answer = CallbackAnswer { user: callback.user, text, show_alert: params.flag("show_alert") };
        self.callback_answers.push(answer);
        Ok(json!(true))
    }
}
