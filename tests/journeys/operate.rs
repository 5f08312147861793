//! Backup and restore as a commune's technician does it, and data folders of other versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tests::{Citizen, DataFolder, Server, Staff, between, execute, exit_code, knowledge_base, until};

const QUESTION: &str = "lam can cuoc cho con 10 tuoi can giay to gi";
const UNKNOWN: &str = "xã tui mai có cúp điện không";
const FACT: &str = "Phiếu đề nghị";
/// A backup from before migration 1004, whose citizen holds this cookie and this receipt code.
const OLD_BACKUP: &str = "fixtures/backup-1003.tar.gz";
const OLD_CITIZEN: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
const OLD_CODE: &str = "NA-WHVM-77";
/// Below the limit of messages a minute.
const MOST_MESSAGES: usize = 12;

#[test]
fn the_restore_drill() -> Result<()> {
    let guides = few_guides()?;
    let folder = DataFolder::empty()?.with_guides(guides.path());
    fs::write(folder.path().join("sen.toml"), "office = \"Một cửa xã thử\"\n")?;
    fs::create_dir(folder.path().join("attachments"))?;
    fs::write(folder.path().join("attachments/to-khai.pdf"), "%PDF giả")?;
    let server = Server::start(folder)?;
    let mut citizen = Citizen::new(&server);
    citizen.ask(QUESTION)?;
    let code = hand_over(&mut citizen)?;
    Staff::set_up(&server)?;
    let before = words(&mut citizen)?;
    let place = tempfile::tempdir()?;
    let backup = place.path().join("sen.tar.gz");
    let writers = write_meanwhile(&server, || succeeds(&run(server.folder(), "backup", &backup)?))?;
    let again = run(server.folder(), "backup", &backup)?;
    fails_with(&again, "đã có ")?;
    server.kill();

    let folder = DataFolder::empty()?.with_guides(guides.path());
    succeeds(&run(&folder, "restore", &backup)?)?;
    assert_eq!(fs::read_to_string(folder.path().join("attachments/to-khai.pdf"))?, "%PDF giả");
    assert!(fs::read_to_string(folder.path().join("sen.toml"))?.contains("Một cửa xã thử"));
    let server = Server::start(folder)?;
    assert_eq!(server.setup_link, None, "there is an administrator");
    let mut citizen = citizen.at(&server);
    assert_eq!(words(&mut citizen)?, before);
    Staff::sign_in(&server)?.find_ticket(&code)?;
    assert!(citizen.ask(QUESTION)?.text.contains(FACT));
    let mut kept = 0;
    for (writer, sent) in writers {
        kept += kept_whole(writer.at(&server), &sent)?;
    }
    assert!(kept > 0, "the backup was made among the messages");
    Ok(())
}

#[test]
fn a_backup_without_a_serve_needs_no_model_and_is_private() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = DataFolder::filled()?;
    fs::remove_file(folder.path().join("models"))?;
    let backup = folder.path().join("sen.tar.gz");
    let output = folder.command("bot").arg("backup").arg(&backup).env("SEN_MODEL", "/nowhere").output()?;
    succeeds(&output)?;
    assert_eq!(fs::metadata(&backup)?.permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("sen.tar.gz.part").exists());
    fails_with(&run(&folder, "restore", &backup)?, "đã có dữ liệu; hãy khôi phục vào một thư mục dữ liệu mới")?;
    fails_with(&run(&DataFolder::empty()?, "backup", &folder.path().join("none"))?, "không có gì để sao lưu")
}

#[test]
fn a_data_folder_of_an_earlier_version_goes_on() -> Result<()> {
    let guides = few_guides()?;
    let folder = DataFolder::empty()?.with_guides(guides.path());
    succeeds(&run(&folder, "restore", &old_backup())?)?;
    let server = Server::start(folder)?;
    let mut citizen = Citizen::known(&server, OLD_CITIZEN);
    let messages = citizen.messages()?;
    assert_eq!(messages[0].text, QUESTION);
    assert!(messages[1].text.contains(FACT), "{messages:?}");
    let mut staff = Staff::sign_in(&server)?;
    let ticket = staff.find_ticket(OLD_CODE)?;
    let page = staff.get(&ticket)?.body;
    assert!(page.contains(UNKNOWN) && page.contains("can-cuoc-duoi-14-tuoi"), "question and passages: {page}");
    staff.reply(&ticket, "Mai không cúp điện ạ.")?;
    staff.close(&ticket)?;
    assert!(citizen.ask(QUESTION)?.text.contains(FACT));
    Ok(())
}

