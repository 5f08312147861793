//! Who takes a message, over several processes.

use futures::FutureExt as _;
use futures::future::join_all;
use indexer::database::DatabaseKind;

use super::*;
use crate::channel::{Channel, Inbound};
use crate::test_support::House;

/// Messages are taken in the order in which they came: one a millisecond.
async fn ask(house: &House, citizen: &str) -> Result<()> {
    house.pass(1);
    let content = Content::Text("lệ phí cấp lại căn cước".into());
    accept(
        &house.app,
        Inbound { channel: Channel::Web, address: citizen.into(), external_id: house.app.random.id(), content, language: None },
    )
    .await?;
    Ok(())
}

async fn replies(house: &House) -> Result<i64> {
    house.count("SELECT COUNT(*) FROM messages WHERE sender = 'sen'").await
}

#[tokio::test]
async fn what_stands_in_line_is_nobody_elses() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let other = house.neighbour().await?;
    for citizen in ["an", "binh", "chi"] {
        ask(&house, citizen).await?;
    }
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(run_next(&other).await?, Outcome::Idle);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 3);
    Ok(())
}

#[tokio::test]
async fn what_stands_in_line_too_long_is_taken_by_another_process_and_answered_once() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let other = house.neighbour().await?;
    ask(&house, "an").await?;
    ask(&house, "binh").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    house.pass(CLAIM_MS + 1);
    assert_eq!(run_next(&other).await?, Outcome::Done);
    assert_eq!(run_next(&house.app).await?, Outcome::Idle);
    assert_eq!(replies(&house).await?, 2);
    Ok(())
}

#[tokio::test]
async fn the_line_is_given_back_at_the_end() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let other = house.neighbour().await?;
    ask(&house, "an").await?;
    ask(&house, "binh").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    queue::release_own(&house.app).await?;
    assert_eq!(run_next(&other).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_message_ends_once() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    let claimed = claim(&house.app).await?;
    let claimed: Vec<&Waiting> = claimed.iter().collect();
    let mut tx = house.app.db.begin().await?;
    finish(&mut tx, &claimed).await?;
    assert!(finish(&mut tx, &claimed).await.is_err(), "its claim ended with it");
    tx.commit().await?;
    Ok(())
}

#[tokio::test]
async fn a_redelivery_leaves_no_gap_in_the_numbers() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let inbound = |external_id: &str| Inbound {
        channel: Channel::Web,
        address: "an".into(),
        external_id: external_id.into(),
        content: Content::Text("xin chào".into()),
        language: None,
    };
    let (first, at_the_same_time) = tokio::join!(accept(&house.app, inbound("1")), accept(&house.app, inbound("1")));
    let first = first?;
    assert_eq!(at_the_same_time?, first);
    assert_eq!(accept(&house.app, inbound("1")).await?, first);
    let mut tx = house.app.db.begin().await?;
    assert_eq!(accept_in(&mut tx, &house.app, &inbound("1")).await?, None);
    tx.commit().await?;
    assert_eq!(accept(&house.app, inbound("2")).await?.seq, first.seq + 1);
    Ok(())
}

/// The numbers that messages with these texts have, in order; all come at the same moment.
async fn at_the_same_moment(house: &House, citizen: &str, texts: impl Iterator<Item = usize>) -> Result<Vec<i64>> {
    let inbound = |number: usize| Inbound {
        channel: Channel::Web,
        address: citizen.into(),
        external_id: format!("{citizen}-{number}"),
        content: Content::Text(format!("câu {number}")),
        language: None,
    };
    let accepted = join_all(texts.map(|number| accept(&house.app, inbound(number)))).await;
    let mut seqs = accepted.into_iter().map(|accepted| Ok(accepted?.seq)).collect::<Result<Vec<i64>>>()?;
    seqs.sort_unstable();
    Ok(seqs)
}

#[tokio::test]
async fn messages_that_come_at_the_same_moment_are_stored_once_each_and_numbered_without_a_gap() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    // More than are stored together, two redeliveries among them.
    let (an, binh) = tokio::join!(at_the_same_moment(&house, "an", 0..60), at_the_same_moment(&house, "binh", (0..40).chain(0..2)));
    assert_eq!(an?, (1..=60).collect::<Vec<_>>());
    let mut binh = binh?;
    binh.dedup();
    assert_eq!(binh, (1..=40).collect::<Vec<_>>());
    let texts = "SELECT COUNT(*) FROM (SELECT DISTINCT m.conversation_id, m.seq, m.text FROM messages m
                 JOIN inbox i ON i.conversation_id = m.conversation_id AND i.seq = m.seq WHERE i.content LIKE '%' || m.text || '\"%') AS t";
    assert_eq!(house.count(texts).await?, 100, "each under its own number");
    Ok(())
}

