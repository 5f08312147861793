//! Every Vietnamese sentence of the interface has its English, and no English is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use indexer::lexical::has_diacritics;

use super::{ENGLISH, Language, t, tf};

#[test]
fn every_wrapped_sentence_is_translated_and_every_translation_used() -> Result<()> {
    let wrapped = wrapped()?;
    let missing: Vec<_> = wrapped.iter().filter(|(words, _)| !ENGLISH.contains_key(*words)).collect();
    assert!(missing.is_empty(), "locales/en.toml lacks {missing:#?}");
    let unused: Vec<_> = ENGLISH.keys().filter(|words| !wrapped.contains_key(*words)).collect();
    assert!(unused.is_empty(), "nobody says {unused:#?} any more");
    Ok(())
}

#[test]
fn a_translation_adds_no_placeholder_and_no_vietnamese() {
    for (words, english) in ENGLISH.iter() {
        let added: Vec<_> = placeholders(english).difference(&placeholders(words)).cloned().collect();
        assert!(added.is_empty(), "{words:?} has no {added:?}");
        let named = ["Tiếng Việt", "Language · Ngôn ngữ"].contains(&english.as_str());
        assert!(named || !has_diacritics(english), "{english:?} is not English");
    }
}

#[test]
fn no_page_says_a_word_that_is_not_wrapped() -> Result<()> {
    for (path, template) in sources("templates", "html")? {
        // What stands between the literals of expressions is words.
        let outside = template.split("{{").map(|piece| piece.split_once("}}").map_or(piece, |(_, outside)| outside));
        let bare: Vec<&str> = outside.flat_map(str::lines).map(str::trim).filter(|line| has_diacritics(line)).collect();
        assert!(bare.is_empty(), "{}: wrap {bare:#?} in {{{{ \"…\"|t }}}}", path.display());
    }
    Ok(())
}

#[test]
fn values_take_their_places_and_bring_no_new_ones() {
    let values: [(&str, &dyn std::fmt::Display); 2] = [("a", &"{b}"), ("b", &2)];
    assert_eq!(tf(Language::Vietnamese, "{a} và {b}, {c} {", &values), "{b} và 2, {c} {");
    assert_eq!(tf(Language::English, "{days} ngày", &[("days", &3)]), "3 days");
    assert_eq!(t(Language::English, "một tên riêng"), "một tên riêng");
}

/// Words in `t(…)`, `tf(…)`, `vi(…)` of the code and before `|t` of the pages, with a file that says them.
fn wrapped() -> Result<BTreeMap<String, String>> {
    let mut wrapped = BTreeMap::new();
    for (path, code) in sources("src", "rs")?.into_iter().filter(|(path, _)| !path.starts_with(root().join("src/language"))) {
        let code = ["mod tests {", "pub(crate) mod tests {"]
            .iter()
            .fold(code.as_str(), |code, tests| before(code, &format!("#[cfg(test)]\n{tests}")));
        wrapped.extend(calls(code).into_iter().map(|words| (words, path.display().to_string())));
    }
    for (path, template) in sources("templates", "html")? {
        wrapped.extend(filtered(&template).into_iter().map(|words| (words, path.display().to_string())));
    }
    Ok(wrapped)
}

fn before<'a>(text: &'a str, border: &str) -> &'a str {
    text.split_once(border).map_or(text, |(before, _)| before)
}

/// The literals inside every call of one of ours; of `tf` those before its values.
fn calls(code: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let of = |name: &str| {
        let starts = code.match_indices(name).filter(|(at, _)| !code[..*at].ends_with(is_name));
        starts.flat_map(|(at, _)| literals(&code[at + name.len()..])).collect::<Vec<_>>()
    };
    ["t(", "tf(", "vi("].into_iter().flat_map(of).collect()
}

/// The literals up to the parenthesis that closes the call, or to its list of values.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut rest, mut depth) = (Vec::new(), code, 1);
    while let Some(at) = rest.find(['"', '(', ')', '&']) {
        let (letter, after) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = after;
        match letter {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'&' if after.starts_with('[') => break,
            b'"' => {
                let (words, after) = literal(after);
                found.push(words);
                rest = after;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// A literal's words and what comes after its closing quotation mark.
fn literal(code: &str) -> (String, &str) {
    let (mut words, mut rest) = (String::new(), code);
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '"' => break,
            // The line goes on after its indentation.
            '\\' if rest.starts_with('\n') => rest = rest.trim_start(),
            '\\' if rest.starts_with('n') => {
                words.push('\n');
                rest = &rest[1..];
            }
            '\\' => {
                words.extend(rest.chars().next());
                rest = rest.get(1..).unwrap_or_default();
            }
            _ => words.push(letter),
        }
    }
    (words, rest)
}

/// The literals before a filter `t`.
fn filtered(template: &str) -> Vec<String> {
    let expressions = template.split("{{").skip(1).map(|piece| before(piece, "}}").trim());
    let literals = expressions.filter_map(|expression| Some(literal(expression.strip_prefix('"')?)));
    literals.filter(|(_, after)| after.starts_with("|t")).map(|(words, _)| words).collect()
}

fn placeholders(words: &str) -> BTreeSet<String> {
    words.split('{').skip(1).filter_map(|piece| Some(piece.split_once('}')?.0.to_owned())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of that kind below a folder of this crate, with its text.
fn sources(folder: &str, extension: &str) -> Result<Vec<(PathBuf, String)>> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push((path.clone(), fs::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}
