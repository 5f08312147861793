//! From a file's text to a guide, and what to tell the editor when that fails.

use serde::de::DeserializeOwned;
use serde_saphyr::Error as YamlError;

use super::{BodySection, Guide};

/// Why a text is not a guide, said to its editor.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("dòng {line}: {message}. Cách sửa: {mend}")]
pub struct ParseError {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The key that is wrong, or an empty string.
    pub field: String,
    /// What is wrong, in Vietnamese.
    pub message: String,
    /// What to do about it, in Vietnamese.
    pub mend: String,
}

impl ParseError {
    fn new(line: usize, field: &str, message: impl Into<String>, mend: impl Into<String>) -> ParseError {
        ParseError { line, field: field.to_owned(), message: message.into(), mend: mend.into() }
    }
}

pub(super) fn parse(text: &str) -> Result<Guide, ParseError> {
    let (mut guide, body): (Guide, &str) = front_matter(text)?;
    if !guide.sections.is_empty() {
        return Err(unknown_field(1, "sections", &[]));
    }
    guide.sections = body_sections(body);
    Ok(guide)
}

/// Reads a file's front matter into its rows; the rest is the body.
pub(crate) fn front_matter<T: DeserializeOwned>(text: &str) -> Result<(T, &str), ParseError> {
    let (front_matter, body) = split(text)?;
    let rows = serde_saphyr::from_str(front_matter).map_err(|error| explain(&error))?;
    Ok((rows, body))
}

/// Splits a file into its front matter (with the opening `---`, so that the parser counts the file's lines) and body.
pub(crate) fn split(text: &str) -> Result<(&str, &str), ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mend = "đặt các trường giữa hai dòng chỉ có ba gạch ngang (---), dòng thứ nhất ở đầu tệp";
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_fence = line.trim_end() == "---";
        if number == 0 && !is_fence {
            return Err(ParseError::new(1, "", "tệp không mở đầu bằng dòng ---", mend));
        }
        if number > 0 && is_fence {
            return Ok((&text[..offset], &text[offset + line.len()..]));
        }
        offset += line.len();
    }
    Err(ParseError::new(1, "", "phần đầu tệp không có dòng --- kết thúc", mend))
}

fn explain(error: &YamlError) -> ParseError {
    let line = error.location().map_or(1, |location| location.line() as usize);
    match error.without_snippet() {
        YamlError::SerdeUnknownField { field, expected, .. } => unknown_field(line, field, expected),
        YamlError::SerdeMissingField { field, .. } => {
            let message = format!("thiếu trường bắt buộc `{field}`");
            ParseError::new(line, field, message, format!("thêm dòng `{field}: …` vào đúng mục này"))
        }
        YamlError::SerdeUnknownVariant { variant, expected, .. } => {
            let message = format!("giá trị `{variant}` không có trong danh sách cho phép");
            ParseError::new(line, "", message, format!("chọn một trong: {}", expected.join(", ")))
        }
        YamlError::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            ParseError::new(line, key, format!("trường `{key}` ghi hai lần"), "giữ lại một dòng")
        }
        other => {
            let message = format!("không đọc được phần đầu tệp ({other})");
            let mend = "xem lại dấu cách đầu dòng, dấu hai chấm, dấu ngoặc kép và ngày (năm-tháng-ngày) ở dòng này";
            ParseError::new(line, "", message, mend)
        }
    }
}

fn unknown_field(line: usize, field: &str, expected: &[&str]) -> ParseError {
    let allowed: Vec<&str> = expected.iter().copied().filter(|name| *name != "sections").collect();
    let mend = match allowed.as_slice() {
        [] => "xóa dòng này".to_owned(),
        names => format!("sửa tên trường hoặc xóa dòng này; các trường được phép: {}", names.join(", ")),
    };
    ParseError::new(line, field, format!("trường `{field}` không có trong mẫu"), mend)
}

fn body_sections(body: &str) -> Vec<BodySection> {
    let mut sections = vec![BodySection { heading: String::new(), text: String::new() }];
    for line in body.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(BodySection { heading: heading.trim().to_owned(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line.trim_end());
            section.text.push('\n');
        }
    }
    for section in &mut sections {
        section.text = section.text.trim().to_owned();
    }
    sections.retain(|section| !section.text.is_empty());
    sections
}
