//! Shares, groups, times and confidence of an evaluation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::judge::Verdict;
use super::{Evaluation, Judged};

/// Confidence is looked at in so many bins of equal width.
const BINS: usize = 10;

/// How many questions got each verdict.
pub type Counts = BTreeMap<Verdict, usize>;

/// An evaluation in figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// How many questions.
    pub questions: usize,
    /// Over all of them.
    pub verdicts: Counts,
    /// By how they were typed.
    pub by_style: BTreeMap<String, Counts>,
    /// By what was asked.
    pub by_intent: BTreeMap<String, Counts>,
    /// Answers that told facts.
    pub answered: usize,
    /// Those whose first citation is a relevant one.
    pub first_is_relevant: usize,
    /// Those with a figure that no citation holds.
    pub ungrounded: usize,
    /// Median and 95th percentile of the time for an answer, in milliseconds.
    pub milliseconds: Option<(f64, f64)>,
    /// What is answered, and how well, when Sen must be surer than it has to be now.
    pub sweep: Vec<SweepPoint>,
    /// How often the guide was right at each confidence.
    pub calibration: Vec<Bin>,
    /// The expected calibration error: the mean distance of confidence and share, 0 to 1.
    pub calibration_error: Option<f64>,
}

/// What is left when answers below a confidence are withheld.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The least confidence.
    pub confidence: f64,
    /// Answers left, of all questions that are in scope and name what they mean.
    pub answer_rate: f64,
    /// Right ones, of the answers left, those to questions out of scope included.
    pub right: f64,
    /// Wrong ones and questions let through, of the answers left.
    pub wrong: f64,
}

/// Answers of about the same confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// From this confidence…
    pub from: f64,
    /// … to this one.
    pub to: f64,
    /// How many answers.
    pub answers: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them whose first citation is a relevant guide.
    pub relevant: f64,
}

impl Summary {
    /// Of an evaluation.
    pub fn of(evaluation: &Evaluation) -> Summary {
        let judged = &evaluation.judged;
        let mut summary = Summary { questions: judged.len(), ..Summary::default() };
        for question in judged {
            *summary.verdicts.entry(question.verdict).or_default() += 1;
            *summary.by_style.entry(question.style.clone()).or_default().entry(question.verdict).or_default() += 1;
            *summary.by_intent.entry(question.intent.clone()).or_default().entry(question.verdict).or_default() += 1;
        }
        let answers: Vec<&Judged> = judged.iter().filter(|question| question.is_answered()).collect();
        summary.answered = answers.len();
        summary.first_is_relevant = answers.iter().filter(|question| question.first_is_relevant).count();
        summary.ungrounded = answers.iter().filter(|question| !question.ungrounded.is_empty()).count();
        summary.milliseconds = milliseconds(judged);
        summary.sweep = sweep(judged);
        summary.calibration = calibration(&answers);
        summary.calibration_error = calibration_error(&summary.calibration);
        summary
    }
}

/// Whether Sen should answer it: neither out of scope nor in need of asking back.
pub fn is_answerable(question: &Judged) -> bool {
    question.intent != indexer::evaluate::questions::OUT_OF_SCOPE && !question.ambiguous
}

/// `part` of `whole`, 0 to 1; of nothing, 0.
pub fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn milliseconds(judged: &[Judged]) -> Option<(f64, f64)> {
    let mut times: Vec<f64> = judged.iter().filter_map(|question| question.milliseconds).collect();
    times.sort_by(f64::total_cmp);
    let last = times.len().checked_sub(1)?;
    Some((times[times.len() / 2], times[last.min(times.len() * 95 / 100)]))
}

fn sweep(judged: &[Judged]) -> Vec<SweepPoint> {
    let answerable = judged.iter().filter(|question| is_answerable(question)).count();
    let point = |step: usize| {
        let confidence = step as f64 / BINS as f64;
        let is_left = |question: &&Judged| question.is_answered() && question.confidence.unwrap_or(1.0) >= confidence;
        let left: Vec<&Judged> = judged.iter().filter(is_left).collect();
        let with = |wanted: fn(Verdict) -> bool| left.iter().filter(|question| wanted(question.verdict)).count();
        SweepPoint {
            confidence,
            answer_rate: share(left.iter().filter(|question| is_answerable(question)).count(), answerable),
            right: share(with(|verdict| verdict == Verdict::Right), left.len()),
            wrong: share(with(|verdict| verdict.worth() == 0), left.len()),
        }
    };
    (0..BINS).map(point).collect()
}

fn calibration(answers: &[&Judged]) -> Vec<Bin> {
    let bin = |at: usize| {
        let confidences = answers.iter().filter_map(|question| Some((question.confidence?, question.first_is_relevant)));
        let inside: Vec<(f64, bool)> =
            confidences.filter(|(confidence, _)| ((confidence * BINS as f64) as usize).min(BINS - 1) == at).collect();
        let sum: f64 = inside.iter().map(|(confidence, _)| confidence).sum();
        (!inside.is_empty()).then(|| Bin {
            from: at as f64 / BINS as f64,
            to: (at + 1) as f64 / BINS as f64,
            answers: inside.len(),
            confidence: sum / inside.len() as f64,
            relevant: share(inside.iter().filter(|(_, relevant)| *relevant).count(), inside.len()),
        })
    };
    (0..BINS).filter_map(bin).collect()
}

fn calibration_error(bins: &[Bin]) -> Option<f64> {
    let answers: usize = bins.iter().map(|bin| bin.answers).sum();
    let distance: f64 = bins.iter().map(|bin| bin.answers as f64 * (bin.confidence - bin.relevant).abs()).sum();
    (answers > 0).then(|| distance / answers as f64)
}
