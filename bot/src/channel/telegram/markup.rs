//! Words to Telegram's HTML, and long words to parts.

/// The longest message that Telegram takes, in UTF-16 units after its markup is read. Ours is measured with its markup,
/// which is never shorter.
pub(crate) const LONGEST: usize = 4_096;

/// Where a text may be cut, best first.
const BORDERS: [&str; 7] = ["\n\n", "\n", ". ", "! ", "? ", "; ", " "];

/// Sen's light markup (`**bold**`, `- ` items, `_quiet line_`, `> ` quotations) as Telegram's HTML.
pub(crate) fn html(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let parts = lines.chunk_by(|line, next| line.starts_with("> ") == next.starts_with("> "));
    parts.map(part_html).collect::<Vec<_>>().join("\n")
}

fn part_html(lines: &[&str]) -> String {
    let html: Vec<String> = lines.iter().map(|line| line_html(line.trim_start_matches("> "))).collect();
    let html = html.join("\n");
    if lines[0].starts_with("> ") { format!("<blockquote>{html}</blockquote>") } else { html }
}

/// A person's words: nothing but escaped.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn line_html(line: &str) -> String {
    let quiet = line.strip_prefix('_').and_then(|rest| rest.strip_suffix('_')).filter(|content| !content.is_empty());
    if let Some(content) = quiet {
        return format!("<i>{}</i>", bold_html(content));
    }
    match line.strip_prefix("- ") {
        Some(item) => format!("• {}", bold_html(item)),
        None => bold_html(line),
    }
}

/// Pairs of `**` become bold; one without a partner stays as it is.
fn bold_html(text: &str) -> String {
    let escaped = escaped(text);
    let mut html = String::new();
    let mut rest = escaped.as_str();
    while let Some((before, after)) = rest.split_once("**") {
        let Some((bold, after)) = after.split_once("**") else { break };
        html.push_str(before);
        html.push_str(&if bold.is_empty() { "****".into() } else { format!("<b>{bold}</b>") });
        rest = after;
    }
    html + rest
}

/// Cuts a text into parts of at most `longest` UTF-16 units, at paragraphs, lines, sentences or words.
pub(crate) fn parts(text: &str, longest: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while length(rest) > longest {
        let (part, after) = rest.split_at(cut(rest, longest));
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The byte at which to cut: the last best border that leaves a part of some length, else where the room ends.
fn cut(text: &str, longest: usize) -> usize {
    let end = room(text, longest);
    let head = &text[..end];
    let is_long_enough = |at: &usize| *at >= end / 3;
    let border =
        BORDERS.iter().find_map(|border| head.rfind(border).map(|at| at + border.trim_end_matches(' ').len()).filter(is_long_enough));
    border.unwrap_or(end)
}

/// The byte up to which `longest` UTF-16 units reach.
fn room(text: &str, longest: usize) -> usize {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > longest {
            return at;
        }
    }
    text.len()
}

/// Length in UTF-16 units, as Telegram counts.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_markup_becomes_telegrams_and_the_rest_is_escaped() {
        let text = "**Lệ phí**: 70.000 đồng & <b>\n- a **b** c\n_Nguồn: x_\n**lẻ";
        assert_eq!(html(text), "<b>Lệ phí</b>: 70.000 đồng &amp; &lt;b&gt;\n• a <b>b</b> c\n<i>Nguồn: x</i>\n**lẻ");
        assert_eq!(html("Fee:\n> - a\n> b\nc"), "Fee:\n<blockquote>• a\nb</blockquote>\nc");
    }

    #[test]
    fn a_long_text_is_cut_at_sentences_and_loses_nothing() {
        let sentence = "Anh/chị nộp hồ sơ tại xã. ";
        let text = sentence.repeat(400);
        let parts = parts(&text, LONGEST);
        assert!(parts.len() > 1 && parts.iter().all(|part| length(part) <= LONGEST && part.ends_with('.')), "{parts:?}");
        assert_eq!(parts.join(" "), text.trim());
    }

    #[test]
    fn lines_are_better_borders_than_sentences() {
        let text = format!("{}\n{}", "Câu một. Câu hai.".repeat(3), "dòng sau ".repeat(5));
        assert!(parts(&text, 60)[0].ends_with("Câu hai."));
    }

    #[test]
    fn a_text_without_borders_is_cut_between_letters() {
        let text = "😀".repeat(3_000);
        let parts = parts(&text, LONGEST);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| length(part) <= LONGEST));
    }

    #[test]
    fn nothing_gives_no_part() {
        assert!(parts("  \n ", LONGEST).is_empty());
    }
}
