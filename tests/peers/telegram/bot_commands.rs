//! The bot itself: who it is, its menu of commands.

use serde_json::{Value, json};

use super::message::bot_json;
use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::World;

const MAX_COMMANDS: usize = 100;

impl World {
    pub(super) fn get_me(&mut self, _: &Params) -> Answer {
        let mut me = bot_json();
        me["can_join_groups"] = json!(true);
        for not in
            ["can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app", "has_topics_enabled"]
        {
            me[not] = json!(false);
        }
        Ok(me)
    }

    pub(super) fn set_my_commands(&mut self, params: &Params) -> Answer {
        let commands = params.json("commands")?.ok_or_else(|| Refusal::bad_request("can't parse commands JSON object"))?;
        let list = commands.as_array().ok_or_else(|| Refusal::bad_request("expected an Array of BotCommand"))?;
        if list.len() > MAX_COMMANDS {
            return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
        }
        list.iter().try_for_each(check)?;
        self.commands.insert(scope(params)?, commands);
        Ok(json!(true))
    }

    pub(super) fn get_my_commands(&mut self, params: &Params) -> Answer {
        Ok(self.commands.get(&scope(params)?).cloned().unwrap_or_else(|| json!([])))
    }

    pub(super) fn delete_my_commands(&mut self, params: &Params) -> Answer {
        self.commands.remove(&scope(params)?);
        Ok(json!(true))
    }
}

/// Each scope and language has a list of its own.
fn scope(params: &Params) -> Result<String, Refusal> {
    let scope = params.json("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    Ok(format!("{scope} {}", params.text("language_code")))
}

fn check(command: &Value) -> Result<(), Refusal> {
    let name = command["command"].as_str().unwrap_or_default();
    let right = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !right || !(1..=32).contains(&name.len()) {
        return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
    }
    match (1..=256).contains(&command["description"].as_str().unwrap_or_default().chars().count()) {
        true => Ok(()),
        false => Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID")),
    }
}
