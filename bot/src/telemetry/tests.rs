use anyhow::Result;
use tokio::sync::watch;

use super::{Queue, resent_after_kill, set_aside, start};
use crate::test_support::House;
use crate::workers;

#[tokio::test]
async fn what_happened_is_counted_without_saying_who() -> Result<()> {
    let house = House::new().await?.with_guide().await?;
    start(&house.app.clock)?;
    house.say("0912345678", "lệ phí cấp lại thẻ căn cước bị mất").await?;
    house.say("0912345678", "gặp cán bộ").await?;
    house.press("0912345678", "Gửi cho cán bộ").await?;
    house.sql("UPDATE inbox SET state = 'waiting' WHERE seq = 1").await?;
    house.pass(90_000);
    resent_after_kill();
    set_aside(Queue::Inbox);
    let page = house.get("/metrics", &[]).await?;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-type: text/plain; version=0.0.4"));
    for line in [
        "sen_messages_received_total{channel=\"web\"} 3",
        "sen_answers_total{status=\"answered\"} 1",
        "sen_handoffs_total{kind=\"question\"} 1",
        "sen_handoffs_total{kind=\"petition\"} 0",
        "sen_deliveries_total{channel=\"web\",outcome=\"sent\"} 3",
        "sen_deliveries_resent_after_kill_total 1",
        "sen_dead_letters_total{queue=\"inbox\"} 1",
        "sen_dead_letters_total{queue=\"outbox\"} 0",
        "# TYPE sen_answer_seconds histogram",
        "sen_answer_seconds_bucket{le=\"+Inf\"} 3",
        "sen_embed_seconds_count 1",
        "sen_delivery_seconds_bucket{channel=\"web\",le=\"0.025\"} 3",
        "sen_message_age_seconds_bucket{channel=\"web\",le=\"2.5\"} 3",
        "sen_inbox_waiting 1",
        "sen_inbox_oldest_waiting_age_seconds 92",
        "sen_outbox_waiting 0",
        "sen_dead_letters 0",
        "sen_tickets_open 1",
        "process_start_time_seconds 1795496400",
    ] {
        assert!(page.body.lines().any(|shown| shown == line), "{line} is not in\n{}", page.body);
    }
    let value = |name: &str| page.body.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    assert!(value("sen_index_chunks ").is_some_and(|chunks| chunks > 3.0));
    assert!(value("process_resident_memory_bytes ").is_some_and(|bytes| bytes > 1e6));
    assert!(!page.body.contains("0912345678"));
    Ok(())
}

#[tokio::test]
async fn the_world_sees_no_metrics() -> Result<()> {
    let house = House::new().await?;
    start(&house.app.clock)?;
    assert_eq!(house.get("/metrics", &[]).await?.status, 200);
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let page = house.get("/metrics", &[(header, "10.0.0.1")]).await?;
        assert!(page.status == 404 && !page.body.contains("sen_"), "{header}");
    }
    Ok(())
}

#[tokio::test]
async fn ready_means_that_every_part_is() -> Result<()> {
    let house = House::new().await?;
    let reply = house.get("/readyz", &[]).await?;
    assert_eq!((reply.status, reply.body.as_str()), (503, "index: none answers yet\nworkers: 0 of 0 run\n"));
    let house = house.with_guide().await?;
    let (stop, stopped) = watch::channel(false);
    let mut workers = workers::start(&house.app, &stopped);
    for _ in 0..100 {
        // The workers begin while this request is served.
        if house.get("/readyz", &[]).await?.status == 200 {
            break;
        }
    }
    assert_eq!(house.get("/readyz", &[]).await?.body, "ready\n");
    house.sql("DELETE FROM _sqlx_migrations WHERE version = 1003").await?;
    let reply = house.get("/readyz", &[]).await?;
    assert_eq!((reply.status, reply.body.as_str()), (503, "migrations: [1003] not applied\n"));
    stop.send(true)?;
    house.app.wake.inbox.notify_one();
    house.app.wake.outbox();
    while workers.join_next().await.is_some() {}
    house.app.db.reader.close().await;
    let reply = house.get("/readyz", &[]).await?;
    assert_eq!((reply.status, reply.body.as_str()), (503, "database: does not answer\nworkers: 0 of 8 run\n"));
    assert_eq!(house.get("/healthz", &[]).await?.status, 200, "it lives all the same");
    Ok(())
}
