//! The commands that work through a running `serve`: its side of the Unix socket.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use indexer::control::{Progress, Request, serve_connection};
use indexer::evaluate::installed;
use indexer::evaluate::questions::Question as Measured;
use indexer::import::Catalogue;
use serde_json::{Value, json};
use tokio::net::UnixListener;

use crate::app::App;
use crate::ask::{self, Question};
use crate::staff::password_link;
use crate::{backup, index_keeper, knowledge, startup};

/// Answers commands until the process ends.
pub async fn serve(app: App, listener: UnixListener) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a command could not connect");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = serve_connection(stream, |request, progress| handle(app, request, progress)).await {
                tracing::warn!(error = format!("{error:#}"), "a command was not understood");
            }
        });
    }
}

async fn handle(app: App, request: Request, progress: Progress) -> Result<Value> {
    match request.command.as_str() {
        "ask" => {
            let question: Question = serde_json::from_value(request.arguments).context("câu hỏi gửi tới không đọc được")?;
            Ok(serde_json::to_value(ask::ask(&app.engine, &app.clock, &question).await?)?)
        }
        "explain" => {
            let question: Question = serde_json::from_value(request.arguments).context("câu hỏi gửi tới không đọc được")?;
            ask::explain(&app.engine, &app.clock, &question).await
        }
        "evaluate-search" => evaluate_search(&app, request, progress).await,
        "build" => {
            let mut report = |done: usize, total: usize| progress.report(done, total, "Lập chỉ mục");
            let built = alone(&app, startup::build(&app.engine, &app.db, folder(&request)?, &app.clock, &mut report)).await?;
            Ok(serde_json::to_value(built)?)
        }
        "import-dvcqg" => {
            let catalogue: Catalogue = serde_json::from_value(request.arguments).context("yêu cầu nhập danh mục không đọc được")?;
            let mut report = |done: usize, total: usize| progress.report(done, total, "Lập chỉ mục");
            let folder = &app.config.knowledge_base;
            let imported = alone(&app, startup::import(&app.engine, &app.db, &catalogue, folder, &app.clock, &mut report)).await?;
            Ok(serde_json::to_value(imported)?)
        }
        "knowledge-export" => Ok(serde_json::to_value(knowledge::export(&app.db, folder(&request)?).await?)?),
        "knowledge-import" => {
            let mut report = |done: usize, total: usize| progress.report(done, total, "Lập chỉ mục");
            let imported = alone(&app, knowledge::import(&app.engine, &app.db, folder(&request)?, &app.clock, &mut report)).await?;
            Ok(serde_json::to_value(imported)?)
        }
        "backup" => {
            let file = Path::new(request.arguments["file"].as_str().context("thiếu tên tệp sao lưu")?);
            ensure!(file.is_absolute(), "tên tệp sao lưu phải là đường dẫn đầy đủ");
            let mut report = |done: usize, total: usize, what: &str| progress.report(done, total, what);
            let made = backup::create(&app.db, &app.config.data_dir, file, app.clock.now_ms(), &mut report).await?;
            Ok(serde_json::to_value(made)?)
        }
        "reset-password" => {
            let login = request.arguments["login"].as_str().context("thiếu tên đăng nhập")?;
            Ok(json!(password_link::offer(&app.db, &app.clock, &app.random, login).await?))
        }
        other => bail!("máy chủ đang chạy không biết lệnh {other:?}; có thể nó thuộc phiên bản khác"),
    }
}

/// Work at the index, which one process at a time does.
async fn alone<T>(app: &App, work: impl Future<Output = Result<T>>) -> Result<T> {
    index_keeper::alone(app, work).await?.context("một tiến trình khác đang lập chỉ mục; anh/chị thử lại sau ít phút")
}

async fn evaluate_search(app: &App, request: Request, progress: Progress) -> Result<Value> {
    let questions: Vec<Measured> =
        serde_json::from_value(request.arguments["questions"].clone()).context("câu hỏi gửi tới không đọc được")?;
    let report = Arc::new(move |done: usize, total: usize, what: &str| progress.report(done, total, what));
    let engine = &app.engine;
    let measured = installed::evaluate(&app.db, engine.indexer(), engine.embedder().clone(), &questions, report).await?;
    Ok(serde_json::to_value(measured)?)
}

fn folder(request: &Request) -> Result<&Path> {
    Ok(Path::new(request.arguments["folder"].as_str().context("thiếu thư mục hướng dẫn")?))
}
