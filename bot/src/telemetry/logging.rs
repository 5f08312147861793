//! Logs for people or for machines.

use std::io::stderr;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::LogFormat;

/// Logs go to stderr: stdout belongs to answers. `RUST_LOG` chooses what is logged.
pub fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,bot=info,indexer=info,models=info".into());
    let logs = fmt().with_env_filter(filter).with_writer(stderr);
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}
