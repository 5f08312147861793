//! `multipart/form-data`, as far as bot libraries use it.

/// A field of a form; one with a file name is an upload.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// The form's parts; `None` where the body is no such form or is cut off.
pub(super) fn parse(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let delimiter = format!("--{}", boundary(content_type)?);
    let mut parts = Vec::new();
    let mut rest = &body[find(body, delimiter.as_bytes())? + delimiter.len()..];
    let end = format!("\r\n{delimiter}");
    while !rest.starts_with(b"--") {
        let part = rest.strip_prefix(b"\r\n")?;
        let length = find(part, end.as_bytes())?;
        parts.push(read(&part[..length])?);
        rest = &part[length + end.len()..];
    }
    Some(parts)
}

fn boundary(content_type: &str) -> Option<&str> {
    let value = content_type.split(';').find_map(|piece| piece.trim().strip_prefix("boundary="))?;
    Some(value.trim_matches('"'))
}

fn read(part: &[u8]) -> Option<Part> {
    let head_end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..head_end]);
    let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let bytes = part[head_end + 4..].to_vec();
    Some(Part { name: attribute(disposition, "name")?, file_name: attribute(disposition, "filename"), bytes })
}

/// `name` must not be found inside `filename`.
fn attribute(line: &str, name: &str) -> Option<String> {
    let value = line.split(';').find_map(|piece| piece.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"xyz\"";

    #[test]
    fn fields_and_files_are_told_apart_and_bytes_stay_as_they_are() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n42\r\n\
            --xyz\r\nContent-Type: image/png\r\ncontent-disposition: form-data; filename=\"\xe1\xba\xa3nh.png\"; name=\"photo\"\r\n\r\n\x00\r\n--xy\r\n--xyz--\r\n";
        let parts = parse(TYPE, body).unwrap();
        assert_eq!(parts[0], Part { name: "chat_id".into(), file_name: None, bytes: b"42".to_vec() });
        assert_eq!(parts[1], Part { name: "photo".into(), file_name: Some("ảnh.png".into()), bytes: b"\x00\r\n--xy".to_vec() });
    }

    #[test]
    fn a_body_that_is_cut_off_is_refused() {
        assert_eq!(parse(TYPE, b"--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n42\r\n--xy"), None);
        assert_eq!(parse("multipart/form-data", b"--xyz--"), None);
    }
}
