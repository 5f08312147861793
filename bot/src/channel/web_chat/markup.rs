//! Words to HTML. Everything is escaped; only the light markup of Sen's answers becomes elements.

use indexer::lexical::has_diacritics;

/// Sen's light markup: `**bold**`, lines that begin with `- ` as a list, a line wrapped in `_…_` as a quiet line, lines that
/// begin with `> ` as a quotation from a guide.
pub(crate) fn answer_html(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let parts = lines.chunk_by(|line, next| is_quoted(line) == is_quoted(next));
    parts.map(|part| if is_quoted(part[0]) { quotation_html(part) } else { blocks_html(part) }).collect()
}

fn is_quoted(line: &str) -> bool {
    line.starts_with("> ")
}

/// Guides are Vietnamese, whatever the language around them; a citizen's own question may be in another one.
fn quotation_html(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_start_matches("> ")).collect();
    let lang = if lines.iter().any(|line| has_diacritics(line)) { " lang=\"vi\"" } else { "" };
    format!("<blockquote{lang}>{}</blockquote>", blocks_html(&lines))
}

fn blocks_html(lines: &[&str]) -> String {
    let mut html = String::new();
    let mut open = Block::None;
    for line in lines.iter().copied() {
        let (block, content) = block_of(line);
        if block != open || block == Block::Quiet {
            html.push_str(open.closing());
            html.push_str(block.opening());
        } else if block == Block::Paragraph {
            html.push_str("<br>");
        }
        open = block;
        match block {
            Block::None => {}
            Block::List => html.push_str(&format!("<li>{}</li>", inline(content))),
            Block::Paragraph | Block::Quiet => html.push_str(&inline(content)),
        }
    }
    html.push_str(open.closing());
    html
}

/// A person's words: nothing but line breaks and links.
pub(crate) fn plain_html(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(linked).collect();
    format!("<p>{}</p>", lines.join("<br>"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    List,
    Quiet,
}

impl Block {
    fn opening(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Paragraph => "<p>",
            Self::List => "<ul>",
            Self::Quiet => "<p class=\"quiet\">",
        }
    }

    fn closing(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Paragraph | Self::Quiet => "</p>",
            Self::List => "</ul>",
        }
    }
}

fn block_of(line: &str) -> (Block, &str) {
    let quiet = || line.strip_prefix('_').and_then(|rest| rest.strip_suffix('_')).filter(|content| !content.is_empty());
    if line.trim().is_empty() {
        (Block::None, "")
    } else if let Some(item) = line.strip_prefix("- ") {
        (Block::List, item)
    } else if let Some(content) = quiet() {
        (Block::Quiet, content)
    } else {
        (Block::Paragraph, line)
    }
}

/// Pairs of `**` become bold; one that has no partner stays as it is.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split("**").collect();
    let unpaired = parts.len().is_multiple_of(2);
    let mut html = String::new();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        match index {
            0 => {}
            _ if is_last && unpaired => html.push_str("**"),
            odd if odd % 2 == 1 => html.push_str("<strong>"),
            _ => html.push_str("</strong>"),
        }
        html.push_str(&linked(part));
    }
    html
}

/// Escapes, and makes links of web addresses.
fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = next_url(rest) {
        let length = rest[start..].find(ends_url).unwrap_or(rest.len() - start);
        let url = rest[start..start + length].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        html.push_str(&escaped(&rest[..start]));
        let url_html = escaped(url);
        html.push_str(&format!("<a href=\"{url_html}\" rel=\"noopener\" target=\"_blank\">{url_html}</a>"));
        rest = &rest[start + url.len()..];
    }
    html.push_str(&escaped(rest));
    html
}

fn next_url(text: &str) -> Option<usize> {
    ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()
}

fn ends_url(character: char) -> bool {
    character.is_whitespace() || character.is_control() || matches!(character, '<' | '>' | '"' | '\'' | '`')
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{answer_html, plain_html};

    #[test]
    fn an_answer_of_all_forms() {
        let text = "**70.000 đồng/thẻ** khi cấp lại.\nMiễn phí cho:\n- trẻ em\n- người **có công**\n\n_Nguồn: Cấp lại thẻ._\n_Bản nháp._";
        let html = "<p><strong>70.000 đồng/thẻ</strong> khi cấp lại.<br>Miễn phí cho:</p><ul><li>trẻ em</li><li>người \
                    <strong>có công</strong></li></ul><p class=\"quiet\">Nguồn: Cấp lại thẻ.</p><p class=\"quiet\">Bản nháp.</p>";
        assert_eq!(answer_html(text), html);
    }

    #[test]
    fn what_is_quoted_keeps_its_language() {
        let text = "Fee:\n> - Cấp lại: **70.000 đồng**\n> - Cấp đổi: 50.000\n_Source._";
        let html = "<p>Fee:</p><blockquote lang=\"vi\"><ul><li>Cấp lại: <strong>70.000 đồng</strong></li><li>Cấp đổi: 50.000</li></ul>\
                    </blockquote><p class=\"quiet\">Source.</p>";
        assert_eq!(answer_html(text), html);
        assert_eq!(answer_html("> is my passport ready"), "<blockquote><p>is my passport ready</p></blockquote>");
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(answer_html("một\n\n\nhai\n"), "<p>một</p><p>hai</p>");
        assert_eq!(answer_html(""), "");
    }

    #[test]
    fn nothing_that_a_person_writes_becomes_an_element() {
        let attack = "<script>alert(1)</script> <img src=x onerror=\"alert('1')\"> &amp;";
        let shown = "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp;amp;";
        assert_eq!(plain_html(attack), format!("<p>{shown}</p>"));
        assert_eq!(answer_html(attack), format!("<p>{shown}</p>"));
        assert_eq!(answer_html("- **<b>**"), "<ul><li><strong>&lt;b&gt;</strong></li></ul>");
    }

    #[test]
    fn a_star_without_a_partner_stays() {
        assert_eq!(answer_html("**a** và **b"), "<p><strong>a</strong> và **b</p>");
        assert_eq!(answer_html("**"), "<p>**</p>");
        assert_eq!(answer_html("_"), "<p>_</p>");
        assert_eq!(answer_html("__"), "<p>__</p>");
    }

    #[test]
    fn only_web_addresses_become_links_and_cannot_leave_their_attribute() {
        assert_eq!(
            plain_html("Mở https://dichvucong.gov.vn/a?b=1&c=2."),
            "<p>Mở <a href=\"https://dichvucong.gov.vn/a?b=1&amp;c=2\" rel=\"noopener\" target=\"_blank\">\
             https://dichvucong.gov.vn/a?b=1&amp;c=2</a>.</p>"
        );
        assert!(!plain_html("javascript:alert(1)").contains("<a"));
        assert!(plain_html("https://a\"onclick=\"x").starts_with("<p><a href=\"https://a\" rel="));
        assert_eq!(plain_html("**không** _đậm_\nhai"), "<p>**không** _đậm_<br>hai</p>");
    }

    #[test]
    fn odd_characters_do_no_harm() {
        for text in ["\u{0}\u{202e}\u{e0041}", "👍👍👍", "ế", "https://", "**https://a**", "\r\n\r\n"] {
            answer_html(text);
            plain_html(text);
        }
        assert!(answer_html("**https://a.vn**").contains("<strong><a href=\"https://a.vn\""));
    }
}
