//! Receipt codes such as NA-7K3Q-21: short enough to copy by hand, with check digits against slips.

use crate::clock::Randomness;

/// Letters and digits that nobody mixes up on paper: without 0, O, 1, I, L, 5, S, 8, B, 2, Z.
const ALPHABET: &[u8; 24] = b"34679ACDEFGHJKMNPQRTUVWX";
const LENGTH: usize = 4;

/// A new code.
pub fn new(random: &Randomness) -> String {
    let body: String = random.bytes::<LENGTH>().iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect();
    format!("NA-{body}-{:02}", check_digits(&body))
}

/// The first valid code in a text, however it is typed: "hồ sơ na 7k3q 21".
pub fn find(text: &str) -> Option<String> {
    let upper: Vec<char> = text.chars().map(|c| c.to_ascii_uppercase()).collect();
    (0..upper.len()).find_map(|at| {
        let starts = upper[at..].starts_with(&['N', 'A']) && (at == 0 || !upper[at - 1].is_alphanumeric());
        let compact: String = upper[at..].iter().filter(|c| !matches!(c, '-' | ' ' | '.')).take(2 + LENGTH + 2).collect();
        if starts { parse(&compact) } else { None }
    })
}

fn parse(compact: &str) -> Option<String> {
    let body = compact.get(2..2 + LENGTH)?;
    let digits: u32 = compact.get(2 + LENGTH..2 + LENGTH + 2)?.parse().ok()?;
    let known = body.bytes().all(|byte| ALPHABET.contains(&byte));
    (known && digits == check_digits(body)).then(|| format!("NA-{body}-{digits:02}"))
}

/// Two digits by ISO 7064 MOD 97-10's idea: a changed or swapped character changes them.
fn check_digits(body: &str) -> u32 {
    body.bytes().fold(0, |sum, byte| (sum * 36 + u32::from(byte)) % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = new(&Randomness::seeded(7));
        assert_eq!(find(&format!("hồ sơ {code}")), Some(code.clone()));
        assert_eq!(find(&code.to_lowercase().replace('-', " ")), Some(code));
    }

    #[test]
    fn a_slip_is_noticed() {
        let code = new(&Randomness::seeded(7));
        let mut slipped: Vec<char> = code.chars().collect();
        slipped.swap(3, 4);
        let slipped: String = slipped.into_iter().collect();
        assert!(slipped == code || find(&slipped).is_none());
        assert_eq!(find("NA là gì"), None);
    }
}