#[test]
fn what_is_no_whole_backup_of_ours_changes_nothing() -> Result<()> {
    let folder = DataFolder::empty()?;
    let before = listing(folder.path())?;
    let place = tempfile::tempdir()?;
    let cases = [
        ("sed -i s/cúp/mất/ tables/messages.jsonl", "tables/messages.jsonl không khớp"),
        ("sed -i 's/\"version\": 1001/\"version\": 9001/' manifest.json", "bản sao lưu thuộc phiên bản mới hơn"),
        ("sed -i 's/\"format\": 1/\"format\": 2/' manifest.json", "bản sao lưu thuộc phiên bản mới hơn"),
        ("echo x > la.txt; sed -i 1ila.txt ../order", "tệp lạ \"la.txt\""),
        ("mkdir attachments; echo x > ../evil; sed -i 1iattachments/../../evil ../order", "tệp lạ \"attachments/../../evil\""),
        ("sed -i /tickets/d ../order", "số tệp không khớp"),
        ("sed -i /manifest/d ../order", "không có manifest.json"),
        ("ln -sf /etc/passwd tables/staff.jsonl", "có mục không phải là tệp"),
    ];
    for (script, words) in cases {
        fails_with(&run(&folder, "restore", &changed(place.path(), script)?)?, words)?;
    }
    let whole = fs::read(old_backup())?;
    for length in [0, 100, whole.len() / 2, whole.len() - 1] {
        let cut = place.path().join("cut.tar.gz");
        fs::write(&cut, &whole[..length])?;
        fails_with(&run(&folder, "restore", &cut)?, "bản sao lưu hỏng hoặc bị cắt ngắn")?;
    }
    assert_eq!(listing(folder.path())?, before);
    Ok(())
}

#[test]
fn a_restore_that_ends_halfway_can_be_done_again() -> Result<()> {
    let folder = DataFolder::empty()?;
    let place = tempfile::tempdir()?;
    // A ticket of no conversation, with the right digest.
    let script = "digest() { sha256sum < tables/tickets.jsonl | cut -c1-64; }; old=$(digest)
        sed -i 's/\"conversation_id\":\"./\"conversation_id\":\"x/' tables/tickets.jsonl
        sed -i \"s/$old/$(digest)/\" manifest.json";
    fails_with(&run(&folder, "restore", &changed(place.path(), script)?)?, "dòng 1 của bảng tickets")?;
    succeeds(&run(&folder, "restore", &old_backup())?)
}

#[test]
fn what_was_in_hand_is_nobodys_after_a_restore() -> Result<()> {
    let (folder, restored) = (DataFolder::empty()?, DataFolder::empty()?);
    succeeds(&run(&folder, "restore", &old_backup())?)?;
    for queue in ["inbox", "outbox"] {
        execute(&folder.database_url(), &format!("UPDATE {queue} SET claimed_by = 'gone/{queue}', claimed_until = 4102444800000"))?;
    }
    let place = tempfile::tempdir()?;
    let (before, after) = (place.path().join("before.tar.gz"), place.path().join("after.tar.gz"));
    succeeds(&run(&folder, "backup", &before)?)?;
    succeeds(&run(&restored, "restore", &before)?)?;
    succeeds(&run(&restored, "backup", &after)?)?;
    for queue in ["gone/inbox", "gone/outbox"] {
        assert!(rows(&before)?.iter().any(|row| row.contains(queue)), "{queue}");
    }
    assert!(!rows(&after)?.iter().any(|row| row.contains("gone/") || row.contains("4102444800000")));
    Ok(())
}

/// Runs where `SEN_TEST_POSTGRES_URL` names a server.
#[test]
fn moved_to_postgresql_and_back_nothing_has_changed() -> Result<()> {
    let Ok(server) = std::env::var("SEN_TEST_POSTGRES_URL") else { return Ok(()) };
    let (folder, back) = (DataFolder::empty()?, DataFolder::empty()?);
    let name = format!("sen_moved_{}", std::process::id());
    execute(&server, &format!("CREATE DATABASE {name}"))?;
    let url = format!("{}/{name}", server.trim_end_matches('/').rsplit_once('/').context("no database in the URL")?.0);
    let moved = folder.path().join("moved.tar.gz");
    for (command, file) in [("restore", &old_backup()), ("backup", &moved)] {
        succeeds(&folder.command("bot").arg(command).arg(file).env("SEN_DATABASE_URL", &url).output()?)?;
    }
    let returned = back.path().join("returned.tar.gz");
    for (command, file) in [("restore", &moved), ("backup", &returned)] {
        succeeds(&back.command("bot").arg(command).arg(file).env_remove("SEN_DATABASE_URL").output()?)?;
    }
    let rows = rows(&returned)?;
    assert!(rows.iter().any(|row| row.contains(OLD_CODE)), "{rows:?}");
    assert_eq!(rows, self::rows(&moved)?);
    execute(&server, &format!("DROP DATABASE {name}"))
}

