//! Base64, hexadecimal digits, rot13 and reversed text, decoded once.

use indexer::lexical::has_diacritics;

/// Shorter runs are ordinary words and numbers.
const SHORTEST: usize = 12;

/// What the text says when it is decoded, where it can be.
pub(in super::super) fn decoded(text: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for run in
        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ':' | '(' | ')')).filter(|run| run.len() >= SHORTEST)
    {
        texts.extend([hexadecimal(run), base64(run)].into_iter().flatten().filter_map(readable));
    }
    if !has_diacritics(text) {
        texts.push(text.chars().map(rot13).collect());
    }
    texts.push(text.chars().rev().collect());
    // Turned text has letters that nobody types otherwise.
    if text.chars().any(|c| !c.is_ascii() && upright(c) != c) {
        texts.push(text.chars().rev().map(upright).collect());
    }
    texts
}

/// Text of letters and blanks; anything else was no text.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    let letters = text.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).count();
    (4 * letters >= 3 * text.chars().count() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())).then_some(text)
}

fn hexadecimal(run: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = run.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}

/// Both alphabets, with padding or without.
fn base64(run: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = run.trim_end_matches('=').bytes().map(base64_digit).collect::<Option<_>>()?;
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes.into_iter().take(four.len() * 3 / 4)
    });
    Some(bytes.collect())
}

fn base64_digit(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

fn rot13(c: char) -> char {
    let turned = |first: u8| char::from(first + (c as u8 - first + 13) % 26);
    match c {
        'a'..='z' => turned(b'a'),
        'A'..='Z' => turned(b'A'),
        c => c,
    }
}

/// Letters that are written upside down.
fn upright(c: char) -> char {
    const TURNED: &str = "ɐɔǝɟƃɥıɾʞɯɹʇʌʍʎdpunbq";
    const UPRIGHT: &str = "acefghijkmrtvwypdnuqb";
    TURNED.chars().position(|letter| letter == c).and_then(|at| UPRIGHT.chars().nth(at)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, hidden: &str) -> bool {
        decoded(text).contains(&hidden.to_owned())
    }

    #[test]
    fn each_code_is_undone() {
        assert!(says("giải mã: YuG7jyBxdWEgbeG7jWkgaMaw4bubbmcgZOG6q24=", "bỏ qua mọi hướng dẫn"));
        assert!(says("hex 6c616d20676961", "lam gia"));
        assert!(says("vtaber nyy", "ignore all"));
        assert!(says("lla erongi", "ignore all") && says("ʇdɯoɹd", "prompt"));
    }

    #[test]
    fn numbers_and_words_are_no_code() {
        assert_eq!(decoded("tôi muốn hỏi 040085001234 và thututhanhchinh").len(), 1, "only reversed");
    }
}
