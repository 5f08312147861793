//! Where the tone mark of a syllable stands.

use std::borrow::Cow;

/// Each vowel with its five tones: grave, acute, tilde, hook above, dot below.
const VOWELS: [(char, [char; 5]); 12] = [
    ('a', ['à', 'á', 'ã', 'ả', 'ạ']),
    ('ă', ['ằ', 'ắ', 'ẵ', 'ẳ', 'ặ']),
    ('â', ['ầ', 'ấ', 'ẫ', 'ẩ', 'ậ']),
    ('e', ['è', 'é', 'ẽ', 'ẻ', 'ẹ']),
    ('ê', ['ề', 'ế', 'ễ', 'ể', 'ệ']),
    ('i', ['ì', 'í', 'ĩ', 'ỉ', 'ị']),
    ('o', ['ò', 'ó', 'õ', 'ỏ', 'ọ']),
    ('ô', ['ồ', 'ố', 'ỗ', 'ổ', 'ộ']),
    ('ơ', ['ờ', 'ớ', 'ỡ', 'ở', 'ợ']),
    ('u', ['ù', 'ú', 'ũ', 'ủ', 'ụ']),
    ('ư', ['ừ', 'ứ', 'ữ', 'ử', 'ự']),
    ('y', ['ỳ', 'ý', 'ỹ', 'ỷ', 'ỵ']),
];

/// A composed lower-case word with its tone mark moved to where the traditional spelling has it. Words without exactly
/// one tone mark, or with none of the Vietnamese vowels, come back as they are.
pub(super) fn placed(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut toned = word.chars().enumerate().filter_map(|(at, letter)| Some((at, bare(letter)?)));
    let (Some((at, (_, tone))), None) = (toned.next(), toned.next()) else { return Cow::Borrowed(word) };
    let letters: Vec<char> = word.chars().map(|letter| bare(letter).map_or(letter, |(vowel, _)| vowel)).collect();
    match tone_position(&letters) {
        Some(position) if position != at => Cow::Owned(with_tone(letters, position, tone)),
        _ => Cow::Borrowed(word),
    }
}

fn with_tone(mut letters: Vec<char>, position: usize, tone: usize) -> String {
    if let Some((_, toned)) = VOWELS.iter().find(|(vowel, _)| *vowel == letters[position]) {
        letters[position] = toned[tone];
    }
    letters.into_iter().collect()
}

/// The vowel without its tone, and the place of the tone in [`VOWELS`]; none for a letter without one.
fn bare(letter: char) -> Option<(char, usize)> {
    if letter.is_ascii() {
        return None;
    }
    VOWELS.iter().find_map(|(vowel, toned)| Some((*vowel, toned.iter().position(|other| *other == letter)?)))
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
