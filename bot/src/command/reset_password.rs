//! `bot reset-password`: through the running `serve`, else by opening the database itself. Never the model.

use anyhow::{Context as _, Result, ensure};
use bot::clock::{Clock, Randomness};
use bot::config::Config;
use bot::db;
use bot::staff::password_link;
use indexer::control::{self, Request};
use indexer::lock::DataLock;
use serde_json::json;

use super::{print, show_steps};

/// Prints a link by which the owner of `login` sets another password.
pub(crate) async fn run(config: &Config, login: &str) -> Result<()> {
    let request = Request { command: "reset-password".into(), arguments: json!({ "login": login }) };
    let path = match control::call(&config.data_dir, &request, &mut show_steps).await? {
        Some(path) => serde_json::from_value(path)?,
        None => offer_here(config, login).await?,
    };
    print("Đường dẫn đặt lại mật khẩu (dùng một lần, trong 24 giờ, khi Sen đang chạy); chỉ đưa cho người có tên đăng nhập này:");
    print(&format!("{}{path}", config.base_url(config.listen)));
    Ok(())
}

async fn offer_here(config: &Config, login: &str) -> Result<String> {
    ensure!(config.data_dir.is_dir(), "không có thư mục dữ liệu {}", config.data_dir.display());
    let _lock = DataLock::acquire(&config.data_dir, "bot reset-password")?;
    let db = db::open(&config.database_url).await?;
    let random = Randomness::from_system().context("hệ điều hành không cho số ngẫu nhiên")?;
    password_link::offer(&db, &Clock::System, &random, login).await
}
