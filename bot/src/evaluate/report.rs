//! What editors read: the figures, then every question that went wrong.

use std::fmt::Write as _;

use super::judge::Verdict;
use super::summary::{Counts, Summary, share};
use super::{Evaluation, Judged};

/// The whole report, in Vietnamese. `failures` questions that went wrong are listed.
pub fn report(evaluation: &Evaluation, failures: usize) -> String {
    let summary = Summary::of(evaluation);
    let mut text = format!("Đã hỏi {} câu.\n", summary.questions);
    for verdict in Verdict::ALL {
        let Some(count) = summary.verdicts.get(&verdict) else { continue };
        line(&mut text, &format!("  {:<28} {count:>4}  {:>5.1} %", verdict.label(), percent(*count, summary.questions)));
    }
    line(&mut text, "");
    line(&mut text, &format!("Dẫn đúng thủ tục ở nguồn đầu tiên: {}", of(summary.first_is_relevant, summary.answered)));
    line(&mut text, &format!("Câu trả lời có con số không có trong nguồn: {}", summary.ungrounded));
    if let Some((median, slow)) = summary.milliseconds {
        line(&mut text, &format!("Thời gian trả lời: một nửa số câu dưới {median:.0} ms, 95 % số câu dưới {slow:.0} ms"));
    }
    groups(&mut text, "Theo kiểu gõ", &summary.by_style);
    groups(&mut text, "Theo điều hỏi", &summary.by_intent);
    confidence(&mut text, &summary);
    failed(&mut text, evaluation, failures);
    text
}

fn groups(text: &mut String, title: &str, groups: &std::collections::BTreeMap<String, Counts>) {
    line(text, &format!("\n{title:<18}  câu   tốt  thiếu   sai"));
    for (name, counts) in groups {
        let with = |worth: u8| counts.iter().filter(|(verdict, _)| verdict.worth() == worth).map(|(_, count)| count).sum::<usize>();
        let all: usize = counts.values().sum();
        line(
            text,
            &format!(
                "  {name:<16} {all:>4} {:>4.0} % {:>4.0} % {:>3.0} %",
                percent(with(3), all),
                percent(with(1), all),
                percent(with(0), all)
            ),
        );
    }
}

fn confidence(text: &mut String, summary: &Summary) {
    line(text, "\nNếu chỉ trả lời khi độ chắc chắn từ mức này trở lên");
    line(text, "  mức     trả lời    đúng     sai");
    for point in &summary.sweep {
        let [rate, right, wrong] = [point.answer_rate, point.right, point.wrong].map(|share| 100.0 * share);
        line(text, &format!("  {:<6.1} {rate:>6.1} % {right:>5.1} % {wrong:>5.1} %", point.confidence));
    }
    line(text, "\nĐộ chắc chắn có đáng tin không (hai cột cuối càng gần nhau càng tốt)");
    line(text, "  khoảng       câu   chắc chắn   đúng thủ tục");
    for bin in &summary.calibration {
        let [sure, relevant] = [bin.confidence, bin.relevant].map(|share| 100.0 * share);
        line(text, &format!("  {:.1} đến {:.1} {:>5} {sure:>9.1} % {relevant:>12.1} %", bin.from, bin.to, bin.answers));
    }
    if let Some(error) = summary.calibration_error {
        line(text, &format!("  lệch trung bình {:.1} điểm phần trăm", 100.0 * error));
    }
}

fn failed(text: &mut String, evaluation: &Evaluation, most: usize) {
    let mut failures: Vec<&Judged> = evaluation.judged.iter().filter(|question| is_failure(question)).collect();
    failures.sort_by_key(|question| question.verdict.worth());
    if failures.is_empty() || most == 0 {
        return;
    }
    line(text, &format!("\nCác câu cần xem lại ({} câu, nặng nhất trước)", failures.len()));
    for question in failures.iter().take(most) {
        line(text, &format!("  [{}] {} · {}", question.verdict.label(), question.id, question.question));
        let cited = if question.cited.is_empty() { "không dẫn nguồn nào".to_owned() } else { question.cited.join(", ") };
        let wanted = question.relevant.first().map_or("không trả lời", String::as_str);
        line(text, &format!("      cần: {wanted}; Sen dẫn: {cited}"));
        if !question.ungrounded.is_empty() {
            line(text, &format!("      con số không có trong nguồn: {}", question.ungrounded.join(", ")));
        }
    }
}

/// Whether an editor should look at it.
pub fn is_failure(question: &Judged) -> bool {
    !question.verdict.is_good() || !question.ungrounded.is_empty()
}

fn of(part: usize, whole: usize) -> String {
    format!("{part} trong {whole} ({:.1} %)", percent(part, whole))
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * share(part, whole)
}

fn line(text: &mut String, line: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{line}");
}
