//! What Sen would say of a guide that is not published yet: the real composing and grounding over its text.

use indexer::content::{ContentSource, PublishedGuide};
use indexer::guide::Guide;
use jiff::civil::Date;

use super::answer::Citation;
use super::asked_fact::Fact;
use super::{
    OpenGuide,
    composer::{self, Wanted},
    grounding,
};
use crate::channel::Button;
use crate::language::Language;

/// A reply that leaves to nobody.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    /// What the citizen would read, in Sen's light markup.
    pub(crate) text: String,
    /// Quick replies under it.
    pub(crate) buttons: Vec<Button>,
    /// What it rests on.
    pub(crate) citations: Vec<Citation>,
    /// Figures that stand in none of its citations: with any, the reply would not leave.
    pub(crate) ungrounded: Vec<String>,
}

/// The reply when this fact is asked, or nothing in particular.
pub(crate) fn preview(guide: Guide, revision: i64, fact: Option<Fact>, today: Date) -> Preview {
    let published = PublishedGuide { guide, revision, source: ContentSource::Console, digest: String::new() };
    let asked: Vec<Fact> = fact.into_iter().collect();
    let reply = composer::reply(&OpenGuide::new(published), &Wanted { asked: &asked, ..Wanted::default() }, today, Language::Vietnamese);
    let quotes: Vec<&str> = reply.citations.iter().map(|citation| citation.quote.as_str()).collect();
    Preview {
        ungrounded: grounding::ungrounded(&reply.text, &quotes),
        text: reply.text,
        buttons: reply.buttons,
        citations: reply.citations,
    }
}
