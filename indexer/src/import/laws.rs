//! The table of laws ("căn cứ pháp lý"): title and number, run together.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{inline, pattern, tidy};
use crate::guide::LegalRow;

const HEAD: &str = "Tên văn bản pháp lýMã văn bản";

/// A document's number. The bodies that issue are named one by one: the next title is glued behind the number.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let body = "CP|TTg|QH|UBTVQH|UBND|HĐND|VPCP|VPQH|BTC|BTP|BCA|BNNMT|BNNPTNT|BNN|NHNN|BGTVT|BXD|BTNMT|BKHĐT|BKHCN|BLĐTBXH|BVHTTDL|BTTTT|BYT|BNV|BQP|BNG|BCT|BGDĐT|BTM|BTS|BLN|UBCK|UBDT|TANDTC|VKSNDTC|TTCP|KTNN|BHXH|TCHQ|TCT|TLĐ|BCN|BTCCBCP|UBTDTT|BVHTT|BVGCP|BLĐ|BTL|LPQT|TW|HĐTP|BDTTG|TCD";
    let kind = "NĐ|ND|TT|TTLT|QĐ|NQ|NQLT|CT|VBHN|PL|L|TB|HD|CV|SL|LCT|KH";
    pattern(&format!(
        r"\d+(?:\.\d+)?[a-z]?/(?:\d{{4}}/)?(?:QH\d{{2}}|UBTVQH\d{{2}}|(?:{kind})-(?:UBTV)?QH\d{{1,2}}|(?:{kind})(?:-(?:{body}))+|L-CTN|(?:{body}))|\d+(?:/\d{{4}})?-CP"
    ))
});

static KIND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"([\p{Ll}\d)”.])(?:Luật|Bộ luật|Nghị định|Nghị quyết|Thông tư|Thông tư liên tịch|Quyết định|Pháp lệnh|Văn bản hợp nhất|Số|số)(?: số)? ?$",
    )
});

/// The documents, and what holds no number.
pub(super) fn laws(text: &str, source: &str) -> (Vec<LegalRow>, String) {
    let text = tidy(text);
    let text = text.strip_prefix(HEAD).unwrap_or(&text);
    let (mut laws, mut begin): (Vec<LegalRow>, usize) = (Vec::new(), 0);
    for found in NUMBER.find_iter(text) {
        let title = &text[begin..found.start()];
        if title.is_empty() || !is_column(title, &text[found.end()..]) {
            continue;
        }
        begin = found.end();
        let title = without_number(&without_kind(&inline(title)), found.as_str());
        let law = LegalRow {
            number: found.as_str().to_owned(),
            title,
            issued_on: None,
            source: source.to_owned(),
            valid_from: None,
            valid_to: None,
        };
        if !laws.iter().any(|before| before.number == law.number && before.title == law.title) {
            laws.push(law);
        }
    }
    (laws, text[begin..].trim().to_owned())
}

/// Whether a number stands in its own column, and not within a title: the title before it or the next one is glued to it.
fn is_column(title: &str, rest: &str) -> bool {
    let is_doubled = NUMBER.find(rest).is_some_and(|next| next.start() == 0);
    let goes_on = rest.starts_with(|letter: char| letter.is_whitespace() || ",.;:)/-–".contains(letter));
    let is_glued = !title.ends_with(|letter: char| letter.is_whitespace() || letter == '(');
    !is_doubled && (is_glued || !goes_on)
}

/// The title of "…khai thácThông tư số ", whose column of numbers names the kind too.
fn without_kind(title: &str) -> String {
    KIND.replace(title, "$1").into_owned()
}

/// "Nghị định số 168/2025/NĐ-CP về đăng ký" keeps its words; "Thông tư 37/2025/TT-BXD" alone would be read twice.
fn without_number(title: &str, number: &str) -> String {
    let bare = title.strip_suffix(number).unwrap_or(title).trim_end();
    let bare = bare.strip_suffix(" số").unwrap_or(bare).trim_end();
    if bare.is_empty() { title.to_owned() } else { bare.to_owned() }
}
