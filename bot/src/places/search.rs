//! Suggestions while a name is being typed.

use std::cmp::Reverse;

use super::Places;
use super::evidence::{Role, role};
use super::found::Choice;
use super::names::{Name, Target};
use super::near::is_near;
use super::text::{Token, tokens};

/// How a name fits what was typed, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Whole,
    Beginning,
    InnerWord,
    Near,
}

impl Places {
    /// At most `limit` units whose names are, begin with, contain or nearly are `typed`, best first; communes of today before
    /// those that were. The kind before a name may be typed. A typed diacritic goes before a missing one.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<Choice<'_>> {
        let typed = without_kind(tokens(typed));
        if typed.is_empty() {
            return Vec::new();
        }
        let exact = joined(typed.iter().map(|token| &token.exact));
        let folded = joined(typed.iter().map(|token| &token.folded));
        let ranked: Vec<(Rank, &Name)> = self.names.all().iter().filter_map(|name| Some((rank(name, &folded)?, name))).collect();
        // What is typed so far is misspelt only if nothing is spelt so.
        let is_spelt = ranked.iter().any(|(rank, _)| *rank < Rank::Near);
        let mut found: Vec<_> = ranked
            .into_iter()
            .filter(|(rank, _)| !is_spelt || *rank < Rank::Near)
            .flat_map(|(rank, name)| {
                let as_typed = joined(&name.exact).starts_with(&exact);
                name.targets.iter().map(move |target| ((rank, Reverse(as_typed), age(*target)), *target))
            })
            .collect();
        found.sort_by_key(|(key, _)| *key);
        let mut choices: Vec<Choice> = Vec::new();
        for choice in found.into_iter().map(|(_, target)| self.choice(target)) {
            if choices.len() < limit && !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        choices
    }
}

fn rank(name: &Name, typed: &str) -> Option<Rank> {
    let folded = joined(&name.folded);
    if folded == typed {
        return Some(Rank::Whole);
    }
    if folded.starts_with(typed) {
        return Some(Rank::Beginning);
    }
    if folded.contains(&format!(" {typed}")) {
        return Some(Rank::InnerWord);
    }
    is_near(&folded.replace(' ', ""), &typed.replace(' ', "")).then_some(Rank::Near)
}

const fn age(target: Target) -> u8 {
    match target {
        Target::New(_) => 0,
        Target::Old(_) => 1,
        Target::District(_) => 2,
    }
}

/// "phường vi" → "vi"; a kind alone stays.
fn without_kind(typed: Vec<Token>) -> Vec<Token> {
    let long =
        typed.len() > 2 && [("thị", "trấn"), ("thị", "xã"), ("thành", "phố")].iter().any(|(a, b)| typed[0].says(a) && typed[1].says(b));
    let short = typed.len() > 1 && matches!(role(&typed[0]), Some(Role::Kind(_)));
    let skip = if long { 2 } else { usize::from(short) };
    typed.into_iter().skip(skip).collect()
}

fn joined<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    words.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
