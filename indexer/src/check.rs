//! What is wrong with a guide, said to the editor who wrote it.

mod locate;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::guide::{Guide, ParseError};
pub(crate) use rules::is_code;

/// One thing to mend. `Display` gives one line: file, place, rule and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The file as the caller named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The key's path, for example `fees[0].source`; empty when the whole file is meant.
    pub field: String,
    /// Whether the guide may go live as it is.
    pub severity: Severity,
    /// What is wrong, in Vietnamese.
    pub rule: String,
    /// What to do, in Vietnamese.
    pub mend: String,
}

/// Whether a guide with that finding may go live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It may not: a fact would have no source, or the file can't be read.
    Error,
    /// It may, and should be mended soon.
    Warning,
}

/// What a guide is checked against besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Today in Vietnam.
    pub today: Date,
    /// The ids of all guides, for `related`.
    pub ids: &'a HashSet<String>,
}

/// A folder's guides and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct FolderCheck {
    /// The guides that may go live: id and text, in the order of ids.
    pub good: Vec<(String, String)>,
    /// The ids (file names) of the others.
    pub broken: Vec<String>,
    /// All findings, in the order of files and lines.
    pub findings: Vec<Finding>,
}

/// Checks one file's text; `file` is how the findings name it, its stem the id that the guide must have.
pub fn check(file: &str, text: &str, surroundings: &Surroundings<'_>) -> Vec<Finding> {
    let guide = match Guide::parse(text) {
        Ok(guide) => guide,
        Err(error) => return vec![unreadable(file, error)],
    };
    let mut findings = rules::all(file, text, &guide, surroundings);
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Checks a guide that stands in no file yet: its id is its own, and the findings tell no lines.
pub fn check_guide(guide: &Guide, surroundings: &Surroundings<'_>) -> Vec<Finding> {
    rules::all(&guide.id, "", guide, surroundings)
}

/// The first day on which a guide has warnings. Neighbours are not looked at: they come and go.
pub(crate) fn warned_from(guide: &Guide) -> Date {
    let ids = guide.related.iter().cloned().collect();
    let warns = |today| {
        let findings = check_guide(guide, &Surroundings { today, ids: &ids });
        findings.iter().any(|finding| finding.severity == Severity::Warning)
    };
    let first = Date::constant(1, 1, 1);
    if warns(first) {
        return first;
    }
    let fees = guide.fees.iter().filter_map(|row| row.valid_to);
    let times = guide.times.iter().filter_map(|row| row.valid_to);
    let laws = guide.legal_basis.iter().filter_map(|row| row.valid_to);
    let last = fees.chain(times).chain(laws).fold(guide.review_by, Date::min);
    last.tomorrow().unwrap_or(last)
}

/// The folder of a knowledge base that holds its guides: its own folder `guides/`, or itself.
pub(crate) fn guides_folder(source: &Path) -> PathBuf {
    let inner = source.join("guides");
    if inner.is_dir() { inner } else { source.to_owned() }
}

/// Checks all guides of a knowledge base (its folder `guides/`) or of a folder that holds guides itself.
///
/// # Errors
/// When the folder can't be read or holds no guide: most likely it is the wrong one.
pub fn check_folder(source: &Path, today: Date) -> Result<FolderCheck> {
    let files = guide_files(source)?;
    let mut texts = Vec::new();
    let mut checked = FolderCheck::default();
    for path in &files {
        match read(path) {
            Ok(text) => texts.push((path, text)),
            Err(finding) => {
                checked.broken.push(stem(path));
                checked.findings.push(finding);
            }
        }
    }
    let ids = files.iter().map(|path| stem(path)).collect();
    for (path, text) in texts {
        let findings = check(&path.display().to_string(), &text, &Surroundings { today, ids: &ids });
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            checked.broken.push(stem(path));
        } else {
            checked.good.push((stem(path), text));
        }
        checked.findings.extend(findings);
    }
    checked.findings.extend(shared_titles(&checked.good, &files));
    Ok(checked)
}

/// Two guides of one title can't be told apart when a citizen is asked which one is meant.
fn shared_titles(good: &[(String, String)], files: &[PathBuf]) -> Vec<Finding> {
    let mut owners: HashMap<String, &str> = HashMap::new();
    let mut findings = Vec::new();
    for (id, text) in good {
        let Ok(guide) = Guide::parse(text) else { continue };
        let Some(other) = owners.insert(crate::lexical::normalise(&guide.title), id) else { continue };
        let file = files.iter().find(|path| stem(path) == *id).map_or(id.clone(), |path| path.display().to_string());
        let rule = format!("tên thủ tục trùng với bản hướng dẫn `{other}`");
        let mend = "sửa tên cho khác nhau hoặc gộp hai bản".to_owned();
        let line = locate::line(text, "title");
        findings.push(Finding { file, line, field: "title".to_owned(), severity: Severity::Warning, rule, mend });
    }
    findings
}

pub(crate) fn guide_files(source: &Path) -> Result<Vec<PathBuf>> {
    let folder = guides_folder(source);
    let files = markdown_files(&folder)?;
    if files.is_empty() {
        bail!("thư mục {} không có bản hướng dẫn nào (tệp .md)", folder.display());
    }
    Ok(files)
}

/// The folder's Markdown files, in the order of their names.
pub(crate) fn markdown_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("không đọc được thư mục {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    files.sort();
    Ok(files)
}

pub(crate) fn read(path: &Path) -> Result<String, Finding> {
    let finding = |line, rule: String, mend: &str| Finding {
        file: path.display().to_string(),
        line,
        field: String::new(),
        severity: Severity::Error,
        rule,
        mend: mend.to_owned(),
    };
    let bytes = fs::read(path).map_err(|error| finding(1, format!("không đọc được tệp ({error})"), "xem lại tệp và quyền đọc"))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        finding(line, "tệp có ký tự không phải UTF-8".to_owned(), "lưu lại tệp với bảng mã UTF-8")
    })
}

pub(crate) fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Only the ending goes: a catalogue's id has a dot of its own.
    name.strip_suffix(".md").map_or(name.clone(), str::to_owned)
}

pub(crate) fn unreadable(file: &str, error: ParseError) -> Finding {
    let ParseError { line, field, message, mend } = error;
    Finding { file: file.to_owned(), line, field, severity: Severity::Error, rule: message, mend }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Error => "",
            Severity::Warning => " (nhắc)",
        };
        write!(formatter, "{}:{}", self.file, self.line)?;
        if !self.field.is_empty() {
            write!(formatter, " {}", self.field)?;
        }
        write!(formatter, "{kind}: {}. Cách sửa: {}.", self.rule, self.mend)
    }
}
