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

#[cfg(test)]
mod tests {
    use super::super::Judged;
    use super::super::compare::Comparison;
    use super::*;

    fn judged(id: &str, verdict: Verdict, confidence: f64) -> Judged {
        let answered = matches!(verdict, Verdict::Right | Verdict::Wrong | Verdict::Incomplete | Verdict::LetThrough);
        let outside = matches!(verdict, Verdict::KeptOut | Verdict::LetThrough);
        Judged {
            id: id.into(),
            question: String::new(),
            style: "accented".into(),
            intent: if outside { "out_of_scope" } else { "fee" }.into(),
            ambiguous: matches!(verdict, Verdict::AskedWell | Verdict::AskedBadly),
            relevant: Vec::new(),
            verdict,
            status: if answered { "answered" } else { "not_found" }.into(),
            cited: Vec::new(),
            first_is_relevant: verdict == Verdict::Right,
            confidence: Some(confidence),
            ungrounded: Vec::new(),
            milliseconds: Some(10.0),
        }
    }

    fn evaluation(verdicts: &[Verdict]) -> Evaluation {
        let question = |(at, verdict): (usize, &Verdict)| judged(&at.to_string(), *verdict, 0.05 + 0.1 * at as f64);
        Evaluation { judged: verdicts.iter().enumerate().map(question).collect() }
    }

    #[test]
    fn what_falls_below_is_named() {
        let thresholds: Thresholds = toml::from_str(
            "right = 0.5\nwrong = 0.25\nincomplete = 0.0\nfirst_citation = 0.5\nasked_back = 1.0\nkept_out = 1.0\nungrounded = 0",
        )
        .unwrap();
        let fine = evaluation(&[Verdict::Right, Verdict::Abstained, Verdict::AskedWell, Verdict::KeptOut]);
        assert!(thresholds.missed(&fine).is_empty() && thresholds.missed(&Evaluation::default()).is_empty());
        let mut bad = evaluation(&[Verdict::Wrong, Verdict::Incomplete, Verdict::AskedBadly, Verdict::LetThrough]);
        bad.judged[0].ungrounded.push("7".into());
        assert_eq!(thresholds.missed(&bad).len(), 7, "{:?}", thresholds.missed(&bad));
        assert!(toml::from_str::<Thresholds>("rihgt = 1").is_err());
    }

    #[test]
    fn the_summary_counts_sweeps_and_calibrates() {
        let summary = Summary::of(&evaluation(&[Verdict::Wrong, Verdict::Right, Verdict::Right, Verdict::Abstained, Verdict::LetThrough]));
        assert_eq!((summary.answered, summary.first_is_relevant, summary.milliseconds), (4, 2, Some((10.0, 10.0))));
        assert_eq!((summary.sweep[0].answer_rate, summary.sweep[0].right, summary.sweep[0].wrong), (0.75, 0.5, 0.5));
        assert_eq!((summary.sweep[2].answer_rate, summary.sweep[2].right, summary.sweep[2].wrong), (0.25, 0.5, 0.5));
        assert_eq!(summary.calibration.len(), 4);
        let error = summary.calibration_error.unwrap();
        assert!((error - (0.05 + 0.85 + 0.75 + 0.45) / 4.0).abs() < 1e-9, "{error}");
    }

    #[test]
    fn each_question_that_changed_is_named() {
        let earlier = evaluation(&[Verdict::Wrong, Verdict::Right, Verdict::Right, Verdict::Incomplete]);
        let mut now = evaluation(&[Verdict::Abstained, Verdict::Incomplete, Verdict::Right]);
        now.judged[2].ungrounded.push("7".into());
        now.judged.push(judged("new", Verdict::Right, 1.0));
        let comparison = Comparison::between(&earlier, &now);
        let ids = |changes: &[super::super::compare::Change]| changes.iter().map(|change| change.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&comparison.better), ids(&comparison.worse)), (vec!["0".to_owned()], vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!((comparison.new, comparison.gone), (1, 1));
        assert!(comparison.to_string().contains("trước: đúng; nay: thiếu ý"));
        let stored = serde_json::to_string(&now).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&stored).unwrap(), now);
    }
}
