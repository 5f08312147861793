//! Step 6: answer, ask back, or say honestly that it is not known.

use super::answer::{AnswerStatus, Choice};
use super::dialogue::Pending;
use super::question_router::{not_found, with_staff_button};
use super::retriever::Candidate;
use super::topics::{Topic, TopicChoice};
use super::{Context, Flow, Reply, features, ranker};
use crate::channel::{Action, Button};
use crate::language::{Language, t, vi};

/// So sure a question that sounds like something else ("thắng kiện rồi, yêu cầu thi hành án") is still of a procedure.
const SURELY: f64 = 0.75;
/// At least this sure: ask which one is meant. Below it, it is not known.
const ASK_BACK: f64 = 0.25;
/// A choice that is less likely than this, if one of the candidates is meant, helps nobody.
const WORTH_ASKING: f64 = 0.05;
/// What is asked where no editor has written a better question.
const WHICH: &str = vi("Anh/chị hỏi việc nào dưới đây?");
/// At most this many choices are shown.
const MOST_CHOICES: usize = 4;

/// A lead over the second candidate that is larger says no more.
const LARGEST_LEAD: f64 = 6.0;

/// Weights of a logistic model of "the first candidate is meant"; how they were fitted is told in ARCHITECTURE.md,
/// "Confidence".
const BIAS: f64 = -22.10;
const LEAD: f64 = 0.536;
const OF_FEATURES: [(usize, f64); 6] = [
    (features::DENSE, 19.735),
    (features::IN_NAMES, 1.477),
    (features::IN_TEXT, -1.522),
    (features::OF_NAME, 2.532),
    (features::ONE_NAME, 1.802),
    (features::PAIRS, 0.719),
];

/// How sure we are that the first candidate is what the question is about, 0 to 1.
pub(crate) fn confidence(candidates: &[Candidate]) -> f64 {
    let Some(first) = candidates.first() else { return 0.0 };
    let lead = candidates.get(1).map_or(LARGEST_LEAD, |second| (first.score - second.score).min(LARGEST_LEAD));
    let of_features: f64 = OF_FEATURES.iter().map(|(feature, weight)| weight * first.features[*feature]).sum();
    1.0 / (1.0 + (-(BIAS + LEAD * lead + of_features)).exp())
}

/// Chooses the guide to answer from, or ends with choices or with an honest "not known".
pub(crate) fn decide(context: &mut Context) -> Flow {
    if let Some(id) = context.chosen.clone() {
        return chosen(context, id);
    }
    let best = confidence(&context.candidates);
    context.confidence = Some(best);
    if let Some(reply) = context.set_aside.take().filter(|_| best < SURELY) {
        return Flow::End(reply);
    }
    if let Some(topic) = ambiguous(context) {
        // What editors wrote is Vietnamese; who reads English gets the choices under a sentence of Sen's own.
        let ask = if context.language == Language::Vietnamese { topic.ask.as_str() } else { WHICH };
        return Flow::End(ask_back(context, ask, &topic.choices));
    }
    if best >= context.engine.sure_enough {
        context.chosen = context.candidates.first().map(|candidate| candidate.guide_id.clone());
        return Flow::Continue;
    }
    let alike = if best < ASK_BACK { Vec::new() } else { worth_asking(context) };
    if alike.len() > 1 {
        return Flow::End(ask_back(context, WHICH, &alike));
    }
    Flow::End(unknown(context))
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

/// A topic of several procedures that editors have named, where the question says nothing that tells them apart.
fn ambiguous(context: &Context) -> Option<Topic> {
    let question = context.with_topic.as_ref().unwrap_or(&context.question);
    let catalogue = context.engine.catalogue();
    let topic = context.engine.topics().of(question, &catalogue)?;
    (topic.choices.len() > 1).then_some(topic)
}

/// The guides that may be meant, likeliest first, as choices by their titles.
fn worth_asking(context: &Context) -> Vec<TopicChoice> {
    let catalogue = context.engine.catalogue();
    let scores: Vec<f64> = context.candidates.iter().map(|candidate| candidate.score).collect();
    let likely = context.candidates.iter().zip(ranker::shares(&scores)).filter(|(_, share)| *share >= WORTH_ASKING);
    let entries = likely.take(MOST_CHOICES).filter_map(|(candidate, _)| catalogue.get(&candidate.guide_id));
    entries.map(|entry| TopicChoice { guide: entry.id.clone(), label: entry.title.clone() }).collect()
}

fn ask_back(context: &mut Context, ask: &str, choices: &[TopicChoice]) -> Reply {
    let catalogue = context.engine.catalogue();
    let lines: Vec<String> =
        choices.iter().enumerate().map(|(at, choice)| context.language.quoted(&format!("{}. {}", at + 1, choice.label))).collect();
    let buttons = choices.iter().map(|choice| Button::new(choice.label.clone(), Action::Guide(choice.guide.clone()))).collect();
    context.state.focus = None;
    let mut reply = Reply::text(AnswerStatus::Clarification, format!("{}\n{}", t(context.language, ask), lines.join("\n")));
    let entries = choices.iter().filter_map(|choice| Some((choice, catalogue.get(&choice.guide)?)));
    reply.choices =
        entries.map(|(choice, entry)| Choice { id: entry.id.clone(), codes: entry.codes.clone(), title: choice.label.clone() }).collect();
    context.state.last_question = Some(context.question.clean.clone());
    let guides = choices.iter().map(|choice| choice.guide.clone()).collect();
    context.state.pending = Some(Pending::Choice { question: context.question.clean.clone(), guides });
    reply.with_buttons(with_staff_button(buttons, context.language))
}
