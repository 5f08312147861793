//! `bot models`: what is there, fetch it, verify it.

use anyhow::Result;
use bot::config::Config;
use bot::startup::show;
use clap::Subcommand;
use models::store;

use super::print;

/// What to do with the models.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum What {
    /// Liệt kê mô hình và nơi để.
    List,
    /// Tải mô hình nếu chưa có.
    Pull,
    /// Đọc lại toàn bộ và so mã SHA-256.
    Verify,
}

/// Does it.
pub(crate) async fn run(config: &Config, what: What) -> Result<()> {
    let models_dir = config.data_dir.join("models");
    tokio::task::spawn_blocking(move || do_it(&models_dir, what)).await?
}

fn do_it(models_dir: &std::path::Path, what: What) -> Result<()> {
    let progress = |step: store::Step| show(&step.to_string());
    match what {
        What::List => {
            for file in store::list(models_dir) {
                let state = match (file.bytes, file.verified) {
                    (None, _) => "chưa tải".to_owned(),
                    (Some(bytes), true) => format!("{} MB, đã kiểm tra", bytes / 1_000_000),
                    (Some(bytes), false) => format!("{} MB, chưa kiểm tra", bytes / 1_000_000),
                };
                print(&format!("{}: {state} ({})", file.name, file.path.display()));
            }
        }
        What::Pull => print(&format!("Mô hình ở {}", store::pull(models_dir, &progress)?.display())),
        What::Verify => {
            store::verify(models_dir, &progress)?;
            print("Mô hình đúng.");
        }
    }
    Ok(())
}
