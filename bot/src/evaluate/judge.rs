//! One answer, one verdict: as a citizen on a phone would give it.

use indexer::evaluate::questions::Question;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::figures::{canon, has_facts, states_amount, states_period};

/// What of an answer is read: characters of its text, citations (a guide and its official record), choices, codes of each.
const READ_CHARS: usize = 1_000;
const READ_CITATIONS: usize = 2;
const READ_CHOICES: usize = 4;
const READ_CODES: usize = 3;
/// How the note begins of a question about a real procedure of a body that the content leaves out: reported, not judged.
const ELSEWHERE: &str = "real procedure not in corpus";

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Answered from a relevant guide, every fact told.
    Right,
    /// Answered from a relevant guide, a fact missing, nothing contrary told.
    Incomplete,
    /// Answered from another guide; or a fee or time was asked and another one was told.
    Wrong,
    /// Asked back with a relevant choice.
    AskedWell,
    /// Asked back without one.
    AskedBadly,
    /// Neither answered nor asked back.
    Abstained,
    /// Out of scope, and not answered.
    KeptOut,
    /// Out of scope, and answered.
    LetThrough,
    /// A real procedure that the content leaves out.
    Elsewhere,
    /// There is no answer.
    Missing,
}

impl Verdict {
    /// All of them, best first.
    pub const ALL: [Verdict; 10] = [
        Verdict::Right,
        Verdict::AskedWell,
        Verdict::KeptOut,
        Verdict::Elsewhere,
        Verdict::AskedBadly,
        Verdict::Abstained,
        Verdict::Missing,
        Verdict::Incomplete,
        Verdict::Wrong,
        Verdict::LetThrough,
    ];

    /// How good it is for a citizen: 3 good, 2 no harm, 1 something missing, 0 misled.
    pub fn worth(self) -> u8 {
        match self {
            Verdict::Right | Verdict::AskedWell | Verdict::KeptOut | Verdict::Elsewhere => 3,
            Verdict::AskedBadly | Verdict::Abstained | Verdict::Missing => 2,
            Verdict::Incomplete => 1,
            Verdict::Wrong | Verdict::LetThrough => 0,
        }
    }

    /// Whether nothing is to be mended.
    pub fn is_good(self) -> bool {
        self.worth() == 3
    }

    /// As editors read it.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Right => "đúng",
            Verdict::Incomplete => "thiếu ý",
            Verdict::Wrong => "sai",
            Verdict::AskedWell => "hỏi lại đúng",
            Verdict::AskedBadly => "hỏi lại lệch",
            Verdict::Abstained => "nói không biết",
            Verdict::KeptOut => "từ chối đúng",
            Verdict::LetThrough => "trả lời câu ngoài phạm vi",
            Verdict::Elsewhere => "thủ tục không có trong kho",
            Verdict::Missing => "không có câu trả lời",
        }
    }
}

/// Judges an answer as `bot ask --json` prints it; [`Value::Null`] where there is none.
pub fn judge(question: &Question, answer: &Value) -> Verdict {
    let status = answer["status"].as_str();
    if question.is_out_of_scope() {
        return match status {
            _ if question.note.starts_with(ELSEWHERE) => Verdict::Elsewhere,
            None => Verdict::Missing,
            Some(status) if states_facts(status) => Verdict::LetThrough,
            Some(_) => Verdict::KeptOut,
        };
    }
    match status {
        None => Verdict::Missing,
        Some("clarification") => asked_back(question, &answer["choices"]),
        Some(status) if states_facts(status) => answered(question, answer),
        Some(_) => Verdict::Abstained,
    }
}

fn asked_back(question: &Question, choices: &Value) -> Verdict {
    let count = choices.as_array().map_or(0, Vec::len).min(READ_CHOICES);
    if count > 1 && is_relevant(question, &ids(choices, READ_CHOICES)) { Verdict::AskedWell } else { Verdict::AskedBadly }
}

