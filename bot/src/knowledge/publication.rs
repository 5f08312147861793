//! What goes live: publishing a draft, going back to an earlier revision, withdrawing and bringing back.

use std::collections::HashSet;

use anyhow::Result;
use indexer::check::{Finding, Surroundings, check_guide};
use indexer::content::{self, ContentSource, Publish, PublishError, Published};
use indexer::guide::Guide;
use serde_json::json;

use super::findings::{findings, has_errors};
use super::open;
use crate::app::App;
use crate::audit::{self, Action, Kind, Subject};
use crate::db::staff::Session;
use crate::db::{Transaction, drafts, guide_list};
use crate::outbox::{self, Job};

/// How an attempt to publish ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Publication {
    /// It is the newest revision.
    Done,
    /// The same text is published already.
    Unchanged,
    /// Somebody has published another revision, or the draft was saved elsewhere: the editor has to look first.
    Moved,
    /// The checker found errors.
    Broken(Vec<Finding>),
}

/// Publishes the draft in the version that the editor saw.
///
/// # Errors
/// When the database fails; nothing has changed then.
pub(crate) async fn publish(app: &App, session: &Session, id: &str, version: i64, reason: &str) -> Result<Publication> {
    let opened = open(app, session, id).await?.filter(|opened| opened.version == version && version > 0);
    let Some(opened) = opened else { return Ok(Publication::Moved) };
    let (guide, found) = findings(app, id, &opened.fields).await?;
    if has_errors(&found) {
        return Ok(Publication::Broken(found));
    }
    let text = match content::revision_text(&app.db, id, opened.base).await? {
        Some(before) => guide.write_over(&before),
        None => guide.write(),
    };
    let mut tx = app.db.begin().await?;
    let outcome = write(&mut tx, app, session, id, &text, opened.base, reason).await?;
    if outcome == Publication::Moved || !drafts::remove(&mut tx, id, &session.staff_id, version).await? {
        return Ok(Publication::Moved);
    }
    if outcome == Publication::Done {
        go_live(&mut tx, app, session, id, Action::PublishGuide, reason).await?;
    }
    tx.commit().await?;
    app.wake.outbox();
    Ok(outcome)
}

/// Publishes an earlier revision again, over the one that the editor saw (`replaces`). A withdrawn guide is brought back.
///
/// # Errors
/// When the database fails; nothing has changed then.
pub(crate) async fn restore(app: &App, session: &Session, id: &str, revision: i64, replaces: i64, reason: &str) -> Result<Publication> {
    let Some(text) = content::revision_text(&app.db, id, revision).await? else { return Ok(Publication::Moved) };
    let guide = Guide::parse(&text)?;
    let ids: HashSet<String> = guide.related.iter().cloned().collect();
    let found = check_guide(&guide, &Surroundings { today: app.clock.today(), ids: &ids });
    if has_errors(&found) {
        return Ok(Publication::Broken(found));
    }
    let mut tx = app.db.begin().await?;
    let outcome = write(&mut tx, app, session, id, &text, replaces, reason).await?;
    if outcome != Publication::Done {
        return Ok(outcome);
    }
    go_live(&mut tx, app, session, id, Action::RestoreGuide, reason).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(outcome)
}

/// Takes a guide out of service; its revisions and drafts stay. False when it was not in service.
///
/// # Errors
/// When the database fails; nothing has changed then.
pub(crate) async fn withdraw(app: &App, session: &Session, id: &str, reason: &str) -> Result<bool> {
    let mut tx = app.db.begin().await?;
    if !content::withdraw(&mut tx, id, ContentSource::Console, app.clock.now_ms()).await? {
        return Ok(false);
    }
    go_live(&mut tx, app, session, id, Action::WithdrawGuide, reason).await?;
    tx.commit().await?;
    app.wake.outbox();
    Ok(true)
}

async fn write(
    tx: &mut Transaction,
    app: &App,
    session: &Session,
    id: &str,
    text: &str,
    replaces: i64,
    reason: &str,
) -> Result<Publication, PublishError> {
    let author = &session.display_name;
    let item = Publish { id, source: ContentSource::Console, text, author, reason, now: app.clock.now_ms(), replaces: Some(replaces) };
    Ok(match content::publish(tx, item).await? {
        Published::Created | Published::Updated => Publication::Done,
        Published::Unchanged => Publication::Unchanged,
        Published::Outdated { .. } | Published::KeptConsole { .. } => Publication::Moved,
    })
}

/// What belongs to every change of what citizens are answered, in its transaction.
async fn go_live(tx: &mut Transaction, app: &App, session: &Session, id: &str, action: Action, reason: &str) -> Result<()> {
    let (title, revision) = guide_list::title_and_revision(tx, id).await?;
    let subject = Subject { kind: Kind::Guide, id, name: &title };
    audit::record(tx, app, session, action, subject, &json!({ "after": { "revision": revision, "reason": reason } })).await?;
    outbox::enqueue_alone(tx, app, Job::IndexGuide { id: id.to_owned() }).await
}
