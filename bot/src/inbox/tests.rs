//! Who takes a message, over several processes.

use super::*;
use crate::channel::Channel;
use crate::test_support::House;

async fn ask(house: &House, citizen: &str) -> Result<()> {
    let content = Content::Text("lệ phí cấp lại căn cước".into());
    accept(&house.app, Inbound { channel: Channel::Web, address: citizen.into(), external_id: house.app.random.id(), content }).await?;
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
async fn a_redelivery_leaves_no_gap_in_the_numbers() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    let inbound = |external_id: &str| Inbound {
        channel: Channel::Web,
        address: "an".into(),
        external_id: external_id.into(),
        content: Content::Text("xin chào".into()),
    };
    let first = accept(&house.app, inbound("1")).await?;
    assert_eq!(accept(&house.app, inbound("1")).await?, first);
    let mut tx = house.app.db.begin().await?;
    assert_eq!(accept_in(&mut tx, &house.app, &inbound("1")).await?, None);
    tx.commit().await?;
    assert_eq!(accept(&house.app, inbound("2")).await?.seq, first.seq + 1);
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
    house.pass(1_000);
    assert_eq!(run_next(&house.app).await?, Outcome::Done);
    assert_eq!(replies(&house).await?, 1, "Sen is silent where staff are");
    assert_eq!(house.count("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'").await?, 0);
    Ok(())
}
