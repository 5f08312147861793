//! The facts and figures of a text, spelled one way so that they can be compared.

use std::collections::BTreeSet;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

const MONEY: [&str; 6] = ["đồng", "vnđ", "đ", "triệu", "nghìn", "ngàn"];
const PERIODS: [&str; 5] = ["ngày", "giờ", "phút", "tuần", "tháng"];
/// Units that make a single digit a figure.
const COUNTED: [&str; 9] = ["%", "năm", "tuổi", "bản", "bộ", "lần", "km", "m2", "trang"];
/// Numbers that need no source: whom to call.
const EMERGENCY: [&str; 6] = ["111", "112", "113", "114", "115", "1022"];
/// Lines that name sources and codes of ours instead of stating facts.
const OF_SOURCES: [&str; 4] = ["nguồn", "source", "mã của", "mã hồ sơ"];

/// One spelling for amounts ("50.000" is "50000"), leading zeros, uỷ/ủy and the commune's bodies.
pub fn canon(text: &str) -> String {
    let lower = text.nfc().collect::<String>().to_lowercase();
    let spaced = lower.split_whitespace().collect::<Vec<_>>().join(" ").replace("uỷ", "ủy");
    let bodies = |text: String, from: &str, to: &str, fits: fn(&str) -> bool| {
        let replaced = replace_words(&text, &format!("ủy ban nhân dân{from}"), &format!("ủy ban nhân dân{to}"), fits);
        replace_words(&replaced, &format!("công an{from}"), &format!("công an{to}"), fits)
    };
    let text = without_leading_zeros(&without_separators(&spaced));
    let text = replace_words(&text, "ubnd", "ủy ban nhân dân", ends_word);
    let text = replace_words(&text, "ủy ban ", "ủy ban nhân dân ", |rest| {
        let rest = rest.strip_prefix("cấp ").unwrap_or(rest);
        ["xã", "phường", "tỉnh"].iter().any(|level| rest.strip_prefix(level).is_some_and(ends_word))
    });
    let text = bodies(text, " cấp ", " ", |rest| rest.starts_with("xã") || rest.starts_with("tỉnh"));
    bodies(text, " phường", " xã", |_| true)
}

/// Whether a text, spelled by [`canon`], holds one of the spellings of each fact.
pub fn has_facts(canonical: &str, facts: &[Vec<String>]) -> bool {
    facts.iter().all(|group| group.iter().any(|fact| holds(canonical, &canon(fact))))
}

/// A fact that begins or ends with a digit is not a part of a longer number.
fn holds(text: &str, fact: &str) -> bool {
    let borders = |(at, _): (usize, &str)| {
        let cut_before = starts_with_digit(fact) && text[..at].ends_with(|c: char| c.is_ascii_digit());
        let cut_after = fact.ends_with(|c: char| c.is_ascii_digit()) && starts_with_digit(&text[at + fact.len()..]);
        !cut_before && !cut_after
    };
    // One by one, since occurrences may overlap.
    fact.is_empty() || text.char_indices().any(|(at, _)| text[at..].starts_with(fact) && borders((at, fact)))
}

/// Whether a text, spelled by [`canon`], states an amount of money.
pub fn states_amount(canonical: &str) -> bool {
    let is_amount = |rest: &str| MONEY.iter().any(|unit| is_unit(rest, unit));
    after_numbers(canonical, &['.', ',']).any(is_amount)
}

/// Whether a text, spelled by [`canon`], states how long something takes.
pub fn states_period(canonical: &str) -> bool {
    after_numbers(canonical, &[]).any(|rest| PERIODS.iter().any(|unit| rest.starts_with(unit)))
}

/// What follows each number, which may have these marks within and behind it.
fn after_numbers<'a>(text: &'a str, marks: &'a [char]) -> impl Iterator<Item = &'a str> {
    let digits = text.char_indices().filter(|(_, letter)| letter.is_ascii_digit());
    digits.map(|(at, _)| text[at..].trim_start_matches(|c: char| c.is_ascii_digit() || marks.contains(&c)).trim_start())
}

