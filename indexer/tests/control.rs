//! Commands through a running service.

use std::os::unix::fs::PermissionsExt;

use anyhow::bail;
use indexer::control::{Progress, Request, call, listen, serve_connection, socket_path};
use serde_json::{Value, json};
use tokio::net::UnixListener;

async fn handler(request: Request, progress: Progress) -> anyhow::Result<Value> {
    if request.command != "build" {
        bail!("không có lệnh {}", request.command);
    }
    progress.report(1, 2, "đoạn");
    Ok(json!({ "folder": request.arguments["folder"] }))
}

fn serve(listener: UnixListener) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_connection(stream, handler));
        }
    });
}

fn request(command: &str) -> Request {
    Request { command: command.to_owned(), arguments: json!({ "folder": "/kb\n" }) }
}

#[tokio::test]
async fn a_command_gets_progress_and_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    serve(listen(folder.path()).unwrap());
    let mode = socket_path(folder.path()).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut seen = Vec::new();
    let mut on_progress = |done, total, what: &str| seen.push((done, total, what.to_owned()));
    let answer = call(folder.path(), &request("build"), &mut on_progress).await.unwrap();
    assert_eq!(answer, Some(json!({ "folder": "/kb\n" })));
    assert_eq!(seen, [(1, 2, "đoạn".to_owned())]);
    let failure = call(folder.path(), &request("fly"), &mut |_, _, _| {}).await.unwrap_err();
    assert_eq!(failure.to_string(), "không có lệnh fly");
}

#[tokio::test]
async fn nobody_listens_without_a_socket_or_on_a_stale_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(call(folder.path(), &request("build"), &mut |_, _, _| {}).await.unwrap(), None);
    drop(listen(folder.path()).unwrap());
    assert!(socket_path(folder.path()).exists());
    assert_eq!(call(folder.path(), &request("build"), &mut |_, _, _| {}).await.unwrap(), None);
    serve(listen(folder.path()).unwrap());
    assert!(call(folder.path(), &request("build"), &mut |_, _, _| {}).await.unwrap().is_some());
}
