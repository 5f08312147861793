//! One slip of the finger: a letter too many, too few, another one, or two swapped.

/// The words that come of `word` when one letter is left out, and the word itself: two words one slip apart share one.
pub(super) fn with_deletions(word: &str) -> Vec<String> {
    let without = |at: usize, letter: char| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..]);
    std::iter::once(word.to_owned()).chain(word.char_indices().map(|(at, letter)| without(at, letter))).collect()
}

/// Whether at most one slip lies between two words.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([], []) => true,
        ([a, b, one @ ..], [c, d, other @ ..]) if a == d && b == c && one == other => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        _ => one.get(1..).is_some_and(|one| one == other) || other.get(1..).is_some_and(|other| other == one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_near_and_two_are_not() {
        for typed in ["quynhluu", "quynhluuu", "qunhluu", "qyunhluu", "quynhlua", "quynhlu"] {
            assert!(is_near(typed, "quynhluu"), "{typed}");
        }
        for typed in ["quynhlaa", "qunhlu", "uqynhluuu", "nhluu"] {
            assert!(!is_near(typed, "quynhluu"), "{typed}");
        }
    }
}
