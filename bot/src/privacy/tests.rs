use anyhow::{Context as _, Result};
use indexer::database::DatabaseKind;
use sqlx::Row as _;

use super::{Purged, notice, purge};
use crate::answering::DialogueState;
use crate::attachments;
use crate::config::Config;
use crate::db::answers::{self, Vote};
use crate::db::conversations;
use crate::db::messages::Sender;
use crate::db::retention::{self, Cutoffs};
use crate::db::staff::Session;
use crate::db::tickets::{self, Ticket, TicketState};
use crate::handoff;
use crate::language::Language;
use crate::test_support::{DAY, House};

/// A citizen on a platform whose chat is 12345.
const HOA: &str = "12345:7";
const SECRET: &str = "Bí Mật";

fn clerk() -> Session {
    Session { display_name: "Hoa".into(), ..Session::default() }
}

/// Tables and columns that hold these words.
async fn holding(house: &House, words: &str) -> Result<Vec<String>> {
    let sql = match house.app.db.kind {
        DatabaseKind::Sqlite => "SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'",
        DatabaseKind::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let mut found = Vec::new();
    for row in sqlx::query(sql).fetch_all(&house.app.db.reader).await? {
        let (table, column): (String, String) = (row.try_get("t")?, row.try_get("c")?);
        if house.count(&format!("SELECT COUNT(*) FROM {table} WHERE CAST({column} AS TEXT) LIKE '%{words}%'")).await? > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found.sort();
    Ok(found)
}

/// A citizen who has asked, voted, sent a file, a question and a petition.
async fn busy(house: &House) -> Result<String> {
    let id = house.say(HOA, "tôi tên Bí Mật, cấp lại thẻ căn cước bị mất hết bao nhiêu tiền").await?;
    let answer = house.messages(&id).await?.into_iter().find_map(|message| message.answer_id).context("nothing was answered")?;
    assert!(answers::vote(&house.app.db, &id, &answer, Vote::Up, 0).await?);
    house.say(HOA, "gặp cán bộ").await?;
    house.press(HOA, "Gửi cho cán bộ").await?;
    house.say(HOA, "tôi muốn phản ánh cán bộ Bí Mật vòi tiền").await?;
    house.press(HOA, "Gửi phản ánh").await?;
    std::fs::create_dir_all(house.data().join("attachments"))?;
    std::fs::write(house.data().join("attachments/f1.jpg"), "Bí Mật")?;
    house
        .sql(&format!(
            "INSERT INTO attachments (id, conversation_id, seq, kind, name, platform_file_id, file, created_at)
             VALUES ('f1', '{id}', 1, 'photo', 'Bí Mật.jpg', 'p1', 'f1.jpg', 0)"
        ))
        .await?;
    house
        .sql("INSERT INTO telegram_updates (update_id, chat_id, raw, state, received_at) VALUES (1, '12345', 'Bí Mật', 'taken', 0)")
        .await?;
    Ok(id)
}

async fn all_tickets(house: &House) -> Result<Vec<Ticket>> {
    tickets::list(&house.app.db, None).await
}

#[tokio::test]
async fn nothing_of_the_erased_words_remains_but_a_petition_that_is_handled() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let id = busy(&house).await?;
    house.say("lan", "chị Giữ Lại hỏi lệ phí cấp lại căn cước").await?;
    let before = holding(&house, SECRET).await?;
    for place in ["messages.text", "answers.question", "inbox.content", "tickets.question", "attachments.name", "telegram_updates.raw"] {
        assert!(before.contains(&place.to_owned()), "{place} is not among {before:?}");
    }
    assert_eq!(house.count("SELECT COUNT(*) FROM feedback").await?, 1);

    house.say(HOA, "xoa du lieu cua toi").await?;
    let asked = house.messages(&id).await?;
    assert!(asked.last().is_some_and(|message| message.text.contains("Còn giữ, và vì sao")), "{asked:?}");
    house.press(HOA, "Xóa dữ liệu").await?;

    assert_eq!(holding(&house, SECRET).await?, ["tickets.question"]);
    assert_eq!(house.count("SELECT COUNT(*) FROM feedback").await?, 0);
    let conversation = conversations::by_id(&house.app.db, &id).await?.context("the conversation is gone")?;
    assert_eq!(conversation.state, DialogueState::default());
    assert!(!house.data().join("attachments/f1.jpg").exists());
    let left = house.messages(&id).await?;
    assert_eq!(left.iter().map(|message| message.sender).collect::<Vec<_>>(), [Sender::Citizen, Sender::Sen]);
    let [question, petition] = all_tickets(&house).await?.try_into().map_err(|_| anyhow::anyhow!("not two tickets"))?;
    assert_eq!((question.state, question.question.as_str()), (TicketState::Closed, ""));
    assert!(petition.state == TicketState::Open && petition.question.contains(SECRET));
    assert!(left[1].text.contains(&petition.code) && !left[1].text.contains(&question.code), "{}", left[1].text);
    assert!(!holding(&house, "Giữ Lại").await?.is_empty(), "of others nothing is erased");

    // Staff answer it; then it goes too, and with it the address.
    handoff::reply(&house.app, &clerk(), &petition.id, "Đã kiểm tra.").await?;
    handoff::close(&house.app, &clerk(), &petition.id).await?;
    purge(&house.app).await?;
    assert!(house.messages(&id).await?.iter().any(|message| message.text == "Đã kiểm tra."), "there is time to read the reply");
    house.pass(15 * DAY);
    purge(&house.app).await?;
    assert_eq!(holding(&house, SECRET).await?, Vec::<String>::new());
    assert_eq!(holding(&house, HOA).await?, Vec::<String>::new());
    assert_eq!(all_tickets(&house).await?.iter().map(|ticket| ticket.code.clone()).collect::<Vec<_>>(), [question.code, petition.code]);
    if house.app.db.kind == DatabaseKind::Sqlite {
        let file = std::fs::read(house.data().join("sen.sqlite"))?;
        assert!(!file.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()), "the words lie on in the file");
    }
    Ok(())
}

