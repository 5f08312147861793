//! What an evaluation must reach; a change that falls below is not to be released.

use serde::Deserialize;

use super::Evaluation;
use super::judge::Verdict;
use super::summary::{Summary, is_answerable, share};

/// Shares from 0 to 1. Right, wrong and incomplete are of the questions that Sen should answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// At least so many right.
    pub right: f64,
    /// At most so many wrong.
    pub wrong: f64,
    /// At most so many incomplete.
    pub incomplete: f64,
    /// Of the answers, at least so many with a relevant guide first.
    pub first_citation: f64,
    /// Of the ambiguous questions, at least so many asked back well.
    pub asked_back: f64,
    /// Of the questions out of scope, at least so many kept out.
    pub kept_out: f64,
    /// At most so many answers with a figure that no citation holds.
    pub ungrounded: usize,
}

impl Thresholds {
    /// What is not reached, one sentence each.
    pub fn missed(&self, evaluation: &Evaluation) -> Vec<String> {
        let summary = Summary::of(evaluation);
        let shares = Shares::of(evaluation, &summary);
        let least = [
            ("trả lời đúng", shares.right, self.right),
            ("dẫn đúng thủ tục ở nguồn đầu tiên", shares.first_citation, self.first_citation),
            ("hỏi lại đúng", shares.asked_back, self.asked_back),
            ("từ chối đúng câu ngoài phạm vi", shares.kept_out, self.kept_out),
        ];
        let most = [("trả lời sai", shares.wrong, self.wrong), ("trả lời thiếu ý", shares.incomplete, self.incomplete)];
        let too_few = least.into_iter().filter_map(|(what, is, least)| {
            let [is, least] = [is?, least].map(|share| 100.0 * share);
            (is < least).then(|| format!("{what}: {is:.1} %, ít nhất phải {least:.1} %"))
        });
        let too_many = most.into_iter().filter_map(|(what, is, most)| {
            let [is, most] = [is?, most].map(|share| 100.0 * share);
            (is > most).then(|| format!("{what}: {is:.1} %, nhiều nhất được {most:.1} %"))
        });
        let loose = (summary.ungrounded > self.ungrounded)
            .then(|| format!("câu có con số không có trong nguồn: {}, nhiều nhất được {}", summary.ungrounded, self.ungrounded));
        too_few.chain(too_many).chain(loose).collect()
    }
}

/// None where there are no such questions.
struct Shares {
    right: Option<f64>,
    wrong: Option<f64>,
    incomplete: Option<f64>,
    first_citation: Option<f64>,
    asked_back: Option<f64>,
    kept_out: Option<f64>,
}

impl Shares {
    fn of(evaluation: &Evaluation, summary: &Summary) -> Shares {
        let judged = &evaluation.judged;
        let all = |is_of: &dyn Fn(&super::Judged) -> bool, wanted: Verdict| {
            let of: Vec<_> = judged.iter().filter(|question| is_of(question) && question.verdict != Verdict::Elsewhere).collect();
            let count = of.iter().filter(|question| question.verdict == wanted).count();
            (!of.is_empty()).then(|| share(count, of.len()))
        };
        let is_outside = |question: &super::Judged| question.intent == indexer::evaluate::questions::OUT_OF_SCOPE;
        Shares {
            right: all(&is_answerable, Verdict::Right),
            wrong: all(&is_answerable, Verdict::Wrong),
            incomplete: all(&is_answerable, Verdict::Incomplete),
            first_citation: (summary.answered > 0).then(|| share(summary.first_is_relevant, summary.answered)),
            asked_back: all(&|question| question.ambiguous, Verdict::AskedWell),
            kept_out: all(&is_outside, Verdict::KeptOut),
        }
    }
}
