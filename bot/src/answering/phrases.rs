//! Many phrases looked for at once: each by its first word, so that a longer list takes no longer.

use std::collections::HashMap;

use indexer::lexical::fold;

/// Phrases (written with diacritics, words separated by blanks), and what each stands for. A typed diacritic counts, a
/// missing one costs nothing.
#[derive(Debug)]
pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<Phrase<T>>>,
}

#[derive(Debug)]
struct Phrase<T> {
    /// Each word as written and folded.
    words: Vec<(String, String)>,
    meaning: T,
}

impl<T: Copy> Phrases<T> {
    pub(crate) fn new<'a>(phrases: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut by_first: HashMap<String, Vec<Phrase<T>>> = HashMap::new();
        for (phrase, meaning) in phrases {
            let words: Vec<(String, String)> = phrase.split(' ').map(|word| (word.to_owned(), fold(word))).collect();
            by_first.entry(words[0].1.clone()).or_default().push(Phrase { words, meaning });
        }
        Self { by_first }
    }

    /// What the phrases that begin at a word (of a text in lower case) stand for, in the order of the list, and the place
    /// behind the last word of each.
    pub(crate) fn beginning_at(&self, words: &[&str], at: usize) -> Vec<(T, usize)> {
        let Some(phrases) = words.get(at).and_then(|word| self.by_first.get(&fold(word))) else { return Vec::new() };
        let stands = |phrase: &&Phrase<T>| {
            let said = words.get(at..at + phrase.words.len());
            said.is_some_and(|said| said.iter().zip(&phrase.words).all(|(said, (written, folded))| said == written || said == folded))
        };
        phrases.iter().filter(stands).map(|phrase| (phrase.meaning, at + phrase.words.len())).collect()
    }

    /// All that stand in these words: of how many words each is, and what it stands for.
    pub(crate) fn all(&self, words: &[&str]) -> impl Iterator<Item = (usize, T)> {
        (0..words.len()).flat_map(move |at| self.beginning_at(words, at).into_iter().map(move |(meaning, end)| (end - at, meaning)))
    }
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { by_first: HashMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_diacritics_count_and_missing_ones_cost_nothing() {
        let phrases = Phrases::new([("bao lâu", 1), ("bao", 2), ("bảo", 3)]);
        assert_eq!(phrases.beginning_at(&["mất", "bao", "lau"], 1), [(1, 3), (2, 2), (3, 2)]);
        assert_eq!(phrases.beginning_at(&["bảo", "lâu"], 0), [(3, 1)]);
        assert_eq!(phrases.beginning_at(&["bao"], 1), []);
    }
}