/// The figures of an answer, as `bot ask --json` prints it, that none of its citations holds: amounts, dates, times, ages,
/// counts with a unit, document numbers, phones. Not counted: list markers, receipt codes, emergency numbers, lines of sources.
pub fn ungrounded(answer: &Value) -> Vec<String> {
    let text = answer["text"].as_str().unwrap_or_default();
    let stated: Vec<String> = text.lines().filter(|line| !is_of_sources(line)).map(|line| without_codes(without_marker(line))).collect();
    let shown = shown(answer);
    let mut grounded = figures(&shown);
    grounded.extend(digit_runs(&canon(&shown)));
    let stated = figures(&stated.join("\n"));
    stated.into_iter().filter(|figure| !grounded.contains(figure) && !EMERGENCY.contains(&figure.as_str())).collect()
}

fn shown(answer: &Value) -> String {
    let fields = |citation: &Value| {
        let codes: Vec<&str> = citation["codes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let plain = ["quote", "id", "title", "url", "checked_on"].map(|field| citation[field].as_str().unwrap_or_default());
        format!("{} {}", plain.join(" "), codes.join(", "))
    };
    answer["citations"].as_array().into_iter().flatten().map(fields).collect::<Vec<_>>().join(" ")
}

/// Dates as "(day, month, year)", other numbers of two digits and more, single digits before a unit.
fn figures(text: &str) -> BTreeSet<String> {
    let text = canon(text);
    let mut found = BTreeSet::new();
    let rest = take_dates(&text, &mut found);
    found.extend(digit_runs(&rest).filter(|run| run.len() > 1).map(|run| without_zeros(&run)));
    let mut before = ' ';
    for (at, letter) in rest.char_indices() {
        let after = rest[at + letter.len_utf8()..].trim_start();
        let alone = letter.is_ascii_digit() && !before.is_ascii_digit() && before != '.' && before != ',';
        let is_counted =
            |rest: &str| MONEY.iter().any(|unit| is_unit(rest, unit)) || PERIODS.iter().chain(&COUNTED).any(|unit| rest.starts_with(unit));
        if alone && is_counted(after) {
            found.insert(letter.to_string());
        }
        before = letter;
    }
    found
}

/// Moves dates (2026-11-24, 24/11/2026) from the text to `found`; a space stays in their place.
fn take_dates(text: &str, found: &mut BTreeSet<String>) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let date = if ends_with_word(&rest) { None } else { date(&text[at..]) };
        match date {
            Some((length, [day, month, year])) => {
                found.insert(format!("({day}, {month}, {year})"));
                rest.push(' ');
                at += length;
            }
            None => {
                rest.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    rest
}

/// A date that the text begins with: its length, then day, month, year.
fn date(text: &str) -> Option<(usize, [u32; 3])> {
    let mut rest = text;
    let mut parts = [(0, 0); 3];
    let mut separators = [' '; 2];
    for part in 0..3 {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        parts[part] = (digits, rest[..digits].parse().ok()?);
        rest = &rest[digits..];
        if part < 2 {
            separators[part] = rest.chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
            rest = &rest[1..];
        }
    }
    let [(first, a), (second, b), (third, c)] = parts;
    let short = |digits| digits == 1 || digits == 2;
    if !ends_word(rest) || !short(second) {
        return None;
    }
    let length = text.len() - rest.len();
    match (first, third) {
        (4, third) if short(third) && separators == ['-', '-'] => Some((length, [c, b, a])),
        (first, 4) if short(first) => Some((length, [a, b, c])),
        _ => None,
    }
}

fn digit_runs(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned)
}

fn is_of_sources(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    OF_SOURCES.iter().any(|word| line.strip_prefix(word).is_some_and(ends_word))
}

/// Without "1. " or "2) " before it.
fn without_marker(line: &str) -> &str {
    let trimmed = line.trim_start();
    let rest = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = trimmed.len() - rest.len();
    let after = rest.strip_prefix(['.', ')']).and_then(|rest| rest.strip_prefix(char::is_whitespace));
    after.filter(|_| digits == 1 || digits == 2).unwrap_or(line)
}

/// Without receipt codes such as "NA-7K3Q-21".
fn without_codes(line: &str) -> String {
    let mut rest = String::with_capacity(line.len());
    let mut at = 0;
    while let Some(letter) = line[at..].chars().next() {
        let code = if ends_with_word(&rest) { 0 } else { code_length(&line[at..]) };
        rest.push(if code > 0 { ' ' } else { letter });
        at += if code > 0 { code } else { letter.len_utf8() };
    }
    rest
}

/// How long a receipt code at the beginning is; 0 without one.
fn code_length(text: &str) -> usize {
    let capitals = |text: &str| text.bytes().take_while(|byte| byte.is_ascii_uppercase()).count();
    if capitals(text) != 2 {
        return 0;
    }
    let (mut end, mut length) = (2, 0);
    while let Some(group) = text[end..].strip_prefix('-') {
        let letters = group.bytes().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        if !(2..=6).contains(&letters) || !ends_word(&group[letters..]) {
            break;
        }
        end += 1 + letters;
        length = end;
    }
    length
}

/// Without points and commas between thousands.
fn without_separators(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let separates = |at: usize| at > 0 && is_digit(at - 1) && (1..=3).all(|step| is_digit(at + step)) && !is_digit(at + 4);
    letters.iter().enumerate().filter(|(at, letter)| !(matches!(letter, '.' | ',') && separates(*at))).map(|(_, letter)| letter).collect()
}

fn without_leading_zeros(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let bare = rest.trim_start_matches('0');
        let leads = letter == '0' && !written.ends_with(|c: char| c.is_ascii_digit()) && starts_with_digit(bare);
        if leads {
            rest = bare;
            continue;
        }
        written.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    written
}

fn without_zeros(digits: &str) -> String {
    let bare = digits.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
}

/// Replaces `from` where a word begins with it and what follows fits.
fn replace_words(text: &str, from: &str, to: &str, fits: impl Fn(&str) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        written.push_str(before);
        let after = &found[from.len()..];
        written.push_str(if !ends_with_word(&written) && fits(after) { to } else { from });
        rest = after;
    }
    written + rest
}