#[tokio::test]
async fn keeping_keeps_everything_and_other_words_are_a_question() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let id = busy(&house).await?;
    let before = house.messages(&id).await?.len();
    house.say(HOA, "xóa hết dữ liệu của tôi").await?;
    house.press(HOA, "Giữ lại").await?;
    house.say(HOA, "xóa dữ liệu").await?;
    house.say(HOA, "lệ phí cấp lại căn cước").await?;
    house.say(HOA, "có").await?;
    let said = house.messages(&id).await?;
    assert_eq!(said.len(), before + 10, "{:#?}", said.iter().map(|message| &message.text).collect::<Vec<_>>());
    house.say(HOA, "xóa dữ liệu").await?;
    house.say(HOA, "dong y").await?;
    assert_eq!(house.messages(&id).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn sen_hears_it_while_staff_hold_the_conversation() -> Result<()> {
    let house = House::new().await?;
    let id = house.say(HOA, "gặp cán bộ").await?;
    house.say(HOA, "xã tôi mai có cúp điện không").await?;
    let ticket = all_tickets(&house).await?.pop().context("no ticket")?;
    handoff::reply(&house.app, &clerk(), &ticket.id, "Không ạ.").await?;
    let before = house.messages(&id).await?.len();
    house.say(HOA, "vâng").await?;
    assert_eq!(house.messages(&id).await?.len(), before + 1, "Sen is silent");
    house.say(HOA, "xóa dữ liệu của tôi").await?;
    house.press(HOA, "Xóa dữ liệu").await?;
    assert_eq!(house.messages(&id).await?.len(), 2);
    house.say(HOA, "xin chào").await?;
    assert_eq!(house.messages(&id).await?.len(), 4, "the conversation is Sen's again");
    Ok(())
}

#[tokio::test]
async fn what_has_been_kept_long_enough_goes_and_nothing_else() -> Result<()> {
    let house = House::with_settings(&[("SEN_KEEP_TICKETS_DAYS", "200")]).await?;
    house.say("old", "xin chào").await?;
    std::fs::create_dir_all(house.data().join("attachments/lost+found"))?;
    house.say("closed", "gặp cán bộ").await?;
    house.say("closed", "câu hỏi đã đóng").await?;
    let closed = all_tickets(&house).await?.pop().context("no ticket")?;
    handoff::close(&house.app, &clerk(), &closed.id).await?;
    house.say("open", "gặp cán bộ").await?;
    house.say("open", "câu hỏi đang mở").await?;
    house
        .sql(
            "INSERT INTO telegram_updates (update_id, chat_id, raw, state, received_at)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) SELECT i, 'x', '{}', 'ignored', 0 FROM n",
        )
        .await?;
    house.sql("INSERT INTO login_failures (login, failed_at) VALUES ('hoa', 0)").await?;
    assert_eq!(purge(&house.app).await?, Purged { records: 1_201, ..Purged::default() });

    house.pass(100 * DAY);
    house.say("young", "xin chào").await?;
    house.pass(81 * DAY);
    let purged = purge(&house.app).await?;
    assert_eq!((purged.conversations, purged.tickets), (2, 0));
    assert_eq!(left(&house).await?, (["open", "young"].map(str::to_owned).to_vec(), 2));
    assert_eq!(holding(&house, "câu hỏi đã đóng").await?, ["tickets.question"], "the ticket has its own time");
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'done'").await?, 0);

    house.pass(20 * DAY);
    assert_eq!(purge(&house.app).await?.tickets, 1);
    assert_eq!(house.count("SELECT COUNT(*) FROM audit_log").await?, 1, "that the ticket was closed is kept for two years");
    assert_eq!(left(&house).await?, (["open", "young"].map(str::to_owned).to_vec(), 1));
    assert_eq!(house.count("SELECT COUNT(*) FROM conversations").await?, 2);

    house.pass(530 * DAY);
    assert_eq!(purge(&house.app).await?.audit, 1);
    assert_eq!(house.count("SELECT COUNT(*) FROM audit_log").await?, 0);
    Ok(())
}

/// Addresses that are still known, and how many tickets there are.
async fn left(house: &House) -> Result<(Vec<String>, usize)> {
    let sql = "SELECT address FROM conversations WHERE address NOT LIKE 'erased:%' ORDER BY address";
    Ok((sqlx::query_scalar(sql).fetch_all(&house.app.db.reader).await?, all_tickets(house).await?.len()))
}

#[test]
fn the_notice_names_the_days_and_a_way_to_erase() -> Result<()> {
    let config = |url: Option<&str>| {
        let get = |name: &str| (name == "SEN_PUBLIC_URL").then(|| url.map(str::to_owned)).flatten();
        Config::load(std::path::Path::new("/nowhere"), &get)
    };
    let notice = |config: &Config| notice(config, Language::Vietnamese);
    assert!(notice(&config(None)?).contains("180 ngày") && notice(&config(None)?).contains("xóa dữ liệu của tôi"));
    assert!(notice(&config(Some("https://sen.example/"))?).contains("https://sen.example/rieng-tu"));
    Ok(())
}

#[tokio::test]
async fn the_page_tells_the_days_in_force_and_offers_to_erase_what_there_is() -> Result<()> {
    let house = House::with_settings(&[("SEN_KEEP_CONVERSATIONS_DAYS", "91"), ("SEN_OFFICE", "bộ phận Một cửa xã <Kim>")]).await?;
    let page = house.get("/rieng-tu", &[]).await?;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("91 ngày kể từ") && page.body.contains("xã &#60;Kim&#62;"), "{}", page.body);
    assert!(!page.body.contains("value=\"erase\"") && !page.head.contains("set-cookie"), "there is nothing to erase");
    let token = "ab".repeat(32);
    house.say(&crate::clock::token_hash(&token), "xin chào").await?;
    let page = house.get("/rieng-tu", &[("cookie", &format!("sen_citizen={token}"))]).await?;
    assert!(page.body.contains("value=\"erase\""));
    assert!(house.get("/", &[]).await?.body.contains("href=\"/rieng-tu\""));
    Ok(())
}

