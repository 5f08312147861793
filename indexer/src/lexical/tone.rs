//! Where the tone mark of a syllable stands.

use unicode_normalization::UnicodeNormalization;

/// Grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A lower-case word with its tone mark moved to where the traditional spelling has it. Words without exactly one tone
/// mark, or with none of the Vietnamese vowels, come back as they are.
pub(super) fn placed(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let marked: String = word.nfd().collect();
    let mut tones = marked.chars().filter(|letter| TONES.contains(letter));
    let (Some(tone), None) = (tones.next(), tones.next()) else { return word.to_owned() };
    let bare: Vec<char> = marked.chars().filter(|letter| *letter != tone).nfc().collect();
    let Some(position) = tone_position(&bare) else { return word.to_owned() };
    let mut letters = bare;
    letters.insert(position + 1, tone);
    letters.into_iter().nfc().collect()
}

/// The vowel that carries the tone: the last one with a mark of its own (ê, ơ, ư…); else, before a final consonant, the
/// last one; else the first of two and the middle one of three.
fn tone_position(letters: &[char]) -> Option<usize> {
    let start = nucleus_start(letters)?;
    let length = letters[start..].iter().take_while(|letter| is_vowel(**letter)).count();
    let nucleus = start..start + length;
    if let Some(marked) = nucleus.clone().rev().find(|at| !letters[*at].is_ascii()) {
        return Some(marked);
    }
    let is_closed = nucleus.end < letters.len();
    match length {
        1 => Some(start),
        _ if is_closed => Some(nucleus.end - 1),
        _ => Some(start + (length - 1) / 2),
    }
}

/// Where the vowels begin; the u of "qu" and the i of "gi" before a vowel belong to the consonant.
fn nucleus_start(letters: &[char]) -> Option<usize> {
    let first = letters.iter().position(|letter| is_vowel(*letter))?;
    let onset: String = letters[..=first].iter().collect();
    let another_follows = letters.get(first + 1).is_some_and(|letter| is_vowel(*letter));
    let is_glide = matches!(onset.as_str(), "qu" | "gi") && another_follows;
    Some(if is_glide { first + 1 } else { first })
}

fn is_vowel(letter: char) -> bool {
    "aăâeêioôơuưy".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::placed;

    #[test]
    fn every_syllable_keeps_or_finds_its_traditional_spelling() {
        for (written, expected) in [
            ("hoà", "hòa"),
            ("khoẻ", "khỏe"),
            ("thuỷ", "thủy"),
            ("hòan", "hoàn"),
            ("qúy", "quý"),
            ("quỳ", "quỳ"),
            ("gìa", "già"),
            ("gì", "gì"),
            ("giấy", "giấy"),
            ("ngoài", "ngoài"),
            ("khuỷu", "khuỷu"),
            ("người", "người"),
            ("nghĩa", "nghĩa"),
            ("của", "của"),
            ("giữa", "giữa"),
            ("tuyến", "tuyến"),
            ("mất", "mất"),
            ("huỷ", "hủy"),
            ("uỷ", "ủy"),
            ("thuở", "thuở"),
            ("rượu", "rượu"),
            ("toà", "tòa"),
            ("an", "an"),
            ("xyz", "xyz"),
        ] {
            assert_eq!(placed(written), expected, "{written}");
        }
    }
}
