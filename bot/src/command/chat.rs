//! `bot chat`: a conversation on the terminal.

use anyhow::Result;
use bot::answering::DialogueState;
use bot::ask::Question;
use bot::config::Config;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::ask::readable;
use super::{Answerer, print};

/// Reads lines until the end of input.
pub(crate) async fn run(config: Config) -> Result<()> {
    let answerer = Answerer::open(&config).await?;
    print("\nSen đây. Anh/chị hỏi gì cứ gõ rồi Enter; Ctrl-D để thôi.");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut state = DialogueState::default();
    while let Some(line) = lines.next_line().await? {
        let question = Question { question: line, state, ..Question::default() };
        let asked = answerer.ask(&config, &question).await?;
        print(&format!("\n{}\n", readable(&asked)));
        state = asked.state;
    }
    Ok(())
}
