//! What is done to words so that a guard does not see them, undone. Each way back gives another text to look at; the text that
//! is answered stays as it was typed.

mod codes;
mod joined;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

pub(super) use codes::decoded;

/// Compatibility forms ("ｂ", "𝐛", "ⓑ") and look-alikes of other scripts as Latin letters; marks that no Vietnamese letter
/// carries, dropped.
pub(super) fn latin(text: &str) -> String {
    let mut base = ' ';
    let mut letters = String::with_capacity(text.len());
    for c in text.nfkd().map(look_alike) {
        if !is_combining_mark(c) {
            base = c;
        } else if !(is_vietnamese_mark(c) && "aeiouy".contains(base.to_ascii_lowercase())) {
            continue;
        }
        letters.push(c);
    }
    letters.nfc().collect()
}

/// Cyrillic and Greek letters that look like Latin ones.
fn look_alike(c: char) -> char {
    const PAIRS: [(&str, &str); 3] = [
        ("аеорсухіјѕһԁԛԝькмтпвнгзч", "aeopcyxijshdqwbkmtnbhrz4"),
        ("АВЕКМНОРСТУХІЈЅЬ", "ABEKMHOPCTYXIJSb"),
        ("αορντικυηωβεγχΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "aopvtikunwBeyxABEHIKMNOPTYXZ"),
    ];
    let found = PAIRS.iter().find_map(|(foreign, latin)| latin.chars().nth(foreign.chars().position(|letter| letter == c)?));
    found.unwrap_or(c)
}

/// Tones, and the marks of ă, â, ê, ô, ơ, ư.
fn is_vietnamese_mark(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{302}' | '\u{303}' | '\u{306}' | '\u{309}' | '\u{31b}' | '\u{323}')
}

/// The text with leetspeak as letters, and with its letters joined to words, where that makes a difference.
pub(super) fn respelled(text: &str) -> Vec<String> {
    let mut texts: Vec<String> = ['i', 'l'].into_iter().map(|one| unleet(text, one)).collect();
    texts.push(joined::joined(text));
    texts.push(joined::joined(&texts[0]));
    texts.sort();
    texts.dedup();
    texts.retain(|other| other != text);
    texts
}

/// Digits and signs inside words of letters as the letters that they stand for.
fn unleet(text: &str, one: char) -> String {
    let word = |word: &str| {
        let mixed = word.chars().any(char::is_alphabetic) && word.chars().any(|c| letter(c, one) != c);
        if mixed { word.chars().map(|c| letter(c, one)).collect() } else { word.to_owned() }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn letter(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' => one,
        '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_become_latin() {
        assert_eq!(latin("Іgnоrе ｌàｍ 𝐠𝐢ả b̈ằng"), "Ignore làm giả bằng");
        assert_eq!(latin("Đường Nguyễn Sỹ Sách"), "Đường Nguyễn Sỹ Sách");
    }

    #[test]
    fn leetspeak_and_joined_letters_are_read() {
        assert!(respelled("1gn0r3 4ll").contains(&"ignore all".to_owned()));
        assert!(respelled("b.o q.u.a").contains(&"bo qua".to_owned()));
        assert!(respelled("làm giấy khai sinh cho con").is_empty());
    }
}
