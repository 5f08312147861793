//! The simulator by itself, for a bot under development and a person at a browser.

use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::thread::park;

use clap::Parser;
use tests::telegram::Simulator;

/// A stand-in for Telegram: a bot talks to it, and a person chats with the bot on its page.
#[derive(Parser)]
#[command(name = "telegram-simulator")]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
}

fn main() -> anyhow::Result<()> {
    let simulator = Simulator::start_at(Arguments::parse().listen)?;
    let (url, token) = (simulator.url(), simulator.token());
    writeln!(stdout(), "Chat: {url}/\nBot:  SEN_TELEGRAM_API={url} SEN_TELEGRAM_TOKEN={token} bot serve")?;
    loop {
        park();
    }
}
