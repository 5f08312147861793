//! Everyday names of catalogue procedures: files of the knowledge base's folder `catalogue/`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::text::inline;
use crate::check::is_code;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    procedure: Vec<Procedure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Procedure {
    /// The code on the portal.
    code: String,
    /// How people call it.
    names: Vec<String>,
}

/// The names of each code, in the order of files and lines; none where there is no such folder.
///
/// # Errors
/// The first file that can't be read, with what is wrong with it.
pub fn names(knowledge_base: &Path) -> Result<HashMap<String, Vec<String>>> {
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    let mut places: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in files(&knowledge_base.join("catalogue"))? {
        let text = fs::read_to_string(&path).with_context(|| format!("không đọc được {}", path.display()))?;
        let file: File = toml::from_str(&text).with_context(|| format!("{}: không đúng mẫu", path.display()))?;
        for Procedure { code, names: own } in file.procedure {
            if let Some(wrong) = wrong(&code, &own) {
                bail!("{}: mã {code:?}: {wrong}", path.display());
            }
            if let Some(before) = places.insert(code.clone(), path.clone()) {
                bail!("{}: mã {code} đã có tên gọi ở {}", path.display(), before.display());
            }
            names.insert(code, own.iter().map(|name| inline(name)).collect());
        }
    }
    Ok(names)
}

fn wrong(code: &str, names: &[String]) -> Option<&'static str> {
    if !is_code(code) {
        return Some("không đúng dạng, ví dụ đúng \"1.004194\"");
    }
    if names.is_empty() {
        return Some("chưa có tên gọi nào");
    }
    names.iter().any(|name| name.trim().is_empty()).then_some("có tên gọi để trống")
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("không đọc được thư mục {}", folder.display())),
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    Ok(files)
}
