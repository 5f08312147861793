//! Step 1: one spelling for what the citizen typed.

use indexer::lexical::{fold, folds_to, has_diacritics, normalise as normalise_spelling};
use unicode_normalization::UnicodeNormalization as _;

use super::glossary::Glossary;

/// A question in the forms that the later steps read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Normalised {
    /// Clean, in the citizen's own words and case.
    pub(crate) clean: String,
    /// Lower case, one spelling of tones, dialect and teencode replaced.
    pub(crate) standard: String,
    /// `standard` without diacritics.
    pub(crate) folded: String,
    /// Official words that the citizen's everyday words stand for.
    pub(crate) official: Vec<String>,
    /// For each word of `standard`, the place of the official words that it stands for.
    pub(crate) stands_for: Vec<Option<usize>>,
}

impl Normalised {
    /// Its words, as they stand in standard spelling.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.standard.split(' ').collect()
    }

    /// Whether one of these phrases (written with diacritics) occurs. A typed diacritic counts, a missing one costs nothing:
    /// "cháy" and "chay" mean "cháy", "chạy" does not.
    pub(crate) fn says(&self, phrases: &[&str]) -> bool {
        let words = self.words();
        let begins = |at: usize, phrase: &str| {
            let mut said = words[at..].iter();
            phrase.split(' ').all(|meant| said.next().is_some_and(|word| means(word, meant)))
        };
        phrases.iter().any(|phrase| (0..words.len()).any(|at| begins(at, phrase)))
    }
}

/// Whether a typed word can be read as `meant`.
pub(crate) fn means(word: &str, meant: &str) -> bool {
    word == meant || (word.is_ascii() && folds_to(meant, word))
}

/// Reads `text` as typed.
pub(crate) fn normalise(text: &str, glossary: &Glossary) -> Normalised {
    let clean = clean(text);
    let words = words_only(&normalise_spelling(&clean));
    let expanded = glossary.expand(&words);
    Normalised {
        folded: fold(&expanded.standard),
        clean,
        standard: expanded.standard,
        official: expanded.official,
        stands_for: expanded.stands_for,
    }
}

/// An English question in the Vietnamese words that it is searched by; none for a question in Vietnamese.
pub(crate) fn translated(question: &Normalised, glossary: &Glossary) -> Option<Normalised> {
    let words = words_only(&normalise_spelling(&question.clean));
    is_english(&words).then(|| Normalised { clean: question.clean.clone(), ..normalise(&glossary.translate(&words), glossary) })
}

/// Words that carry an English sentence. "the", "can", "do" are left out: they are "thẻ", "cần", "đó" without diacritics.
const ENGLISH: [&str; 28] = [
    "is",
    "my",
    "how",
    "what",
    "where",
    "does",
    "for",
    "need",
    "of",
    "and",
    "we",
    "much",
    "want",
    "which",
    "should",
    "have",
    "are",
    "get",
    "documents",
    "who",
    "when",
    "with",
    "required",
    "lost",
    "register",
    "apply",
    "your",
    "i",
];

/// At least so many of those words, and so large a share of all.
const ENGLISH_WORDS: usize = 2;
const ENGLISH_SHARE: usize = 5;

/// Whether a question is written in English.
fn is_english(words: &str) -> bool {
    let words: Vec<&str> = words.split(' ').collect();
    let english = words.iter().filter(|word| ENGLISH.contains(word)).count();
    !words.iter().any(|word| has_diacritics(word)) && english >= ENGLISH_WORDS && english * ENGLISH_SHARE >= words.len()
}

/// NFC; without control, format, tag and private characters (they hide instructions); blanks collapsed.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that nobody sees: controls, zero-width and direction marks, tag characters, variation selectors, private use.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Punctuation apart, but kept inside codes and numbers ("1.001193", "123/2015/nđ-cp", "70.000").
fn words_only(text: &str) -> String {
    let words = text.split_whitespace().flat_map(|word| {
        let is_number = word.chars().next().is_some_and(|c| c.is_ascii_digit());
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if is_number { vec![word] } else { word.split(|c: char| !c.is_alphanumeric()).collect() }
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_go() {
        assert_eq!(clean("cấp\u{200b} lại\u{e0041}\u{0} \u{202e}thẻ"), "cấp lại thẻ");
    }

    #[test]
    fn decomposed_text_is_composed() {
        assert_eq!(clean("ho\u{323} ti\u{323}ch"), "họ tịch");
    }

    #[test]
    fn numbers_keep_their_marks() {
        assert_eq!(words_only("mã 1.001193, phí 70.000đ? (làm-lại)"), "mã 1.001193 phí 70.000đ làm lại");
    }
}
