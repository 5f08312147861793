//! `bot config`: what is in force, secrets masked.

use anyhow::Result;
use bot::config::Config;

use super::print;

/// Prints one line a setting.
pub(crate) fn run(config: &Config) -> Result<()> {
    for (name, value) in config.shown() {
        print(&format!("{name} = {value}"));
    }
    Ok(())
}
