//! `bot restore`: a backup into an empty data folder or database.

use std::path::Path;

use anyhow::Result;
use bot::backup;
use bot::clock::local;
use bot::config::Config;

use super::{print, show_steps};

/// Restores and tells what the next start will do.
pub(crate) async fn run(config: &Config, file: &Path) -> Result<()> {
    let restored = backup::restore(config, file, &mut show_steps).await?;
    bot::startup::show("Đã khôi phục xong.\n");
    let made = local(restored.created_at);
    print(&format!(
        "Bản sao lưu lúc {}: {} dòng dữ liệu, {} tệp đính kèm.",
        made.strftime("%H:%M ngày %d/%m/%Y"),
        restored.rows,
        restored.attachments
    ));
    if let Some(name) = restored.settings_aside {
        print(&format!("Cấu hình trong bản sao lưu được để riêng ở {name}; hãy xem rồi tự chép phần cần dùng sang sen.toml."));
    }
    print("Mô hình và chỉ mục tìm kiếm không nằm trong bản sao lưu: lần chạy bot serve tới sẽ tải mô hình nếu thiếu và lập lại chỉ mục.");
    Ok(())
}