#[tokio::test]
async fn who_hangs_up_takes_nobody_elses_message_away() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let mut hung_up = Box::pin(at_the_same_moment(&house, "an", 0..1));
    // A server of PostgreSQL can be quick enough to answer at once.
    let is_waiting = hung_up.as_mut().now_or_never().is_none();
    assert!(is_waiting || house.app.db.kind == DatabaseKind::Postgres);
    drop(hung_up);
    let patient = tokio::time::timeout(Duration::from_secs(20), at_the_same_moment(&house, "binh", 0..1));
    assert_eq!(patient.await??, [1]);
    Ok(())
}

#[tokio::test]
async fn what_staff_take_while_it_stands_in_line_is_left_to_them() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    ask(&house, "binh").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    house.sql("UPDATE conversations SET mode = 'with_staff' WHERE address = 'binh'").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Postponed);
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE attempts > 0").await?, 0, "nothing has failed");
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 1, "Sen is silent where staff are");
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'").await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_staff_give_back_while_it_stands_in_line_is_answered() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    ask(&house, "binh").await?;
    house.sql("UPDATE conversations SET mode = 'with_staff' WHERE address = 'binh'").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    house.sql("UPDATE conversations SET mode = 'question' WHERE address = 'binh'").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Postponed);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 2, "nobody else would");
    Ok(())
}

#[tokio::test]
async fn a_stored_message_that_cannot_be_read_is_set_aside_and_holds_back_no_other() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    ask(&house, "binh").await?;
    ask(&house, "chi").await?;
    house
        .sql("UPDATE inbox SET content = '{\"later\":1}' WHERE conversation_id = (SELECT id FROM conversations WHERE address = 'an')")
        .await?;
    house.sql("UPDATE conversations SET state = '{\"pending\":\"later\"}' WHERE address = 'binh'").await?;
    house.work().await?;
    assert_eq!(replies(&house).await?, 2, "a dialogue that can't be read begins anew");
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'dead' AND claimed_until = 0").await?, 1);
    Ok(())
}

#[tokio::test]
async fn sqlite_waits_for_the_disk_again_after_a_claim() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    house.work().await?;
    assert_eq!(replies(&house).await?, 1);
    if house.app.db.kind == DatabaseKind::Sqlite {
        const FULL: i64 = 2;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&house.app.db.writer).await?;
        assert_eq!(synchronous, FULL);
    }
    Ok(())
}

/// Eight wait and there are four workers: a worker takes two, and writes them together.
async fn eight_waiting() -> Result<House> {
    let house = House::new().await?.with_guide().await?;
    for citizen in ["an", "binh", "chi", "dung", "giang", "hoa", "khanh", "lan"] {
        ask(&house, citizen).await?;
    }
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 2);
    Ok(house)
}

#[tokio::test]
async fn each_of_those_answered_together_has_its_own_reply_in_its_own_conversation() -> Result<()> {
    let house = eight_waiting().await?;
    let own = "SELECT COUNT(DISTINCT m.conversation_id) FROM messages m JOIN answers a ON a.id = m.answer_id
               JOIN outbox o ON o.conversation_id = m.conversation_id AND o.seq = m.seq
               WHERE a.conversation_id = m.conversation_id AND m.seq = 2 AND o.job = 'deliver_reply'";
    assert_eq!(house.count(own).await?, 2);
    assert_eq!(house.count("SELECT COUNT(DISTINCT answer_id) FROM answer_passages").await?, 2);
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'done'").await?, 2);
    Ok(())
}

#[tokio::test]
async fn one_that_cannot_be_written_holds_back_none_of_those_with_it() -> Result<()> {
    let house = eight_waiting().await?;
    house.sql("UPDATE conversations SET mode = 'with_staff' WHERE address = 'chi'").await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Postponed);
    assert_eq!(replies(&house).await?, 3);
    house
        .sql("UPDATE inbox SET claimed_by = 'another' WHERE conversation_id = (SELECT id FROM conversations WHERE address = 'hoa')")
        .await?;
    assert_eq!(run_next(&house.app).await?, Outcome::Postponed);
    assert_eq!(replies(&house).await?, 4, "what another process has taken is left to it");
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'waiting' AND claimed_by = 'another'").await?, 1);
    Ok(())
}

#[tokio::test]
async fn what_follows_a_postponed_message_is_due_no_earlier() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    ask(&house, "an").await?;
    ask(&house, "an").await?;
    let claimed = claim(&house.app).await?;
    postpone(&house.app, &claimed[0], &anyhow::anyhow!("no answer")).await?;
    let due = format!("SELECT COUNT(*) FROM inbox WHERE state = 'waiting' AND run_at <= {}", house.app.clock.now_ms());
    assert_eq!(house.count(&due).await?, 0);
    house.pass(1_000);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 2);
    Ok(())
}
