//! Step 6: answer, ask back, or say honestly that it is not known.

use super::answer::{AnswerStatus, Choice};
use super::dialogue::Pending;
use super::question_router::{not_found, with_staff_button};
use super::retriever::Candidate;
use super::{Context, Flow, Reply};
use crate::channel::{Action, Button};
use crate::language::t;

/// At least this sure: answer.
const ANSWER: f64 = 0.5;
/// At least this sure: ask which one is meant. Below it, it is not known.
const ASK_BACK: f64 = 0.25;
/// A choice that is less likely than this helps nobody.
const WORTH_ASKING: f64 = 0.05;
/// Candidates within this much of the best one's score mean the same to us: ask back.
const CLOSE: f64 = 0.12;
/// At most this many choices are shown.
const MOST_CHOICES: usize = 4;

/// Weights of a logistic model over a candidate's features; how they were fitted is told in ARCHITECTURE.md, "Retrieval".
const BIAS: f64 = -9.2;
const IN_NAMES: f64 = 6.4;
const IN_TEXT: f64 = 1.4;
const OF_NAME: f64 = 5.6;
const MISMATCH: f64 = -3.5;

/// How sure we are that the first candidate is what the question is about, 0 to 1.
pub(crate) fn confidence(candidates: &[Candidate]) -> f64 {
    candidates.first().map_or(0.0, likelihood)
}

/// How likely a candidate is what the question is about, 0 to 1.
fn likelihood(candidate: &Candidate) -> f64 {
    let words = candidate.words;
    let logit = BIAS
        + IN_NAMES * words.in_names
        + IN_TEXT * words.in_text
        + OF_NAME * words.of_name
        + MISMATCH * (candidate.features[12] + candidate.features[16]).min(1.0);
    1.0 / (1.0 + (-logit).exp())
}

/// Chooses the guide to answer from, or ends with choices or with an honest "not known".
pub(crate) fn decide(context: &mut Context) -> Flow {
    if let Some(id) = context.chosen.clone() {
        return chosen(context, id);
    }
    let best = confidence(&context.candidates);
    context.confidence = Some(best);
    if best < ASK_BACK {
        return Flow::End(unknown(context));
    }
    let alike = if best < ANSWER { worth_asking(&context.candidates) } else { close_to_best(&context.candidates) };
    if alike.len() > 1 {
        return Flow::End(ask_back(context, &alike));
    }
    if best < ANSWER {
        return Flow::End(unknown(context));
    }
    context.chosen = context.candidates.first().map(|candidate| candidate.guide_id.clone());
    Flow::Continue
}

/// A question that opens a topic Sen doesn't know: a follow-up must not fall back to the topic before it.
fn unknown(context: &mut Context) -> Reply {
    context.state.focus = None;
    not_found(context)
}

/// A button or a follow-up names the guide itself; it may have been withdrawn since.
fn chosen(context: &mut Context, id: String) -> Flow {
    if context.engine.catalogue().get(&id).is_none() {
        return Flow::End(not_found(context));
    }
    context.confidence = Some(1.0);
    Flow::Continue
}

/// The guides that the question can't tell apart.
fn close_to_best(candidates: &[Candidate]) -> Vec<String> {
    let Some(best) = candidates.first() else { return Vec::new() };
    let close = candidates.iter().filter(|candidate| best.score - candidate.score <= CLOSE && likelihood(candidate) >= ANSWER);
    close.take(MOST_CHOICES).map(|candidate| candidate.guide_id.clone()).collect()
}

/// The guides that may be meant when none is likely enough.
fn worth_asking(candidates: &[Candidate]) -> Vec<String> {
    let likely = candidates.iter().filter(|candidate| likelihood(candidate) >= WORTH_ASKING);
    likely.take(MOST_CHOICES).map(|candidate| candidate.guide_id.clone()).collect()
}

fn ask_back(context: &mut Context, guides: &[String]) -> Reply {
    let catalogue = context.engine.catalogue();
    let entries: Vec<_> = guides.iter().filter_map(|id| catalogue.get(id)).collect();
    let lines: Vec<String> =
        entries.iter().enumerate().map(|(at, entry)| context.language.quoted(&format!("{}. {}", at + 1, entry.title))).collect();
    let buttons = entries.iter().map(|entry| Button::new(entry.title.clone(), Action::Guide(entry.id.clone()))).collect();
    context.state.focus = None;
    let mut reply = Reply::text(
        AnswerStatus::Clarification,
        format!("{}\n{}", t(context.language, "Anh/chị hỏi việc nào dưới đây?"), lines.join("\n")),
    );
    reply.choices = entries.iter().map(|e| Choice { id: e.id.clone(), codes: e.codes.clone(), title: e.title.clone() }).collect();
    context.state.last_question = Some(context.question.clean.clone());
    context.state.pending = Some(Pending::Choice { question: context.question.clean.clone(), guides: guides.to_vec() });
    reply.with_buttons(with_staff_button(buttons, context.language))
}
