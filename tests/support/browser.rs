//! Chromium without a window, driven over the W3C WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::axe;
use crate::data_folder::screenshots;
use crate::wait::until;

/// The key of an element's reference, fixed by the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The shift key, as the protocol names it.
const SHIFT: char = '\u{e008}';
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// How often a driver is started before it counts as missing.
const START_ATTEMPTS: usize = 3;
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Nothing still moves when one looks.
    "--force-prefers-reduced-motion",
];

/// How much of a page one sees.
#[derive(Clone, Copy, Debug)]
pub enum Window {
    /// 360 × 740, as on a phone.
    Phone,
    /// 1280 × 900.
    Desktop,
}

/// A browser with a profile of its own.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts one of somebody who reads Vietnamese, with or without JavaScript.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not start.
    pub fn open(window: Window, scripts: bool) -> Result<Self> {
        Self::open_in(window, scripts, "vi,en")
    }

    /// [`Browser::open`] of somebody who prefers these languages ("en,vi").
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub fn open_in(window: Window, scripts: bool, languages: &str) -> Result<Self> {
        // Two drivers that start at once may choose one port: the second one ends before it tells any.
        let mut opened = Self::start(window, scripts, languages);
        for _ in 1..START_ATTEMPTS {
            if opened.is_ok() {
                break;
            }
            opened = Self::start(window, scripts, languages);
        }
        opened
    }

    fn start(window: Window, scripts: bool, languages: &str) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("sen-browser-").tempdir()?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own: it ends together with every browser process that it started.
        command.process_group(0).env("XDG_CONFIG_HOME", profile.path());
        let driver = command.spawn().context("chromedriver does not start: install chromium and chromium-driver")?;
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIME_LIMIT));
        let mut browser = Self { driver, agent: config.build().into(), session: String::new(), _profile: profile };
        let driver = format!("http://127.0.0.1:{}/session", browser.port()?);
        let capabilities = capabilities(window, scripts, languages, browser._profile.path());
        let session = browser.call("POST", &driver, Some(capabilities)).context("Chromium does not start: install chromium")?;
        browser.session = format!("{driver}/{}", session["sessionId"].as_str().context("no session")?);
        Ok(browser)
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// As every call here: what the driver says.
    pub fn goto(&self, url: &str) -> Result<()> {
        self.post("url", json!({ "url": url })).map(drop)
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// As [`Browser::goto`].
    pub fn reload(&self) -> Result<()> {
        self.post("refresh", json!({})).map(drop)
    }

    /// Types into the first element that `css` selects.
    ///
    /// # Errors
    /// When there is none.
    pub fn fill_in(&self, css: &str, text: &str) -> Result<()> {
        self.wait_until_painted()?;
        let element = self.first(css)?;
        self.post(&format!("element/{element}/value"), json!({ "text": text })).map(drop)
    }

    /// Clicks the first element that `css` selects, in the middle of the window: the bars above and below cover nothing
    /// there.
    ///
    /// # Errors
    /// When there is none or something covers it.
    pub fn click(&self, css: &str) -> Result<()> {
        self.wait_until_painted()?;
        let element = self.first(css)?;
        let scroll = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.post("execute/sync", json!({ "script": scroll, "args": [{ ELEMENT: element }] }))?;
        self.post(&format!("element/{element}/click"), json!({})).map(drop)
    }

    /// The visible words of every element that `css` selects.
    ///
    /// # Errors
    /// When the page changes meanwhile.
    pub fn texts(&self, css: &str) -> Result<Vec<String>> {
        let read = |element: String| {
            let words = self.call("GET", &format!("{}/element/{element}/text", self.session), None)?;
            Ok(words.as_str().unwrap_or_default().to_owned())
        };
        self.all(css)?.into_iter().map(read).collect()
    }

    /// Waits until an element that `css` selects shows `words`; gives its text.
    ///
    /// # Errors
    /// After three minutes.
    pub fn wait_for(&self, css: &str, words: &str) -> Result<String> {
        // While a page changes, elements come and go: then it is looked at again.
        until(&format!("{words:?} in {css}"), || self.texts(css).ok()?.into_iter().find(|text| text.contains(words)))
    }

    /// Runs a script in the page, also where the page itself may run none; gives what it returns.
    ///
    /// # Errors
    /// When the script fails.
    pub fn execute(&self, script: &str) -> Result<Value> {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
    }

    /// Keeps a picture of the window in `screenshots` below cargo's target folder.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let picture = self.call("GET", &format!("{}/screenshot", self.session), None)?;
        keep(name, &picture)
    }

    /// [`Browser::screenshot`] of the whole page, however long.
    ///
    /// # Errors
    /// As [`Browser::screenshot`].
    pub fn screenshot_of_page(&self, name: &str) -> Result<PathBuf> {
        // A bar that sticks to the window would cover the middle of the page.
        let bars = "for (const bar of document.querySelectorAll('.top, .composer')) bar.style.position";
        self.execute(&format!("{bars} = 'static'"))?;
        let size = self.execute("return [document.documentElement.clientWidth, document.documentElement.scrollHeight]")?;
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let parameters = json!({ "captureBeyondViewport": true, "clip": clip });
        let taken = self.post("goog/cdp/execute", json!({ "cmd": "Page.captureScreenshot", "params": parameters }))?;
        self.execute(&format!("{bars} = ''"))?;
        keep(name, &taken["data"])
    }

    /// Shows pages as to somebody who likes them "dark" or "light".
    ///
    /// # Errors
    /// As every call here.
    pub fn prefer_colours(&self, scheme: &str) -> Result<()> {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.post("goog/cdp/execute", json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } })).map(drop)
    }

    /// What axe-core finds against the WCAG 2.2, levels A and AA, in the page as it stands: a line a rule and element.
    ///
    /// # Errors
    /// When axe-core can't be had.
    pub fn accessibility_faults(&self) -> Result<Vec<String>> {
        self.execute(&axe::script()?)?;
        let found = self.execute(
            "const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
             return axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }).then(({ violations }) =>
               violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html} ${failureSummary}`)))",
        )?;
        Ok(strings(&found))
    }

    /// Presses a key on whatever has the focus.
    ///
    /// # Errors
    /// As every call here.
    pub(crate) fn press(&self, letter: char, shift: bool) -> Result<()> {
        self.wait_until_painted()?;
        let stroke = |key: char| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        let [down, up] = stroke(letter);
        let [hold, release] = stroke(SHIFT);
        let strokes = if shift { vec![hold, down, up, release] } else { vec![down, up] };
        self.post("actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] })).map(drop)
    }

    /// Until a page is on the screen for the first time, Chromium drops keys and clicks.
    fn wait_until_painted(&self) -> Result<()> {
        let is_painted = "return performance.getEntriesByType('paint').length > 0";
        until("the page's first picture", || (self.execute(is_painted).ok()? == true).then_some(()))
    }

    /// The port that the driver chose.
    fn port(&mut self) -> Result<u16> {
        let output = self.driver.stdout.take().context("no stdout")?;
        let port = |line: String| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok();
        BufReader::new(output).lines().map_while(Result::ok).find_map(port).context("chromedriver tells no port")
    }

    fn first(&self, css: &str) -> Result<String> {
        self.all(css)?.into_iter().next().with_context(|| format!("nothing on the page is {css}"))
    }

    fn all(&self, css: &str) -> Result<Vec<String>> {
        let found = self.post("elements", json!({ "using": "css selector", "value": css }))?;
        Ok(found.as_array().into_iter().flatten().filter_map(|element| Some(element[ELEMENT].as_str()?.to_owned())).collect())
    }

    fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call("POST", &format!("{}/{path}", self.session), Some(body))
    }

    fn call(&self, method: &str, url: &str, body: Option<Value>) -> Result<Value> {
        let request = ureq::http::Request::builder().method(method).uri(url).header("content-type", "application/json");
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut answer: Value = self.agent.run(request.body(body)?)?.body_mut().read_json()?;
        match answer["value"]["error"].as_str() {
            Some(error) => bail!("{error}: {}", answer["value"]["message"].as_str().unwrap_or_default()),
            None => Ok(answer["value"].take()),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = self.driver.id();
        let _ = Command::new("sh").args(["-c", &format!("kill -9 -{group}")]).status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(window: Window, scripts: bool, languages: &str, profile: &Path) -> Value {
    let size = match window {
        Window::Phone => "--window-size=360,740",
        Window::Desktop => "--window-size=1280,900",
    };
    let own = [size.to_owned(), format!("--user-data-dir={}", profile.display())];
    let flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).chain(own).collect();
    let javascript = if scripts { 1 } else { 2 };
    let preferences = json!({ "profile.managed_default_content_settings.javascript": javascript, "intl.accept_languages": languages });
    let mut options = json!({ "args": flags, "prefs": preferences });
    if matches!(window, Window::Phone) {
        // A window is never as narrow as a phone. No touch: without JavaScript the driver waits for ever after a tap.
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": 360, "height": 740, "pixelRatio": 2.0, "mobile": true, "touch": false } });
    }
    json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } })
}

fn keep(name: &str, picture: &Value) -> Result<PathBuf> {
    let path = screenshots().join(format!("{name}.png"));
    std::fs::create_dir_all(screenshots())?;
    std::fs::write(&path, from_base64(picture.as_str().unwrap_or_default()))?;
    Ok(path)
}

/// The texts of a list.
pub(crate) fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sixes: Vec<u32> = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte)).map(|six| six as u32).collect();
    let bytes = |four: &[u32]| {
        let bits = four.iter().fold(0, |bits, six| bits << 6 | six) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    sixes.chunks(4).flat_map(bytes).collect()
}
