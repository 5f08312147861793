//! Several processes on one database: an embedded index has one owner.

use anyhow::{Context as _, Result};
use tests::{Citizen, DataFolder, Server, execute, exit_code};

use crate::command_line::{build_report, fails_with_one_sentence};

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";

#[test]
fn a_second_process_with_an_embedded_index_is_refused() -> Result<()> {
    let first = Server::start(DataFolder::filled()?)?;
    let refused = Server::start(DataFolder::beside(first.folder())?).err().context("a second process serves too")?;
    assert!(format!("{refused:#}").contains("một tiến trình bot serve khác đang dùng cùng cơ sở dữ liệu"), "{refused:#}");
    assert!(Citizen::new(&first).ask(QUESTION)?.text.contains("Phiếu đề nghị"), "the first goes on");

    // Killed and started again in its own folder, it need not wait; stopped in order, it leaves room at once.
    let first = Server::start(first.kill())?;
    let beside = DataFolder::beside(first.folder())?;
    let _folder = first.stop()?;
    let second = Server::start(beside)?;
    assert!(Citizen::new(&second).ask(QUESTION)?.text.contains("Phiếu đề nghị"));
    Ok(())
}

#[test]
fn a_command_leaves_the_index_to_the_process_that_is_at_it() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    build_report(server.folder())?;
    let database = server.folder().database_url();
    execute(&database, "INSERT INTO leases (name, holder, expires_at) VALUES ('index', 'another', 4102444800000)")?;
    let refused = server.folder().run("indexer", &["build"])?;
    fails_with_one_sentence(&refused, "một tiến trình khác đang lập chỉ mục")?;
    execute(&database, "DELETE FROM leases")?;
    assert_eq!(exit_code(&server.folder().run("indexer", &["build"])?)?, 0);
    Ok(())
}
