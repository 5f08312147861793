//! Vietnamese words made comparable, and the weighted terms of a passage or a question.
//!
//! A text gives terms of several namespaces: syllables as written, syllables without diacritics, pairs of each, and
//! whole codes such as "26/2023/QH15". A question typed without diacritics meets the folded terms; one typed with them
//! also meets the exact ones, so that "mất" prefers "mất" over "mặt".

pub mod restorer;
mod tone;

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// BM25's saturation of repeated terms (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009).
const K1: f32 = 1.2;
/// BM25's correction for length, from the same source.
const B: f32 = 0.75;
/// The average length of a chunk in syllables. A constant, so that one passage's weights don't depend on the others.
const AVERAGE_LENGTH: f32 = 120.0;

/// A sparse vector: unique term numbers in rising order, and their weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseVector {
    /// The hashes of the terms.
    pub indices: Vec<u32>,
    /// One weight an index.
    pub values: Vec<f32>,
}

/// The namespaces of terms; a term of one never meets a term of another.
#[derive(Clone, Copy)]
enum Namespace {
    Exact,
    ExactPair,
    Folded,
    FoldedPair,
    Code,
}

impl Namespace {
    const fn prefix(self) -> u8 {
        match self {
            Namespace::Exact => b'e',
            Namespace::ExactPair => b'E',
            Namespace::Folded => b'f',
            Namespace::FoldedPair => b'F',
            Namespace::Code => b'c',
        }
    }

    /// How much a question's term counts. Folded terms carry the search, exact ones break ties; a pair counts beside the
    /// two syllables that it consists of.
    const fn query_weight(self) -> f32 {
        match self {
            Namespace::ExactPair => 0.3,
            Namespace::Exact => 0.5,
            Namespace::FoldedPair => 0.6,
            Namespace::Folded => 1.0,
            Namespace::Code => 3.0,
        }
    }
}

/// NFC, lower case, and the tone mark on the vowel where the traditional spelling has it: "Hoà" gives "hòa".
pub fn normalise(text: &str) -> String {
    let lower = composed(text).to_lowercase();
    let mut normalised = String::with_capacity(lower.len());
    let mut word = String::new();
    for letter in composed(&lower).chars() {
        if letter.is_alphabetic() {
            word.push(letter);
            continue;
        }
        normalised.push_str(&tone::placed(&word));
        word.clear();
        normalised.push(letter);
    }
    normalised.push_str(&tone::placed(&word));
    normalised
}

/// NFC; most texts are already.
fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Lower case without diacritics, đ as d: what a hurried citizen types.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().flat_map(char::to_lowercase).for_each(|letter| bare(letter, |letter| folded.push(letter)));
    folded
}

/// Without diacritics, in the case that it has.
pub fn strip(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    text.chars().for_each(|letter| bare(letter, |letter| stripped.push(letter)));
    stripped
}

/// Whether `text`, folded, is `folded`.
pub fn folds_to(text: &str, folded: &str) -> bool {
    let mut rest = folded.chars();
    let mut is_same = true;
    for letter in text.chars().flat_map(char::to_lowercase) {
        bare(letter, |letter| is_same &= rest.next() == Some(letter));
        if !is_same {
            return false;
        }
    }
    rest.next().is_none()
}

/// A letter without its marks: nothing for a mark alone.
fn bare(letter: char, mut emit: impl FnMut(char)) {
    match letter {
        'đ' => emit('d'),
        'Đ' => emit('D'),
        letter if letter.is_ascii() => emit(letter),
        letter => decompose_canonical(letter, |part| {
            if !is_combining_mark(part) {
                emit(part);
            }
        }),
    }
}

/// Whether any letter carries a Vietnamese diacritic.
pub fn has_diacritics(text: &str) -> bool {
    let is_marked = |letter: char| {
        let mut marked = matches!(letter, 'đ' | 'Đ');
        decompose_canonical(letter, |part| marked |= is_combining_mark(part));
        marked
    };
    text.chars().filter(|letter| !letter.is_ascii()).any(is_marked)
}

/// The normalised runs of letters and digits, in order.
pub fn syllables(text: &str) -> Vec<String> {
    let normalised = normalise(text);
    let runs = normalised.split(|letter: char| !letter.is_alphanumeric());
    runs.filter(|run| !run.is_empty()).map(str::to_owned).collect()
}

/// How many [`syllables`] a text has.
pub fn count_syllables(text: &str) -> usize {
    composed(text).split(|letter: char| !letter.is_alphanumeric()).filter(|run| !run.is_empty()).count()
}

/// The weights of a passage's terms: BM25's term frequency. The rarity of a term is the index's matter.
pub fn document_terms(text: &str) -> SparseVector {
    let counts = counts(text, true);
    let length = count_syllables(text) as f32;
    let norm = K1 * (1.0 - B + B * length / AVERAGE_LENGTH);
    let weigh = |(count, _): (f32, Namespace)| count * (K1 + 1.0) / (count + norm);
    counts.into_iter().map(|(index, found)| (index, weigh(found))).collect()
}

