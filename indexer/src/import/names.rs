//! Everyday names of official procedures, written by editors: `knowledge-base/catalogue/*.toml`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOfNames {
    procedure: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    code: String,
    names: Vec<String>,
}

/// Names by code.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Vec<String>>);

impl Names {
    /// Reads all files of the folder; without the folder there are no names.
    pub(super) fn load(folder: &Path) -> Result<Names> {
        let mut names = Names::default();
        for file in files(folder)? {
            let text = fs::read_to_string(&file).with_context(|| format!("không đọc được {}", file.display()))?;
            let read: FileOfNames = toml::from_str(&text).with_context(|| format!("bảng tên gọi {} có lỗi", file.display()))?;
            for named in read.procedure {
                ensure!(!names.0.contains_key(&named.code), "bảng tên gọi {}: mã {} có hai lần", file.display(), named.code);
                names.0.insert(named.code, named.names);
            }
        }
        Ok(names)
    }

    pub(super) fn of(&self, code: &str) -> &[String] {
        self.0.get(code).map(Vec::as_slice).unwrap_or_default()
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| format!("không đọc được {}", folder.display()))?;
    let mut files = entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
    files.retain(|file| file.extension().is_some_and(|ext| ext == "toml"));
    files.sort();
    Ok(files)
}
