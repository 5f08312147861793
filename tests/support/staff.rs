//! A member of staff at the console.

use anyhow::{Context as _, Result, ensure};

use crate::client::{Client, Reply};
use crate::html::between;
use crate::server::Server;

/// Of everybody in the journeys, at first.
pub const PASSWORD: &str = "mười ký tự trở lên";
/// The name that citizens read.
const NAME: &str = "Nguyễn Thị Hoa";

/// Signed in.
pub struct Staff {
    client: Client,
}

impl Staff {
    /// What she signs in with.
    pub const LOGIN: &str = "hoa.nt";
    /// Her password.
    pub const PASSWORD: &str = PASSWORD;

    /// Opens the one-time link, sets name and password, and signs in.
    ///
    /// # Errors
    /// When a page is refused on the way.
    pub fn set_up(server: &Server) -> Result<Self> {
        let link = server.setup_link.as_deref().context("no setup link was printed")?;
        Self::set_up_at(&server.url, link)?;
        Self::sign_in(server)
    }

    /// Opens the one-time link at an address and sets name and password.
    ///
    /// # Errors
    /// When a page is refused on the way.
    pub fn set_up_at(url: &str, link: &str) -> Result<()> {
        let mut staff = Self { client: Client::new(url) };
        let fields = [("display_name", NAME), ("login", Self::LOGIN), ("password", PASSWORD), ("password_again", PASSWORD)];
        let reply = staff.fill_in(link, link, &fields)?;
        ensure!(reply.path.starts_with("/staff/login"), "setup led to {}: {}", reply.path, reply.body);
        Ok(())
    }

    /// Signs in with the name and password of [`Staff::set_up`].
    ///
    /// # Errors
    /// When it is refused.
    pub fn sign_in(server: &Server) -> Result<Self> {
        let mut staff = Self { client: Client::new(&server.url) };
        let reply = staff.fill_in("/staff/login", "/staff/login", &[("next", ""), ("login", Self::LOGIN), ("password", Self::PASSWORD)])?;
        ensure!(reply.path == "/staff", "login led to {}: {}", reply.path, reply.body);
        Ok(staff)
    }

    /// Signs in as somebody else; where that leads.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn sign_in_as(server: &Server, login: &str, password: &str) -> Result<(Self, Reply)> {
        let mut staff = Self { client: Client::new(&server.url) };
        let reply = staff.fill_in("/staff/login", "/staff/login", &[("next", ""), ("login", login), ("password", password)])?;
        Ok((staff, reply))
    }

    /// Makes a link for a colleague in this role; its path.
    ///
    /// # Errors
    /// When it is refused.
    pub fn invite(&mut self, name: &str, role: &str) -> Result<String> {
        let reply = self.fill_in("/staff/accounts", "/staff/accounts/invite", &[("name", name), ("role", role), ("days", "3")])?;
        link(&reply)
    }

    /// Makes a link by which the person on this account sets their password anew; its path.
    ///
    /// # Errors
    /// When it is refused.
    pub fn offer_reset(&mut self, account: &str) -> Result<String> {
        let reply = self.fill_in("/staff/accounts", &format!("{account}/reset"), &[])?;
        link(&reply)
    }

    /// Opens an invitation, chooses login and password, and signs in.
    ///
    /// # Errors
    /// When it is refused.
    pub fn join(server: &Server, link: &str, name: &str, login: &str) -> Result<Self> {
        let mut staff = Self { client: Client::new(&server.url) };
        let fields = [("display_name", name), ("login", login), ("password", PASSWORD), ("password_again", PASSWORD)];
        let reply = staff.fill_in(link, link, &fields)?;
        ensure!(reply.path.starts_with("/staff/login"), "the invitation led to {}: {}", reply.path, reply.body);
        let (staff, reply) = Self::sign_in_as(server, login, PASSWORD)?;
        ensure!(!reply.path.starts_with("/staff/login"), "{login} can't sign in: {}", reply.body);
        Ok(staff)
    }

    /// The path of the account with this login in the list of accounts.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find_account(&mut self, login: &str) -> Result<String> {
        let list = self.get("/staff/accounts")?.body;
        let words = format!("<dd>{login}</dd>");
        let card = list.split("id=\"account-").skip(1).find(|card| card.contains(&words)).with_context(|| format!("no {login}"))?;
        Ok(format!("/staff/accounts/{}", card.split('"').next().unwrap_or_default()))
    }

    /// Opens a page of the console.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.client.get(path)
    }

    /// The path of the ticket with this receipt code among those that wait.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find_ticket(&mut self, code: &str) -> Result<String> {
        let list = self.get("/staff")?.body;
        let line = list.split("<li>").find(|line| line.contains(code)).with_context(|| format!("{code} is not in the list"))?;
        Ok(between(line, "href=\"", "\"").to_owned())
    }

    /// Writes to the citizen.
    ///
    /// # Errors
    /// When it is refused.
    pub fn reply(&mut self, ticket: &str, text: &str) -> Result<()> {
        let reply = self.fill_in(ticket, &format!("{ticket}/reply"), &[("text", text)])?;
        ensure!(reply.status == 200 && reply.body.contains("Đã gửi câu trả lời."), "{}: {}", reply.status, reply.body);
        Ok(())
    }

    /// Closes a ticket.
    ///
    /// # Errors
    /// When it is refused.
    pub fn close(&mut self, ticket: &str) -> Result<()> {
        let reply = self.fill_in(ticket, &format!("{ticket}/close"), &[])?;
        ensure!(reply.status == 200 && reply.path.starts_with("/staff?"), "{} at {}", reply.status, reply.path);
        Ok(())
    }

    /// Sends a form of the page `from`, with its token.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn fill_in(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Result<Reply> {
        let page = self.get(from)?.body;
        let token = between(&page, "name=\"csrf_token\" value=\"", "\"");
        let fields: Vec<_> = [("csrf_token", token)].into_iter().chain(fields.iter().copied()).collect();
        self.client.post(to, &fields)
    }
}

/// The path of the link that a page shows once.
fn link(reply: &Reply) -> Result<String> {
    let link = between(&reply.body, "id=\"link\">", "<");
    let path = link.find("/staff/invite/").map(|at| link[at..].to_owned());
    path.with_context(|| format!("no link: {} {}", reply.status, reply.body))
}