/// The weights of a question's terms. Without any diacritics only folded terms and codes count: "mat" as written says
/// nothing of "mắt", "mật" or "mất".
pub fn query_terms(text: &str) -> SparseVector {
    let counts = counts(text, has_diacritics(text));
    counts.into_iter().map(|(index, (count, namespace))| (index, count * namespace.query_weight())).collect()
}

impl FromIterator<(u32, f32)> for SparseVector {
    fn from_iter<I: IntoIterator<Item = (u32, f32)>>(terms: I) -> SparseVector {
        let (indices, values) = terms.into_iter().unzip();
        SparseVector { indices, values }
    }
}

fn counts(text: &str, with_exact: bool) -> BTreeMap<u32, (f32, Namespace)> {
    let exact = syllables(text);
    let folded: Vec<String> = exact.iter().map(|syllable| fold(syllable)).collect();
    let mut counts = BTreeMap::new();
    let mut count = |namespace, parts: &[String]| {
        counts.entry(hash(namespace, parts)).or_insert((0.0, namespace)).0 += 1.0;
    };
    folded.windows(1).for_each(|term| count(Namespace::Folded, term));
    folded.windows(2).for_each(|term| count(Namespace::FoldedPair, term));
    codes(text).iter().for_each(|code| count(Namespace::Code, std::slice::from_ref(code)));
    if with_exact {
        exact.windows(1).for_each(|term| count(Namespace::Exact, term));
        exact.windows(2).for_each(|term| count(Namespace::ExactPair, term));
    }
    counts
}

/// Words such as "1.014064" or "123/2015/NĐ-CP", folded: with a digit and an inner dot, slash or hyphen.
fn codes(text: &str) -> Vec<String> {
    let is_joint = |letter: char| matches!(letter, '.' | '/' | '-');
    let belongs = |letter: char| letter.is_alphanumeric() || is_joint(letter);
    let folded = fold(text);
    let words = folded.split(|letter: char| !belongs(letter)).map(|word| word.trim_matches(is_joint));
    words.filter(|word| word.contains(is_joint) && word.contains(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
}

/// FNV-1a over the namespace and the parts: stable over releases and machines.
fn hash(namespace: Namespace, parts: &[String]) -> u32 {
    let bytes = parts.iter().flat_map(|part| [0].into_iter().chain(part.bytes()));
    [namespace.prefix()].into_iter().chain(bytes).fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(query: &str, document: &str) -> f32 {
        let (query, document) = (query_terms(query), document_terms(document));
        let weight = |index| document.indices.iter().position(|other| other == index).map_or(0.0, |at| document.values[at]);
        query.indices.iter().zip(&query.values).map(|(index, value)| value * weight(index)).sum()
    }

    #[test]
    fn both_tone_styles_and_both_unicode_forms_meet() {
        assert_eq!(normalise("Hoà giải, THUỶ lợi; khoẻ"), "hòa giải, thủy lợi; khỏe");
        assert_eq!(normalise("ho\u{61}\u{300}"), "hòa");
        assert_eq!(syllables("mất thẻ CCCD (2 lần)"), ["mất", "thẻ", "cccd", "2", "lần"]);
    }

    #[test]
    fn folding_strips_every_mark() {
        assert_eq!(fold("Đăng ký kết hôn ở Nghệ An"), "dang ky ket hon o nghe an");
        assert!(has_diacritics("đi") && has_diacritics("hẹn") && !has_diacritics("dang ky 123"));
    }

    #[test]
    fn a_question_without_diacritics_finds_the_passage() {
        let (question, document) = ("the can cuoc bi mat", "Cấp lại thẻ căn cước khi bị mất");
        assert!(overlap(question, document) > 0.0);
        assert_eq!(overlap(question, document), overlap(question, &fold(document)));
    }

    #[test]
    fn diacritics_prefer_the_exact_word() {
        assert!(overlap("bị mất", "bị mất thẻ") > overlap("bị mất", "bị mặt thẻ"));
        assert!(overlap("bi mat", "bị mất thẻ") == overlap("bi mat", "bị mặt thẻ"));
    }

    #[test]
    fn a_code_is_also_one_term() {
        let other_order = "Nghị định 2015/123/NĐ-CP";
        assert!(overlap("123/2015/nđ-cp", "Nghị định 123/2015/NĐ-CP.") > overlap("123/2015/nđ-cp", other_order));
        assert!(overlap("ma 1.014064", "Mã thủ tục: 1.014064, cấp xã") > 3.0);
    }

    #[test]
    fn repeated_terms_saturate_and_long_texts_weigh_less() {
        let once = overlap("phí", "phí");
        assert!(overlap("phí", &"phí ".repeat(10)) < 3.0 * once);
        assert!(overlap("phí", &format!("phí {}", "khác ".repeat(300))) < once);
    }
}