/// "đ" is money only as a word of its own.
fn is_unit(text: &str, unit: &str) -> bool {
    text.strip_prefix(unit).is_some_and(|rest| unit != "đ" || ends_word(rest))
}

fn ends_word(rest: &str) -> bool {
    !rest.starts_with(is_word_letter)
}

fn ends_with_word(text: &str) -> bool {
    text.ends_with(is_word_letter)
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_spelling() {
        for (written, spelled) in [
            ("50.000  đồng, 1.234.567", "50000 đồng, 1234567"),
            ("1.116410 và 0,5%", "1.116410 và 0,5%"),
            ("05 ngày, 007, 0 đồng, 100", "5 ngày, 7, 0 đồng, 100"),
            ("UBND phường; Uỷ ban xã", "ủy ban nhân dân xã; ủy ban nhân dân xã"),
            ("Ủy ban nhân dân cấp xã, Công an cấp tỉnh, công an phường", "ủy ban nhân dân xã, công an tỉnh, công an xã"),
            ("ủy ban cấp xã; ủy ban xãy", "ủy ban nhân dân xã; ủy ban xãy"),
        ] {
            assert_eq!(canon(written), spelled);
        }
    }

    #[test]
    fn a_fact_is_no_part_of_a_longer_number() {
        let has = |text: &str, fact: &str| has_facts(&canon(text), &[vec![fact.to_owned()]]);
        assert!(has("hết 35.000 đồng", "35.000") && has("trong 07 ngày", "7 ngày") && has("5, 35000", "35.000"));
        assert!(!has("hết 135.000 đồng", "35.000") && !has("trong 17 ngày", "7 ngày") && !has("350000", "35.000"));
        assert!(has_facts("", &[]) && !has_facts("a", &[vec![]]));
    }

    #[test]
    fn amounts_and_periods() {
        assert!(states_amount("hết 35000 đồng") && states_amount("2 triệu") && states_amount("5 đ.") && !states_amount("5 đơn"));
        assert!(states_period("trong 3 ngày") && !states_period("3 đồng"));
        assert!(!states_period("60/2014/qh13, ngày 20/11/2014"));
    }

    #[test]
    fn figures_without_a_source_are_named() {
        let answer = |text: &str| json!({"text": text, "citations": [{"quote": "Phí 50.000 đồng, 3 bản, từ 01/7/2025", "codes": ["1.001"], "url": null}]});
        let named = |text: &str| ungrounded(&answer(text));
        assert!(named("1. Nộp 50000 đồng\n2) 03 bản\nNguồn: 77 trang\nMã của anh/chị NA-7K3Q-21, gọi 113, ngày 1-7-2025").is_empty());
        assert_eq!(named("60.000 đồng, 4 bản, ngày 2/7/2025, 9 người"), ["(2, 7, 2025)", "4", "60000"]);
        assert_eq!(named("mã NA-7K3Q-21x9 và 1 chỗ 02383123456"), ["21", "2383123456"]);
    }
}
