//! "…Tên giấy tờMẫu đơn, tờ khaiSố lượngTờ khai…doc1 bản chínhGiấy…0 bản chính,1 bản sao": the papers of each case.

use super::record::stated;
use crate::guide::{Paper, PaperCase};

const HEADER: &str = "Tên giấy tờMẫu đơn, tờ khaiSố lượng";
const KINDS: [&str; 2] = [" bản chính", " bản sao"];
const FILES: [&str; 9] = [".docx", ".doc", ".pdf", ".xlsx", ".xls", ".rar", ".zip", ".DOCX", ".DOC"];

/// Reads the tables; `None` where there is none. A case without a name of its own is called `every_case`.
pub(super) fn parse(text: &str, every_case: &str) -> Option<Vec<PaperCase>> {
    let mut parts = text.split(HEADER);
    let mut name = parts.next()?.to_owned();
    let mut cases = Vec::new();
    for table in parts {
        let (items, next) = table_rows(table);
        let (forms, others): (Vec<Paper>, Vec<Paper>) = items.into_iter().partition(|paper| is_form(&paper.name));
        // The portal's tables have no order; what one fills in comes first.
        let items: Vec<Paper> = forms.into_iter().chain(others).collect();
        let case = stated(name.trim().trim_end_matches(':')).unwrap_or(every_case).to_owned();
        if !items.is_empty() {
            cases.push(PaperCase { case: one_line(&case), source: None, items });
        }
        name = next.to_owned();
    }
    (!cases.is_empty()).then_some(cases)
}

fn is_form(name: &str) -> bool {
    let name = name.to_lowercase();
    ["tờ khai", "đơn", "giấy đề nghị", "văn bản đề nghị", "phiếu", "giấy yêu cầu"].iter().any(|form| name.starts_with(form))
}

/// The papers of one table, and what follows its last one: the name of the next case.
fn table_rows(table: &str) -> (Vec<Paper>, &str) {
    let mut papers = Vec::new();
    let mut rest = table;
    while let Some((at, end)) = copies(rest) {
        papers.extend(paper(&rest[..at], &rest[at..end]));
        rest = &rest[end..];
    }
    (papers, rest)
}

/// Where the next "1 bản chính,1 bản sao" stands: a digit that follows the paper's name at once. "(01 bản chính)" belongs to
/// the name.
fn copies(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(found) = KINDS.iter().filter_map(|kind| text[from..].find(kind)).min() {
        let kind = from + found;
        let at = text[..kind].char_indices().next_back().filter(|(_, letter)| letter.is_ascii_digit()).map(|(at, _)| at);
        let before = at.and_then(|at| text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).chars().next_back());
        if let Some(at) = at.filter(|_| before.is_none_or(|before| !before.is_whitespace() && before != '(' && before != ',')) {
            return Some((at, end_of_copies(text, at)));
        }
        from = kind + 1;
    }
    None
}

fn end_of_copies(text: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        let digits = text[end..].chars().take_while(char::is_ascii_digit).count();
        let Some(kind) = KINDS.iter().find(|kind| text[end + digits..].starts_with(**kind)) else { return end };
        end += digits + kind.len();
        match text[end..].strip_prefix(',') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => end += 1,
            _ => return end,
        }
    }
}

fn paper(name: &str, copies: &str) -> Option<Paper> {
    let name = one_line(without_file(name).trim().trim_start_matches(['-', '+', '*']).trim().trim_end_matches(';'));
    let copies: Vec<&str> = copies.split(',').filter(|copies| !copies.starts_with("0 ")).collect();
    (!name.is_empty()).then(|| Paper { name, copies: Some(copies.join(", ")).filter(|copies| !copies.is_empty()), note: None })
}

/// A form's file name at the end says nothing to a reader.
fn without_file(name: &str) -> &str {
    if !FILES.iter().any(|file| name.ends_with(file)) {
        return name;
    }
    let letters = name.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if letters.is_empty() { name } else { letters }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
