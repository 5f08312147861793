//! The command line: `bot serve`, `bot ask`, `bot evaluate`, `bot chat`, `bot backup`, `bot restore`, `bot reset-password`, `bot knowledge`, `bot config`, `bot models`.

mod command;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bot::clock::Clock;
use bot::config::Config;
use clap::{Parser, Subcommand};

/// Sen: thủ tục hành chính và kỹ năng số cho người dân Nghệ An.
#[derive(Parser)]
#[command(name = "bot", version)]
struct Cli {
    /// Thư mục dữ liệu: mô hình, chỉ mục, cơ sở dữ liệu.
    #[arg(long, env = "SEN_DATA", default_value = "data", global = true, value_name = "THƯ MỤC")]
    data: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Chạy trang hỏi đáp và trang cán bộ (mặc định).
    Serve,
    /// Hỏi một câu trên dòng lệnh.
    Ask(command::ask::Arguments),
    /// Chấm các câu trả lời theo một bộ câu hỏi có đáp án.
    Evaluate(command::evaluate::Arguments),
    /// Trò chuyện trên dòng lệnh.
    Chat,
    /// Sao lưu dữ liệu vào một tệp, cả khi Sen đang chạy.
    Backup {
        /// Tệp sao lưu sẽ được tạo, ví dụ sen-2026-11-25.tar.gz; không ghi đè tệp đã có.
        #[arg(value_name = "TỆP")]
        file: PathBuf,
    },
    /// Khôi phục một bản sao lưu vào thư mục dữ liệu hoặc cơ sở dữ liệu còn trống.
    Restore {
        /// Tệp sao lưu.
        #[arg(value_name = "TỆP")]
        file: PathBuf,
    },
    /// Tạo đường dẫn dùng một lần để đặt lại mật khẩu, khi không còn quản trị viên nào giúp được.
    ResetPassword {
        /// Tên đăng nhập của người quên mật khẩu.
        #[arg(value_name = "TÊN ĐĂNG NHẬP")]
        login: String,
    },
    /// Đưa kho nội dung và một thư mục các bản hướng dẫn về cùng một trạng thái.
    Knowledge {
        /// Việc cần làm.
        #[command(subcommand)]
        what: command::knowledge::What,
    },
    /// In cấu hình đang dùng.
    Config,
    /// Xem, tải hoặc kiểm tra mô hình.
    Models {
        /// Việc cần làm.
        #[command(subcommand)]
        what: command::models::What,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    command::explain_panics();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command::print_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let config = Config::load(&cli.data, &|name| std::env::var(name).ok())?;
    bot::telemetry::start_logging(config.log_format);
    tokio::runtime::Runtime::new()?.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => bot::serve::serve(config, Clock::System).await,
            Command::Ask(arguments) => command::ask::run(config, arguments).await,
            Command::Evaluate(arguments) => command::evaluate::run(&config, arguments).await,
            Command::Chat => command::chat::run(config).await,
            Command::Backup { file } => command::backup::run(&config, &file).await,
            Command::Restore { file } => command::restore::run(&config, &file).await,
            Command::ResetPassword { login } => command::reset_password::run(&config, &login).await,
            Command::Knowledge { what } => command::knowledge::run(&config, what).await,
            Command::Config => command::config::run(&config),
            Command::Models { what } => command::models::run(&config, what).await,
        }
    })
}
