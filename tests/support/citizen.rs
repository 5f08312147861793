//! A citizen at the web chat, without scripts.

use anyhow::{Context as _, Result, ensure};

use crate::client::{Client, Reply};
use crate::html::{Message, messages};
use crate::server::Server;
use crate::wait::until;

const SEND: &str = "/chat/messages";
/// How the page says that no reply is on its way.
const NOTHING_PENDING: &str = "id=\"pending\" role=\"status\" hidden";

/// A citizen with a cookie of his own.
pub struct Citizen {
    client: Client,
}

impl Citizen {
    /// Somebody who was never here.
    pub fn new(server: &Server) -> Self {
        Self { client: Client::new(&server.url) }
    }

    /// Somebody who was here before, known by the token of the cookie.
    pub fn known(server: &Server, token: &str) -> Self {
        Self { client: Client::new(&server.url).with_cookie("sen_citizen", token) }
    }

    /// The same citizen after the server came back at another address.
    pub fn at(self, server: &Server) -> Self {
        Self { client: self.client.moved_to(&server.url) }
    }

    /// The chat's page.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn page(&mut self) -> Result<Reply> {
        self.client.get("/")
    }

    /// The conversation, once nothing is awaited any more.
    ///
    /// # Errors
    /// When the connection fails or the reply does not come.
    pub fn messages(&mut self) -> Result<Vec<Message>> {
        until("the end of waiting in the chat", || {
            let page = self.page().ok()?.body;
            page.contains(NOTHING_PENDING).then(|| messages(&page))
        })
    }

    /// Types a text, sends it and waits for the page to say that nothing is awaited.
    ///
    /// # Errors
    /// When it is refused, or as [`Citizen::messages`].
    pub fn say(&mut self, text: &str) -> Result<Vec<Message>> {
        self.send(&[("text", text)])
    }

    /// Asks and reads Sen's reply.
    ///
    /// # Errors
    /// As [`Citizen::say`], or when Sen does not reply.
    pub fn ask(&mut self, text: &str) -> Result<Message> {
        replied(self.say(text)?)
    }

    /// Presses the newest quick reply with this label and reads Sen's reply.
    ///
    /// # Errors
    /// When there is no such button, or as [`Citizen::ask`].
    pub fn press(&mut self, label: &str) -> Result<Message> {
        let shown = self.messages()?.into_iter().rev().flat_map(|message| message.buttons);
        let (_, action) = shown.into_iter().find(|(shown, _)| shown == label).with_context(|| format!("no button {label:?}"))?;
        replied(self.send(&[("action", &action)])?)
    }

    /// Hands a message over as the page's script does and does not wait for a reply.
    ///
    /// # Errors
    /// When it is not accepted.
    pub fn hand_over(&mut self, text: &str) -> Result<()> {
        self.hand_over_as(text, "", "")
    }

    /// [`Citizen::hand_over`] with the page's number of the message, so that it can be repeated, from behind a proxy that
    /// names `from` as the citizen's network address.
    ///
    /// # Errors
    /// When it is not accepted.
    pub fn hand_over_as(&mut self, text: &str, message_id: &str, from: &str) -> Result<()> {
        let body = format!("text={}&message_id={message_id}", text.replace(' ', "+"));
        let forwarded = ("x-forwarded-for", if from.is_empty() { "127.0.0.1" } else { from });
        let reply = self.client.post_raw(SEND, body.as_bytes(), &[("accept", "application/json"), forwarded])?;
        ensure!(reply.status == 200, "refused with {}: {}", reply.status, reply.body);
        Ok(())
    }

    fn send(&mut self, fields: &[(&str, &str)]) -> Result<Vec<Message>> {
        let reply = self.client.post(SEND, fields)?;
        ensure!(reply.status == 200, "refused with {}: {}", reply.status, reply.body);
        self.messages()
    }
}

fn replied(messages: Vec<Message>) -> Result<Message> {
    let last = messages.into_iter().last().context("an empty conversation")?;
    ensure!(last.kind == "sen", "Sen did not reply; the last message is {last:?}");
    Ok(last)
}