#[tokio::test]
async fn progress_in_lessons_goes_with_the_conversation() -> Result<()> {
    let house = House::new().await?;
    let id = house.say(HOA, "xin chào").await?;
    house
        .sql(&format!(
            "INSERT INTO lesson_progress (conversation_id, course_id, lesson, screen, started_at, moved_at) VALUES ('{id}', 'vneid', 2, 3, 0, 0)"
        ))
        .await?;
    assert_eq!(purge(&house.app).await?.conversations, 0);
    house.pass(181 * DAY);
    assert_eq!(purge(&house.app).await?.conversations, 1);
    assert_eq!(house.count("SELECT COUNT(*) FROM lesson_progress").await?, 0);
    Ok(())
}

#[tokio::test]
async fn who_writes_again_while_the_purge_comes_near_is_kept() -> Result<()> {
    let house = House::new().await?;
    let id = house.say(HOA, "xin chào").await?;
    house.pass(181 * DAY);
    let before = house.app.clock.now_ms() - 180 * DAY;
    let cutoffs = Cutoffs { conversations: before, tickets: 0, records: 0, audit: 0 };
    let old = retention::old_conversations(&house.app.db, &cutoffs).await?;
    assert_eq!(old.iter().map(|old| &old.id).collect::<Vec<_>>(), [&id]);
    house.say(HOA, "tôi quay lại").await?;
    assert!(!super::retention::delete(&house.app, &old[0], &cutoffs).await?);
    assert_eq!(house.messages(&id).await?.len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_fetched_after_its_erasure_does_not_stay() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    busy(&house).await?;
    let attachment = attachments::find(&house.app.db, "f1").await?.context("no attachment")?;
    attachments::store(&house.app, &attachment, b"xin").await?;
    assert!(house.data().join("attachments/f1").exists());
    house.sql("DELETE FROM attachments").await?;
    attachments::store(&house.app, &attachment, b"xin").await?;
    assert!(!house.data().join("attachments/f1").exists());
    Ok(())
}
