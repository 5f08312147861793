//! An editor at the console, without scripts.

use anyhow::{Context as _, Result, ensure};

use crate::client::{Client, Reply};
use crate::html::{between, form_fields};
use crate::server::Server;
use crate::staff::PASSWORD;

/// Signed in.
pub struct Editor {
    client: Client,
}

impl Editor {
    /// Signs in with the password of [`crate::Staff::set_up`].
    ///
    /// # Errors
    /// When it is refused.
    pub fn sign_in(server: &Server, login: &str) -> Result<Self> {
        Self::sign_in_at(&server.url, login)
    }

    /// The same at an address.
    ///
    /// # Errors
    /// As [`Editor::sign_in`].
    pub fn sign_in_at(url: &str, login: &str) -> Result<Self> {
        let mut client = Client::new(url);
        let page = client.get("/staff/login")?.body;
        let token = between(&page, "name=\"csrf_token\" value=\"", "\"");
        let reply = client.post("/staff/login", &[("csrf_token", token), ("next", ""), ("login", login), ("password", PASSWORD)])?;
        ensure!(!reply.path.starts_with("/staff/login"), "login led to {}: {}", reply.path, reply.body);
        Ok(Self { client })
    }

    /// Opens a page of the console.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.client.get(path)
    }

    /// The guide's form as it stands now.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(&mut self, id: &str) -> Result<GuideForm> {
        let page = self.get(&format!("/staff/content/{id}"))?.body;
        ensure!(page.contains("id=\"editor\""), "no form: {page}");
        Ok(GuideForm::read(id, &page))
    }

    /// Presses a button of the form (`save`, `publish`, `add:fees`, …).
    ///
    /// # Errors
    /// When the connection fails.
    pub fn press(&mut self, form: &GuideForm, button: &str) -> Result<Reply> {
        let fields = form.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let fields: Vec<_> = fields.chain([("do", button)]).collect();
        self.client.post(&format!("/staff/content/{}", form.id), &fields)
    }

    /// Changes fields of a guide's draft and saves it.
    ///
    /// # Errors
    /// When it is refused.
    pub fn write(&mut self, id: &str, changes: &[(&str, &str)]) -> Result<()> {
        let mut form = self.open(id)?;
        changes.iter().for_each(|(name, text)| form.set(name, text));
        let reply = self.press(&form, "save")?;
        ensure!(reply.status == 200 && reply.body.contains("Đã lưu bản nháp."), "{} at {}: {}", reply.status, reply.path, reply.body);
        Ok(())
    }

    /// Publishes the draft.
    ///
    /// # Errors
    /// When it is refused.
    pub fn publish(&mut self, id: &str, reason: &str) -> Result<Reply> {
        self.submit(&format!("/staff/content/{id}/publish"), &format!("/staff/content/{id}/publish"), &[("reason", reason)])
    }

    /// Sends the form of the page `from` that goes to `to`, with its hidden fields and these.
    ///
    /// # Errors
    /// When the page has no such form.
    pub fn submit(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Result<Reply> {
        let filled = self.filled(from, to, fields)?;
        let fields: Vec<_> = filled.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        self.client.post(to, &fields)
    }

    /// [`Editor::submit`] without waiting for the page that it leads to.
    ///
    /// # Errors
    /// As [`Editor::submit`].
    pub fn submit_and_leave(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Result<()> {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let filled = self.filled(from, to, fields)?;
        let body: Vec<String> = filled.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
        let reply = self.client.post_raw(to, body.join("&").as_bytes(), &[])?;
        ensure!(reply.status == 303, "refused with {}: {}", reply.status, reply.body);
        Ok(())
    }

    /// The form of the page `from` that goes to `to`, filled in.
    fn filled(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
        let reply = self.get(from)?;
        let action = format!("action=\"{to}\"");
        let form = reply.body.split("<form ").find(|form| form.contains(&action));
        let form = form.with_context(|| format!("no form of {} leads to {to}: {}", reply.path, reply.body))?;
        let mut filled = form_fields(&format!("<form id=\"it\" {form}"), "it");
        filled.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
        filled.extend(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        Ok(filled)
    }
}

/// The form of a guide, filled in.
#[derive(Clone, Debug)]
pub struct GuideForm {
    id: String,
    /// Names and texts of its controls.
    pub fields: Vec<(String, String)>,
}

impl GuideForm {
    /// The form of a page.
    pub fn read(id: &str, page: &str) -> Self {
        Self { id: id.to_owned(), fields: form_fields(page, "editor") }
    }

    /// What stands in a control; empty where there is none of this name.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(found, _)| found == name).map_or("", |(_, text)| text.as_str())
    }

    /// Types into a control, which takes the place of what stood there.
    pub fn set(&mut self, name: &str, text: &str) {
        self.fields.retain(|(found, _)| found != name);
        self.fields.push((name.to_owned(), text.to_owned()));
    }
}
