//! The real `bot serve`, started as anybody starts it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::data_folder::DataFolder;
use crate::wait::until;

/// A running server. Killed when dropped.
pub struct Server {
    /// The web chat's address, like `http://127.0.0.1:41234`.
    pub url: String,
    /// The path of the link that sets the first administrator's password, if one was printed.
    pub setup_link: Option<String>,
    process: Process,
    folder: DataFolder,
}

/// Taken out of a server that is left behind on purpose.
struct Process(Child);

impl Server {
    /// Starts and waits until it tells its address.
    ///
    /// # Errors
    /// With its log, when it ends instead.
    pub fn start(folder: DataFolder) -> Result<Self> {
        let mut process = launch(&folder)?;
        let output = process.0.stdout.take().context("no stdout")?;
        // A blank line, the addresses, a blank line.
        let lines = BufReader::new(output).lines().map_while(Result::ok).skip(1).take_while(|line| !line.is_empty());
        let addresses: Vec<String> = lines.filter_map(|line| Some(line.split_once("http://")?.1.to_owned())).collect();
        let Some(chat) = addresses.first() else { bail!("the server ended:\n{}", folder.log()) };
        let host = chat.trim_end_matches('/');
        let setup_link = addresses.iter().filter_map(|address| address.strip_prefix(host)).find(|path| path.starts_with("/staff/setup/"));
        Ok(Self { url: format!("http://{host}"), setup_link: setup_link.map(str::to_owned), process, folder })
    }

    /// Starts, waits until the log says `words`, and kills it at once.
    ///
    /// # Errors
    /// When the log does not say so.
    pub fn start_and_kill_at(folder: DataFolder, words: &str) -> Result<DataFolder> {
        let process = launch(&folder)?;
        until(words, || folder.log().contains(words).then_some(()))?;
        drop(process);
        Ok(folder)
    }

    /// Its data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// SIGKILL: nothing can be put in order any more.
    pub fn kill(self) -> DataFolder {
        drop(self.process);
        self.folder
    }

    /// SIGTERM, and waits for a clean end.
    ///
    /// # Errors
    /// When it ends otherwise.
    pub fn stop(mut self) -> Result<DataFolder> {
        let id = self.process.0.id();
        Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status()?;
        let status = self.process.0.wait()?;
        ensure!(status.success(), "stopped with {status}:\n{}", self.folder.log());
        Ok(self.folder)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn launch(folder: &DataFolder) -> Result<Process> {
    let mut command = folder.command("bot");
    command.arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(folder.log_path())?);
    Ok(Process(command.spawn()?))
}

/// The exit code of a program that ended by itself.
///
/// # Errors
/// When a signal ended it.
pub fn exit_code(output: &Output) -> Result<i32> {
    output.status.code().context("ended by a signal")
}
