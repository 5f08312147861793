//! Updates that are sent to the bot: `setWebhook` and the delivery.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use serde_json::{Value, json};
use tokio::time::sleep;
use ureq::Agent;

use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::{Shared, World};

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
const TIME_LIMIT: Duration = Duration::from_secs(30);
const PORTS: [u16; 4] = [443, 80, 88, 8443];
/// Shorter than Telegram's own pauses, so that tests need not wait.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Where updates go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookState {
    /// The bot's address.
    pub url: String,
    /// Sent along in a header.
    pub secret_token: String,
    /// Asked for; updates are sent one after the other all the same.
    pub max_connections: i64,
    /// When the last delivery failed, in seconds since the epoch, and why.
    pub last_error: Option<(i64, String)>,
}

pub(super) type Webhook = WebhookState;

struct Delivery {
    webhook: Webhook,
    id: i64,
    update: Value,
}

impl World {
    pub(super) fn set_webhook(&mut self, params: &Params) -> Answer {
        let url = params.text("url");
        if url.is_empty() {
            return self.delete_webhook(params);
        }
        check_address(url).map_err(|why| Refusal::bad_request(&format!("bad webhook: {why}")))?;
        let secret_token = params.text("secret_token").to_owned();
        check_secret(&secret_token)?;
        self.allow_updates(params)?;
        let max_connections = params.integer("max_connections").unwrap_or(40).clamp(1, 100);
        self.webhook = Some(Webhook { url: url.to_owned(), secret_token, max_connections, last_error: None });
        self.drop_pending(params);
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self, params: &Params) -> Answer {
        self.webhook = None;
        self.drop_pending(params);
        Ok(json!(true))
    }

    fn drop_pending(&mut self, params: &Params) {
        if params.flag("drop_pending_updates") {
            self.updates.pending.clear();
        }
    }

    pub(super) fn get_webhook_info(&mut self, _: &Params) -> Answer {
        let url = self.webhook.as_ref().map_or("", |webhook| &webhook.url);
        let mut info = json!({ "url": url, "has_custom_certificate": false, "pending_update_count": self.updates.pending.len() });
        if !self.updates.allowed.is_empty() {
            info["allowed_updates"] = json!(self.updates.allowed);
        }
        if let Some(webhook) = &self.webhook {
            info["max_connections"] = json!(webhook.max_connections);
            info["ip_address"] = json!("127.0.0.1");
            if let Some((date, message)) = &webhook.last_error {
                info["last_error_date"] = json!(date);
                info["last_error_message"] = json!(message);
            }
        }
        Ok(info)
    }

    fn next_delivery(&self) -> Option<Delivery> {
        let webhook = self.webhook.clone().filter(|_| !self.paused)?;
        let first = self.updates.pending.front()?;
        Some(Delivery { webhook, id: first.id, update: first.update.clone() })
    }

    fn note(&mut self, delivery: &Delivery, result: Result<(), String>) {
        let now = self.now();
        match (result, &mut self.webhook) {
            (Ok(()), _) => {
                self.updates.pending.pop_front_if(|first| first.id == delivery.id);
            }
            (Err(why), Some(webhook)) => webhook.last_error = Some((now, why)),
            (Err(_), None) => {}
        }
    }
}

fn check_address(url: &str) -> Result<(), &'static str> {
    let uri: Uri = url.parse().map_err(|_| "invalid webhook URL specified")?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http"), Some("127.0.0.1")) => Ok(()),
        (Some("https"), Some("127.0.0.1")) => Ok(()),
        (Some("https"), Some(_)) if PORTS.contains(&uri.port_u16().unwrap_or(443)) => Ok(()),
        (Some("https"), Some(_)) => Err("Webhook can be set up only on ports 80, 88, 443 or 8443"),
        _ => Err("An HTTPS URL must be provided for webhook"),
    }
}

fn check_secret(secret: &str) -> Result<(), Refusal> {
    if secret.len() > 256 {
        return Err(Refusal::bad_request("secret token is too long"));
    }
    match secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        true => Ok(()),
        false => Err(Refusal::bad_request("secret token contains unallowed characters")),
    }
}

/// Sends updates in order, each until it is taken, for as long as the simulator runs.
pub(super) async fn deliver(shared: Arc<Shared>) {
    let mut changes = shared.changes();
    let mut pause = SHORTEST_PAUSE;
    loop {
        changes.mark_unchanged();
        let Some(delivery) = shared.look().next_delivery() else {
            // The bell lives as long as the state.
            let _ = changes.changed().await;
            continue;
        };
        let sent = tokio::task::spawn_blocking(move || (post(&delivery), delivery)).await;
        let Ok((result, delivery)) = sent else { return };
        pause = if result.is_ok() { SHORTEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        let failed = result.is_err();
        shared.change(|world| world.note(&delivery, result));
        if failed {
            sleep(pause).await;
        }
    }
}

fn post(delivery: &Delivery) -> Result<(), String> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIME_LIMIT)).build().into();
    let mut request = agent.post(&delivery.webhook.url);
    if !delivery.webhook.secret_token.is_empty() {
        request = request.header(SECRET_HEADER, &delivery.webhook.secret_token);
    }
    let response = request.send_json(&delivery.update).map_err(|error| error.to_string())?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("Wrong response from the webhook: {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_and_header_characters() {
        assert_eq!(check_address("https://sen.nghean.gov.vn/telegram"), Ok(()));
        assert_eq!(check_address("http://127.0.0.1:8080/telegram"), Ok(()));
        for wrong in ["http://sen.nghean.gov.vn/", "https://sen.nghean.gov.vn:9000/", "sen", "ftp://127.0.0.1/"] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
        assert!(check_secret("Az09_-").is_ok() && check_secret(&"a".repeat(256)).is_ok());
        for wrong in ["bí mật", "a b", "a=b", &"a".repeat(257)] {
            assert!(check_secret(wrong).is_err(), "{wrong}");
        }
    }
}