fn answered(question: &Question, answer: &Value) -> Verdict {
    if !is_relevant(question, &ids(&answer["citations"], READ_CITATIONS)) {
        return Verdict::Wrong;
    }
    let read: String = answer["text"].as_str().unwrap_or_default().chars().take(READ_CHARS).collect();
    let text = canon(&read);
    if has_facts(&text, &question.facts) {
        return Verdict::Right;
    }
    let another = match question.intent.as_str() {
        "fee" => states_amount(&text),
        "time" => states_period(&text),
        _ => false,
    };
    if another { Verdict::Wrong } else { Verdict::Incomplete }
}

/// Whether an answer of that status tells facts.
pub fn states_facts(status: &str) -> bool {
    matches!(status, "answered" | "partial")
}

/// The ids of the first `most` citations or choices, with their first official codes.
pub fn ids(items: &Value, most: usize) -> Vec<String> {
    let of = |item: &Value| {
        let codes = item["codes"].as_array().into_iter().flatten().take(READ_CODES).filter_map(Value::as_str).map(str::to_owned);
        item["id"].as_str().map(str::to_owned).into_iter().chain(codes).collect::<Vec<_>>()
    };
    items.as_array().into_iter().flatten().take(most).flat_map(of).collect()
}

fn is_relevant(question: &Question, ids: &[String]) -> bool {
    ids.iter().any(|id| question.relevant.contains(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(intent: &str) -> Question {
        let facts = vec![vec!["35.000".to_owned(), "35 nghìn".to_owned()]];
        Question { intent: intent.to_owned(), relevant: vec!["a".to_owned(), "1.5".to_owned()], facts, ..Question::default() }
    }

    fn answer(status: &str, text: &str, cited: &[&str]) -> Value {
        let cite = |id: &&str| json!({"id": id, "codes": ["9.1", "9.2", "9.3", "1.5"]});
        json!({"status": status, "text": text, "citations": cited.iter().map(cite).collect::<Vec<_>>(), "choices": []})
    }

    #[test]
    fn an_answer_is_right_incomplete_or_wrong() {
        for (intent, text, cited, verdict) in [
            ("fee", "hết 35.000 đồng", &["b", "a"][..], Verdict::Right),
            ("fee", "hết 35.000 đồng", &["b", "c", "a"][..], Verdict::Wrong),
            ("fee", "hết 50.000 đồng", &["a"][..], Verdict::Wrong),
            ("fee", "không rõ", &["a"][..], Verdict::Incomplete),
            ("time", "3 ngày", &["a"][..], Verdict::Wrong),
            ("documents", "50.000 đồng, 3 ngày", &["a"][..], Verdict::Incomplete),
        ] {
            assert_eq!(judge(&question(intent), &answer("answered", text, cited)), verdict, "{text}");
        }
        let late = format!("{} 35.000 đồng", "x".repeat(1_000));
        assert_eq!(judge(&question(""), &answer("partial", &late, &["a"])), Verdict::Incomplete);
    }

    #[test]
    fn asking_back_needs_two_choices_and_a_relevant_one() {
        let choices = |ids: &[&str]| {
            let of = |id: &&str| json!({"id": id, "codes": [if *id == "b" { "1.5" } else { "2" }]});
            json!({"status": "clarification", "choices": ids.iter().map(of).collect::<Vec<_>>()})
        };
        assert_eq!(judge(&question("fee"), &choices(&["c", "b"])), Verdict::AskedWell);
        assert_eq!(judge(&question("fee"), &choices(&["b"])), Verdict::AskedBadly);
        assert_eq!(judge(&question("fee"), &choices(&["c", "d", "e", "f", "a"])), Verdict::AskedBadly);
    }

    #[test]
    fn what_is_out_of_scope_is_kept_out() {
        let mut outside = question("out_of_scope");
        assert_eq!(judge(&outside, &answer("not_found", "", &[])), Verdict::KeptOut);
        assert_eq!(judge(&outside, &answer("clarification", "", &[])), Verdict::KeptOut);
        assert_eq!(judge(&outside, &answer("partial", "", &[])), Verdict::LetThrough);
        assert_eq!((judge(&outside, &Value::Null), judge(&question(""), &Value::Null)), (Verdict::Missing, Verdict::Missing));
        outside.note = "real procedure not in corpus: x".into();
        assert_eq!(judge(&outside, &answer("answered", "", &[])), Verdict::Elsewhere);
        assert_eq!(judge(&question(""), &answer("refused", "", &[])), Verdict::Abstained);
    }
}
