//! Step 8: every figure in a reply stands in a passage that it cites, or the reply does not leave.

use std::collections::HashSet;

use super::answer::AnswerStatus;
use super::question_router::not_found;
use super::{Context, Flow};

/// Checks the composed reply against its own citations.
pub(crate) fn ground(context: &mut Context) -> Flow {
    let Some(reply) = context.reply.take() else { return Flow::Continue };
    let quotes: Vec<&str> = reply.citations.iter().map(|citation| citation.quote.as_str()).collect();
    let missing = ungrounded(&reply.text, &quotes);
    if reply.status.states_facts() && (quotes.is_empty() || !missing.is_empty()) {
        tracing::error!(guide = context.chosen.as_deref(), ?missing, "a composed reply was not grounded and did not leave");
        return Flow::End(not_found(context));
    }
    debug_assert!(reply.status != AnswerStatus::Answered || !reply.citations.is_empty());
    Flow::End(reply)
}

/// Figures of `text` (amounts, dates, times, ages, document numbers, phones) and addresses of pages that no quote holds.
/// Not looked at: list markers, and quiet lines (`_…_`), which tell where the answer comes from.
pub(crate) fn ungrounded(text: &str, quotes: &[&str]) -> Vec<String> {
    let known: HashSet<String> = quotes.iter().flat_map(|quote| figures(quote)).collect();
    let lines = text.lines().filter(|line| !line.starts_with('_'));
    lines.flat_map(|line| figures(without_marker(line))).filter(|figure| !known.contains(figure)).collect()
}

/// Words that hold a digit or begin an address, in one spelling: "07" is "7", "70,000" is "70.000".
fn figures(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ';'));
    words
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.contains(|c: char| c.is_ascii_digit()) || word.starts_with("http"))
        .map(canonical)
        .collect()
}

fn canonical(word: &str) -> String {
    if word.starts_with("http") {
        return word.to_owned();
    }
    let word = word.to_lowercase().replace(',', ".");
    let parts = word.split('/').map(|part| part.trim_start_matches('0'));
    parts.collect::<Vec<_>>().join("/")
}

/// A line without the "> " that quotes it and the "1. " that numbers it.
fn without_marker(line: &str) -> &str {
    let line = line.strip_prefix("> ").unwrap_or(line);
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < line.len() { rest.strip_prefix(". ").unwrap_or(line) } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTE: &str = "Lệ phí: 70.000 đồng/thẻ; không quá 07 ngày làm việc; https://dichvucong.gov.vn/a (Nghị định 70/2024/NĐ-CP)";

    #[test]
    fn a_figure_from_the_passage_may_leave() {
        let text =
            "1. Lệ phí: **70.000 đồng/thẻ**, 7 ngày làm việc.\n2. Xem https://dichvucong.gov.vn/a\n> 3. 7 ngày\n_kiểm tra ngày 01/06/2026_";
        assert_eq!(ungrounded(text, &[QUOTE]), Vec::<String>::new());
    }

    #[test]
    fn any_other_figure_may_not() {
        assert_eq!(ungrounded("Lệ phí 50.000 đồng", &[QUOTE]), ["50.000"]);
        assert_eq!(ungrounded("gọi 0912345678", &[QUOTE]), ["912345678"]);
        assert_eq!(ungrounded("https://dichvucong.gov.vn/b", &[QUOTE]), ["https://dichvucong.gov.vn/b"]);
    }
}