#[test]
fn every_command_refuses_a_database_of_a_newer_version() -> Result<()> {
    let folder = DataFolder::filled()?;
    let backup = folder.path().join("sen.tar.gz");
    add_migration(&folder, 9999)?;
    let words = "cơ sở dữ liệu thuộc phiên bản Sen mới hơn chương trình này (bước 9999)";
    for arguments in [&["ask", "chào"][..], &["chat"]] {
        fails_with(&folder.run("bot", arguments)?, words)?;
    }
    fails_with(&run(&folder, "backup", &backup)?, words)?;
    fails_with(&run(&folder, "restore", &old_backup())?, words)?;
    add_migration(&folder, 999)?;
    fails_with(&folder.run("indexer", &["build"])?, "(bước 999)")?;
    // Last, since a server that starts doesn't end.
    let started = Server::start(folder).err().map(|error| error.to_string());
    assert!(started.is_some_and(|told| told.contains("cơ sở dữ liệu thuộc phiên bản Sen mới hơn chương trình này")));
    Ok(())
}

fn run(folder: &DataFolder, command: &str, file: &Path) -> Result<Output> {
    Ok(folder.command("bot").arg(command).arg(file).output()?)
}

fn succeeds(output: &Output) -> Result<()> {
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// With one sentence.
fn fails_with(output: &Output, words: &str) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("Lỗi: ")).collect();
    ensure!(exit_code(output)? == 1 && sentences.len() == 1 && sentences[0].contains(words), "{words:?} is not what was said: {said}");
    Ok(())
}

/// Enough to answer, and soon indexed.
fn few_guides() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("guides"))?;
    for file in ["glossary.toml", "guides/can-cuoc-duoi-14-tuoi.md", "guides/khai-sinh.md"] {
        fs::copy(knowledge_base().join(file), folder.path().join(file))?;
    }
    Ok(folder)
}

fn hand_over(citizen: &mut Citizen) -> Result<String> {
    citizen.ask(UNKNOWN)?;
    let receipt = citizen.press("Gửi cho cán bộ")?.text;
    Ok(format!("NA-{}", between(&receipt, "NA-", ".").trim()))
}

fn words(citizen: &mut Citizen) -> Result<Vec<String>> {
    Ok(citizen.messages()?.into_iter().map(|message| message.text).collect())
}

/// Does `work` when one of three citizens has been heard and while they send one message after the other; gives each with the messages that were accepted.
fn write_meanwhile(server: &Server, work: impl FnOnce() -> Result<()>) -> Result<Vec<(Citizen, Vec<String>)>> {
    let (heard, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let write = |name: usize| {
            let mut citizen = Citizen::new(server);
            citizen.page()?;
            let mut sent = Vec::new();
            while !is_done.load(Ordering::SeqCst) && sent.len() < MOST_MESSAGES {
                let text = format!("đăng ký khai sinh lệ phí bao nhiêu {name} {}", sent.len());
                citizen.hand_over(&text)?;
                heard.fetch_add(1, Ordering::SeqCst);
                sent.push(text);
            }
            anyhow::Ok((citizen, sent))
        };
        let writers: Vec<_> = (0..3).map(|name| scope.spawn(move || write(name))).collect();
        let outcome = until("a first message", || (heard.load(Ordering::SeqCst) > 0).then_some(())).and_then(|()| work());
        is_done.store(true, Ordering::SeqCst);
        let writers = writers.into_iter().map(|writer| writer.join().unwrap_or_else(|_| anyhow::bail!("a writer panicked"))).collect();
        outcome.and(writers)
    })
}

/// The backup has the first of the messages, in order, and each of them is answered once. Gives their number.
fn kept_whole(mut citizen: Citizen, sent: &[String]) -> Result<usize> {
    let messages = citizen.messages()?;
    let of = |kind: &str| messages.iter().filter(|message| message.kind == kind).map(|message| message.text.clone()).collect::<Vec<_>>();
    let asked = of("citizen");
    assert_eq!(asked, sent[..asked.len()]);
    assert_eq!(of("sen").len(), asked.len(), "{messages:?}");
    Ok(asked.len())
}

fn old_backup() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(OLD_BACKUP)
}

/// The old backup after a shell script has changed its files; `../order` lists them.
fn changed(place: &Path, script: &str) -> Result<PathBuf> {
    let shell = format!(
        "set -e; rm -rf files changed.tar.gz; mkdir files; tar -xzf \"$0\" -C files; tar -tzf \"$0\" > order
         (cd files; {script}); tar -P -czf changed.tar.gz -C files -T order"
    );
    let output = Command::new("sh").args(["-c", &shell]).arg(old_backup()).current_dir(place).output()?;
    succeeds(&output)?;
    Ok(place.join("changed.tar.gz"))
}

fn listing(folder: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(folder)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// As if a later version of the program had been here.
fn add_migration(folder: &DataFolder, version: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES ({version}, '', TRUE, '', 0)"
    );
    execute(&folder.database_url(), &sql)
}

/// Every row of every table, in no order of a database's own.
fn rows(backup: &Path) -> Result<Vec<String>> {
    let output = Command::new("tar").arg("-xzOf").arg(backup).args(["--wildcards", "tables/*"]).output()?;
    succeeds(&output)?;
    let mut rows: Vec<String> = String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect();
    rows.sort();
    Ok(rows)
}
