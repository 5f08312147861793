//! A browser without scripts: keeps cookies, follows redirects.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use ureq::Agent;
use ureq::http::header::{COOKIE, LOCATION, SET_COOKIE};
use ureq::http::{HeaderMap, Response};

/// Longer than the server's own limit.
const TIME_LIMIT: Duration = Duration::from_secs(40);
const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody at the other end of the connection.
pub struct Client {
    agent: Agent,
    base: String,
    cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The path in the browser's address line.
    pub path: String,
    /// The page.
    pub body: String,
    location: Option<String>,
}

impl Client {
    /// A client without cookies; `base` like `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Self {
        // A form refused before it was read closes its connection: none is kept for the next request.
        let config = Agent::config_builder().max_idle_connections(0).timeout_global(Some(TIME_LIMIT));
        let config = config.http_status_as_error(false).max_redirects(0);
        Self { agent: config.build().into(), base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same browser with one cookie more.
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same browser, with its cookies, at another address.
    pub fn moved_to(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    /// Opens a page.
    ///
    /// # Errors
    /// When the connection fails or is redirected in a circle.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let request = self.agent.get(format!("{}{path}", self.base)).header(COOKIE, self.cookie_line());
            let response = request.call()?;
            let reply = self.read(&path, response)?;
            match reply.location.clone() {
                Some(next) => path = next,
                None => return Ok(reply),
            }
        }
        bail!("redirected in a circle at {path}")
    }

    /// Sends a form and follows to where it leads.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Reply> {
        let request = self.agent.post(format!("{}{path}", self.base)).header(COOKIE, self.cookie_line());
        let response = request.send_form(fields.iter().copied())?;
        let reply = self.read(path, response)?;
        match reply.location.clone() {
            Some(next) => self.get(&next),
            None => Ok(reply),
        }
    }

    /// Sends a form's body as it stands, with further headers, and follows nowhere.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn post_raw(&mut self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Result<Reply> {
        let request = self.agent.post(format!("{}{path}", self.base)).header(COOKIE, self.cookie_line()).content_type(FORM);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send(body)?;
        self.read(path, response)
    }

    fn read(&mut self, path: &str, mut response: Response<ureq::Body>) -> Result<Reply> {
        self.keep_cookies(response.headers());
        let location = response.headers().get(LOCATION).map(|value| value.to_str()).transpose()?;
        let location = location.map(|location| location.split('#').next().unwrap_or_default().to_owned());
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_string().context("a page that can't be read")?;
        Ok(Reply { status, path: path.to_owned(), body, location })
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        let lines = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        for (name, value) in lines.filter_map(|line| line.split(';').next()?.split_once('=')) {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn cookie_line(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}
