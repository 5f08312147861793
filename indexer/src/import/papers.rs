//! The tables of papers ("thành phần hồ sơ"): a case, then papers with form and copies, run together.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::text::{inline, pattern, says_nothing, tidy};
use crate::guide::{Paper, PaperCase};

const HEAD: &str = "Tên giấy tờMẫu đơn, tờ khaiSố lượng";
/// The case of a table that the portal gives no name.
const UNNAMED: &str = "Thành phần hồ sơ";

/// What ends a paper: "1 bản chính,1 bản sao".
static COPIES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d+) bản (chính|sao|chụp|gốc)(?:, ?(\d+) bản (chính|sao|chụp|gốc))?"));
/// A form's file glued to the paper's name: "…trung ương.Mau02.docx".
static FORM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[\p{Ll}\d][.;,)]*|[.;)])(\p{Lu}[^\n]{0,80}\.(?i:docx?|pdf|xlsx?|rar|zip))$"));

/// Whether the text holds a table of papers at all.
pub(super) fn has_table(text: &str) -> bool {
    text.contains(HEAD)
}

/// The papers of each case, and what belongs to none.
pub(super) fn papers(text: &str) -> (Vec<PaperCase>, String) {
    let text = tidy(text);
    let mut tables = text.split(HEAD);
    let mut case = tables.next().unwrap_or_default();
    let (mut cases, mut rest) = (Vec::new(), Vec::new());
    for table in tables {
        let (items, next) = items(table);
        match (items.is_empty(), name(case)) {
            (true, UNNAMED) => {}
            (true, _) => rest.push(case.trim()),
            (false, name) => cases.push(PaperCase { case: name.to_owned(), source: None, items }),
        }
        case = next;
    }
    rest.push(case.trim());
    rest.retain(|text| !says_nothing(text));
    (merged(cases), rest.join("\n"))
}

fn name(case: &str) -> &str {
    let case = case.trim().trim_end_matches(':').trim_matches(['-', '+', '*', '•', ' ']);
    if says_nothing(case) { UNNAMED } else { case }
}

/// A table's papers, and the text behind the last of them.
fn items(table: &str) -> (Vec<Paper>, &str) {
    let (mut items, mut begin) = (Vec::new(), 0);
    for found in COPIES.captures_iter(table) {
        let Some(start) = marker(table, &found) else { continue };
        let end = found.get(0).map_or(start, |whole| whole.end());
        let paper = paper(&table[begin..start], &table[start..end]);
        begin = end;
        if let Some(paper) = paper.filter(|paper| !items.contains(paper)) {
            items.push(paper);
        }
    }
    // The portal's tables have no order of their own: what one fills in comes first.
    items.sort_by_key(|paper| !is_form(&paper.name));
    (items, &table[begin..])
}

fn is_form(name: &str) -> bool {
    let name = name.to_lowercase();
    ["tờ khai", "đơn ", "giấy đề nghị", "văn bản đề nghị", "phiếu", "giấy yêu cầu"].iter().any(|form| name.starts_with(form))
}

/// Where the number of copies begins, if this is the table's column and not a paper's own words ("nộp 01 bản chính.").
fn marker(table: &str, found: &Captures<'_>) -> Option<usize> {
    let (whole, number) = (found.get(0)?, found.get(1)?);
    let is_glued = !table[..whole.start()].ends_with(char::is_whitespace);
    let next = table[whole.end()..].chars().next();
    let goes_on = next.is_some_and(|letter| matches!(letter, ' ' | '.' | ',' | ';' | ':' | ')' | '/'));
    if goes_on || (!is_glued && number.as_str().starts_with('0') && number.len() == 2) {
        return None;
    }
    // "Mẫu số 051 bản chính": all but the last digit belong to the name, unless a letter stands before a number of two.
    let before = table[..number.start()].chars().next_back();
    let is_whole = number.len() == 1 || (number.len() == 2 && !number.as_str().starts_with('0') && before.is_some_and(char::is_alphabetic));
    Some(if is_whole { number.start() } else { number.end() - 1 })
}

fn paper(name: &str, copies: &str) -> Option<Paper> {
    let name = inline(name);
    let form = FORM.captures(&name).and_then(|found| found.get(1));
    let (name, note) = match form {
        Some(form) => (name[..form.start()].to_owned(), Some(format!("Mẫu: {}", form.as_str()))),
        None => (name, None),
    };
    let name = name.trim_start_matches(['-', '+', '*', '•', ' ']).trim_end_matches([';', ' ']);
    let copies: Vec<&str> = copies.split(',').map(str::trim).filter(|copies| !copies.starts_with("0 ")).collect();
    let copies = (!copies.is_empty()).then(|| copies.join(", "));
    (!name.is_empty()).then(|| Paper { name: name.to_owned(), copies, note })
}

/// Tables of one case as one, in the order in which they stand.
fn merged(cases: Vec<PaperCase>) -> Vec<PaperCase> {
    let mut merged: Vec<PaperCase> = Vec::new();
    for case in cases {
        match merged.iter_mut().find(|before| before.case == case.case) {
            Some(before) => case.items.into_iter().for_each(|item| {
                if !before.items.contains(&item) {
                    before.items.push(item)
                }
            }),
            None => merged.push(case),
        }
    }
    merged
}
