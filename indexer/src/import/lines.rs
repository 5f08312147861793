//! Steps, conditions and results: free text cut into rows.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{inline, pattern, says_nothing, tidy};

static STEP: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)(?:^[-+*•] ?)?(?i:bước) \d+(?:\.\d+)*(?: ?[:.,–-]|\n)"));
/// The code of a result, and of the words that the page puts behind the last of them.
static RESULT: LazyLock<Regex> = LazyLock::new(|| pattern(r"Mã: (?:KQ\.)?[A-Z]+\d*[.-][A-Z0-9]*\d{6,7}"));
/// The form below the page's last field: search words, a choice of offices, a button.
static FURNITURE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)(?:Chọn cơ quan thực hiệnTỉnh.*|Từ khóaKhông có thông tinMô tả(?:Không có thông tin)?)$"));
static KEYWORDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)Từ khóa(.*?)Mô tả(.*)$"));

/// The steps: at "Bước 1:" where the text counts them, else line by line, sub-points with their line.
pub(super) fn steps(text: &str) -> Vec<String> {
    let text = tidy(text);
    let mut starts: Vec<usize> = STEP.find_iter(&text).map(|step| step.start()).collect();
    if starts.is_empty() {
        return lines(&text);
    }
    if starts[0] > 0 {
        starts.insert(0, 0);
    }
    starts.push(text.len());
    let steps = starts.windows(2).map(|ends| text[ends[0]..ends[1]].trim().trim_start_matches(['-', '+', '*', '•', ' ']));
    steps.filter(|step| !step.is_empty()).map(str::to_owned).collect()
}

/// One row a line; a sub-point belongs to the line before: one with a plus sign or a star, or a dash behind a colon.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in tidy(text).lines().filter(|line| !says_nothing(line)) {
        match rows.last_mut() {
            Some(row) if line.starts_with(['+', '*']) || (line.starts_with('-') && is_open(row)) => {
                row.push('\n');
                row.push_str(line);
            }
            _ => rows.push(line.trim_start_matches(['-', '•', ' ']).to_owned()),
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}

/// Whether the row announces points: its last line that is none ends with a colon.
fn is_open(row: &str) -> bool {
    row.lines().rfind(|line| !line.starts_with(['-', '+', '*'])).is_some_and(|line| line.ends_with(':'))
}

/// The text without the page's furniture, and whether there was some.
pub(super) fn without_furniture(text: &str) -> (String, bool) {
    let text = tidy(text);
    let mut kept = FURNITURE.replace(&text, "").into_owned();
    kept = FURNITURE.replace(&kept, "").into_owned();
    if let Some(found) = KEYWORDS.captures(&kept).filter(|found| found[0].len() < kept.len() || kept.starts_with("Từ khóa")) {
        let words = [&found[1], &found[2]].map(str::trim).into_iter().filter(|words| !says_nothing(words)).collect::<Vec<_>>().join("\n");
        kept = format!("{}\n{words}", &kept[..kept.len() - found[0].len()]);
    }
    let has_furniture = kept.trim().len() < text.len();
    (tidy(&kept), has_furniture)
}

/// What the citizen gets, one line each, without the portal's codes.
pub(super) fn results(text: &str) -> Vec<String> {
    let mut results: Vec<String> = Vec::new();
    for part in RESULT.split(text) {
        for line in part.lines().map(inline).filter(|line| !says_nothing(line)) {
            if !results.contains(&line) {
                results.push(line);
            }
        }
    }
    results
}
