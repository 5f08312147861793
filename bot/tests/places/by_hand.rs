//! What people type, written by hand by somebody who had not seen the recogniser: `knowledge-base/eval/places.jsonl`.

use std::collections::BTreeSet;

use bot::places::{Choice, Found, Places};
use serde::Deserialize;

use super::{knowledge_base, places, told};

/// The share that has to be understood.
const UNDERSTOOD: f64 = 0.92;

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    New(String),
    /// Any of these former units.
    Old(Vec<String>),
    /// All of these, as "old:CODE" or "new:CODE".
    Several(BTreeSet<String>),
    District(String),
    /// Whether no place is named: always true.
    None(bool),
}

#[test]
fn messages_written_by_hand_are_understood() {
    let places = places();
    let text = std::fs::read_to_string(knowledge_base().join("eval/places.jsonl")).expect("the set");
    let lines: Vec<Line> = text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
    let missed: Vec<(&Line, Found)> = lines
        .iter()
        .map(|line| (line, places.find(&line.text)))
        .filter(|(line, found)| !is_understood(&places, &line.expect, found))
        .collect();
    for (line, found) in &missed {
        eprintln!("{} {}\n  {}", line.id, line.text, told(found));
    }
    let wrong: Vec<&str> =
        missed.iter().filter(|(line, found)| is_guessed(&line.expect, found)).map(|(line, _)| line.id.as_str()).collect();
    let share = 1.0 - missed.len() as f64 / lines.len() as f64;
    eprintln!("{:.1} % of {}", 100.0 * share, lines.len());
    assert!(lines.len() >= 60 && share >= UNDERSTOOD, "{:.1} %", 100.0 * share);
    assert!(wrong.is_empty(), "one unit was given where names collide: {wrong:?}");
}

fn is_understood(places: &Places, expect: &Expect, found: &Found) -> bool {
    match (expect, found) {
        (Expect::New(code), found) => matches!(found, Found::New(commune) if commune.key.code.to_string() == *code),
        (Expect::Old(codes), Found::Old(unit)) => codes.contains(&unit.key.code.to_string()),
        // Where all of them went to one commune, naming it is as good.
        (Expect::Old(codes), found) => places.commune_of(found).is_some_and(|commune| {
            codes.len() > 1 && commune.from.iter().filter(|key| codes.contains(&key.code.to_string())).count() == codes.len()
        }),
        (Expect::Several(all), Found::Several(choices)) => all.is_subset(&choices.iter().map(named).collect()),
        (Expect::District(name), Found::District(district)) => district.name == *name,
        (Expect::None(is_so), found) => (*found == Found::Nothing) == *is_so,
        _ => false,
    }
}

fn named(choice: &Choice) -> String {
    match choice {
        Choice::New(commune) => format!("new:{}", commune.key.code),
        Choice::Old(unit) => format!("old:{}", unit.key.code),
        Choice::District(district) => district.name.clone(),
    }
}

/// One unit where several may be meant.
fn is_guessed(expect: &Expect, found: &Found) -> bool {
    matches!(expect, Expect::Several(_)) && matches!(found, Found::New(_) | Found::Old(_))
}
