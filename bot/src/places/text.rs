//! The words of a typed text, with where they stand.

use std::ops::Range;

use indexer::lexical::{fold, normalise};
use unicode_normalization::char::is_combining_mark;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Blanks and hyphens.
    Blank,
    /// A full stop, as in "x. Diễn Yên".
    Dot,
    /// A comma, a bracket, a line's end: another phrase begins.
    Break,
}

/// One word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// In one spelling, with the diacritics that were typed.
    pub(super) exact: String,
    /// Without diacritics.
    pub(super) folded: String,
    /// Its bytes in the text.
    pub(super) span: Range<usize>,
    /// Whether it begins with a capital letter.
    pub(super) capital: bool,
    pub(super) gap: Gap,
}

impl Token {
    /// Whether the word can be read as this one: a typed diacritic counts, a missing one costs nothing.
    pub(super) fn means(&self, exact: &str, folded: &str) -> bool {
        self.exact == exact || (self.exact.is_ascii() && self.exact == folded)
    }

    /// The same for a word that isn't folded yet.
    pub(super) fn says(&self, word: &str) -> bool {
        self.exact == word || (self.exact.is_ascii() && self.exact == fold(word))
    }
}

/// The words of `text` in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut end = 0;
    for span in spans(text) {
        let word = &text[span.clone()];
        let exact = spelt(&normalise(word));
        let gap = if tokens.is_empty() { Gap::Break } else { gap(&text[end..span.start]) };
        end = span.end;
        tokens.push(Token { folded: fold(&exact), exact, capital: word.chars().next().is_some_and(char::is_uppercase), span, gap });
    }
    tokens
}

/// The words of a name or a phrase in the spelling of [`Token::exact`].
pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.exact).collect()
}

fn spans(text: &str) -> impl Iterator<Item = Range<usize>> {
    let belongs = |letter: char| letter.is_alphanumeric() || is_combining_mark(letter);
    let runs = text.split(move |letter| !belongs(letter)).filter(|run| !run.is_empty());
    runs.map(|run| {
        let start = run.as_ptr() as usize - text.as_ptr() as usize;
        start..start + run.len()
    })
}

fn gap(between: &str) -> Gap {
    let of = |letter: char| match letter {
        '.' => Gap::Dot,
        '-' | '_' | '\'' | '’' => Gap::Blank,
        ' ' | '\t' | '\u{a0}' => Gap::Blank,
        _ => Gap::Break,
    };
    between.chars().map(of).max().unwrap_or(Gap::Blank)
}

/// "Mỹ Lý" and "Mĩ Lí", "Quỳ Hợp" and "Quì Hợp" are both written: a last y that sounds as i becomes one.
fn spelt(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let [onset @ .., last] = &letters[..] else { return word.to_owned() };
    let after_consonant = onset.last().is_some_and(|letter| letter.is_ascii_alphabetic() && !"aeiouy".contains(*letter));
    let place = "yýỳỷỹỵ".chars().position(|y| y == *last);
    match place.and_then(|at| "iíìỉĩị".chars().nth(at)) {
        Some(i) if after_consonant || onset == ['q', 'u'] => onset.iter().chain([&i]).collect(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_one_spelling_where_they_were_typed() {
        assert_eq!(words("Mỹ Lý, QUÌ hợp; Bến Thuỷ"), ["mĩ lí", "quì hợp", "bến thủy"].join(" ").split(' ').collect::<Vec<_>>());
        let text = "x.Diễn Ye\u{302}n, nay";
        let found = tokens(text);
        assert_eq!(found.iter().map(|token| &text[token.span.clone()]).collect::<Vec<_>>(), ["x", "Diễn", "Ye\u{302}n", "nay"]);
        assert_eq!(found.iter().map(|token| token.gap).collect::<Vec<_>>(), [Gap::Break, Gap::Dot, Gap::Blank, Gap::Break]);
        assert_eq!((found[2].exact.as_str(), found[2].capital), ("yên", true));
    }
}
