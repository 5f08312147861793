//! Editors' workflow over the content store: drafts, checking, publishing, going back.
//!
//! A draft holds the form's fields as they are typed ([`value`]), also where they are no guide yet. What has been published
//! meanwhile is brought into it field by field ([`merge`]). Publishing writes a revision, drops the draft and enqueues the
//! index job in one transaction; until the job is done, the revision before answers.

pub(crate) mod align;
pub(crate) mod command;
pub(crate) mod differences;
pub(crate) mod fields;
pub(crate) mod findings;
pub(crate) mod input;
pub(crate) mod merge;
pub(crate) mod path;
pub(crate) mod publication;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use anyhow::{Context as _, Result};
use indexer::content;
use indexer::guide::Guide;
use indexer::lexical::fold;

use crate::app::App;
use crate::db::drafts::{self, NewDraft};
use crate::db::guide_list::{self, Head};
use crate::db::staff::Session;
use crate::language::Language;
use differences::{Difference, differences};
use merge::{Merged, merge};
use value::Row;

pub use command::{Exported, Imported, export, import};

/// The longest id that is proposed, in characters.
const LONGEST_ID: usize = 40;

/// A guide as an editor opens it: the own draft, else what was published last.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    /// The guide's id.
    pub(crate) id: String,
    /// The form's fields.
    pub(crate) fields: Row,
    /// The draft's version, 0 where there is none.
    pub(crate) version: i64,
    /// The revision that the fields began with, 0 for a new guide.
    pub(crate) base: i64,
    /// What is published; none for a new guide.
    pub(crate) head: Option<Head>,
    /// When the draft was saved last, in milliseconds.
    pub(crate) saved_at: Option<i64>,
}

/// What others have published since a draft began.
#[derive(Debug)]
pub(crate) enum Meanwhile {
    /// Nothing.
    Nothing,
    /// Fields that the draft had not touched; they are in it now.
    Merged(Vec<Difference>),
    /// Also fields that the draft had changed too: a person has to settle them.
    Conflicts(Merged),
}

/// Opens a guide as it stands in the draft or in the content store; none where there is no such guide.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open(app: &App, session: &Session, id: &str) -> Result<Option<Opened>> {
    let head = guide_list::head(&app.db, id).await?;
    let opened = |fields, version, base, saved_at, head| Opened { id: id.to_owned(), fields, version, base, head, saved_at };
    if let Some(draft) = drafts::find(&app.db, id, &session.staff_id).await? {
        return Ok(Some(opened(draft.fields, draft.version, draft.base_revision, Some(draft.updated_at), head)));
    }
    let Some(published) = head else { return Ok(None) };
    let fields = fields_at(app, id, published.revision).await?;
    Ok(Some(opened(fields, 0, published.revision, None, Some(published))))
}

/// Opens a guide and brings into the draft what others have published meanwhile, where that is in nobody's way;
/// what that is, is told in this language.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open_merged(app: &App, session: &Session, language: Language, id: &str) -> Result<Option<(Opened, Meanwhile)>> {
    let Some(mut opened) = open(app, session, id).await? else { return Ok(None) };
    let revision = opened.head.as_ref().map_or(0, |head| head.revision);
    if revision == opened.base {
        return Ok(Some((opened, Meanwhile::Nothing)));
    }
    let (base, theirs) = (fields_at(app, id, opened.base).await?, fields_at(app, id, revision).await?);
    let merged = merge(language, &base, &theirs, &opened.fields);
    if !merged.conflicts.is_empty() {
        return Ok(Some((opened, Meanwhile::Conflicts(merged))));
    }
    let taken = differences(language, &opened.fields, &merged.fields);
    if let Some(version) = save(app, session, id, revision, opened.version, &merged.fields).await? {
        (opened.fields, opened.base, opened.version) = (merged.fields, revision, version);
    }
    Ok(Some((opened, Meanwhile::Merged(taken))))
}

/// The fields of a revision; blank ones for revision 0.
///
/// # Errors
/// When the database fails, or the revision is no guide for this version of the program.
pub(crate) async fn fields_at(app: &App, id: &str, revision: i64) -> Result<Row> {
    if revision == 0 {
        return Ok(value::blank_guide(""));
    }
    let text = content::revision_text(&app.db, id, revision).await?.with_context(|| format!("{id} has no revision {revision}"))?;
    Ok(value::of_guide(&Guide::parse(&text)?)?)
}

/// Saves a draft over the version that the editor saw; its new version, or none where it was saved elsewhere meanwhile.
///
/// # Errors
/// When the database fails.
pub(crate) async fn save(app: &App, session: &Session, id: &str, base: i64, version: i64, fields: &Row) -> Result<Option<i64>> {
    let (title, now) = (value::text(fields, "title"), app.clock.now_ms());
    drafts::save(&app.db, &NewDraft { guide_id: id, staff_id: &session.staff_id, base_revision: base, title, fields, version, now }).await
}

/// Gives a draft up; false when it was saved elsewhere meanwhile.
///
/// # Errors
/// When the database fails.
pub(crate) async fn discard(app: &App, session: &Session, id: &str, version: i64) -> Result<bool> {
    let mut tx = app.db.begin().await?;
    let removed = drafts::remove(&mut tx, id, &session.staff_id, version).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Begins a guide under an id of its own, made from the title; none where the title gives no id.
///
/// # Errors
/// When the database fails.
pub(crate) async fn begin(app: &App, session: &Session, title: &str) -> Result<Option<String>> {
    let Some(stem) = id_of(title) else { return Ok(None) };
    let mut id = stem.clone();
    for number in 2.. {
        if id != "new"
            && !drafts::is_taken(&app.db, &id).await?
            && save(app, session, &id, 0, 0, &value::blank_guide(title)).await?.is_some()
        {
            break;
        }
        id = format!("{stem}-{number}");
    }
    Ok(Some(id))
}

/// "Cấp lại thẻ căn cước" gives "cap-lai-the-can-cuoc".
fn id_of(title: &str) -> Option<String> {
    let folded = fold(title);
    let words = folded.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        if !id.is_empty() && id.len() + 1 + word.len() > LONGEST_ID {
            break;
        }
        id.push_str(if id.is_empty() { "" } else { "-" });
        id.extend(word.chars().take(LONGEST_ID));
    }
    (!id.is_empty()).then_some(id)
}
