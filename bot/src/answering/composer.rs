//! Step 7: the reply, composed verbatim from the guide's rows: the asked fact first, then what is needed next.

use std::fmt::Display;
use std::sync::Arc;

use anyhow::Result;
use indexer::chunker::Section;
use indexer::content::{ContentSource, PublishedGuide};
use indexer::guide::{Guide, ReviewStatus};
use indexer::lexical::fold;
use jiff::civil::Date;

use super::answer::{AnswerStatus, Citation};
use super::asked_fact::Fact;
use super::context::Told;
use super::dialogue::Pending;
use super::evidence::{self, Sought};
use super::guide_text::{heading, state};
use super::question_router::{consent_buttons, not_found, with_staff_button};
use super::{Context, Flow, OpenGuide, Reply, TicketKind, question_rewriter};
use crate::channel::{Action, Button};
use crate::language::{Language, t, tf, vi};

/// A message on a phone; what was asked is never cut to fit, further facts are.
const COMFORTABLE_CHARS: usize = 900;
/// Quick replies beside "Gặp cán bộ".
const MOST_BUTTONS: usize = 4;

/// What a general question ("làm khai sinh thế nào") is answered with, as far as it fits.
const OVERVIEW: [Fact; 4] = [Fact::Place, Fact::Papers, Fact::Fee, Fact::Time];
/// What a citizen needs next, after what was asked.
const NEXT: [Fact; 3] = [Fact::Fee, Fact::Time, Fact::Place];
/// The order of quick replies.
const BUTTONS: [Fact; 7] = [Fact::Papers, Fact::Fee, Fact::Time, Fact::Place, Fact::Online, Fact::Steps, Fact::Conditions];

/// A reply in the making.
struct Draft {
    language: Language,
    lines: Vec<String>,
    /// Begins with the guide's summary.
    overview: bool,
    told: Vec<Fact>,
    /// Facts that were asked and that the guide does not state.
    missing: Vec<Fact>,
    /// A sentence that answers what the question adds.
    evidence: Option<String>,
    /// Passages of the official procedure that were told.
    of_record: Vec<Citation>,
}

/// Composes the reply from the chosen guide.
pub(crate) async fn compose(context: &mut Context<'_>) -> Result<Flow> {
    let Some(id) = context.chosen.clone() else { return Ok(Flow::End(not_found(context))) };
    let Some(opened) = context.engine.open_guide(&id).await? else { return Ok(Flow::End(not_found(context))) };
    let record = if lacks_figure(&opened.published.guide, &context.asked, context.today) { record(context, &id).await? } else { None };
    let wanted = Wanted { asked: &context.asked, sought: sought(context, &id), record: record.as_deref() };
    let reply = reply(&opened, &wanted, context.today, context.language);
    let guide = &opened.published.guide;
    context.told = Some(Told { level: guide.level, receiving_body: guide.receiving_body.clone() });
    remember(context, &id, reply.status);
    context.reply = Some(reply);
    Ok(Flow::Continue)
}

/// What a reply is to tell.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    /// The facts that are asked, in order.
    pub(crate) asked: &'a [Fact],
    /// What the question adds to the procedure's name.
    pub(crate) sought: Sought,
    /// The official procedure that the guide speaks for.
    pub(crate) record: Option<&'a OpenGuide>,
}

/// Whether a fee or a time is asked for which the guide names no figure.
fn lacks_figure(guide: &Guide, asked: &[Fact], today: Date) -> bool {
    asked.iter().any(|fact| matches!(fact, Fact::Fee | Fact::Time) && !states_figure(&state(guide, *fact, today)))
}

/// The official procedure under a guide in plain words, while its code is still the guide's first one.
async fn record(context: &Context<'_>, id: &str) -> Result<Option<Arc<OpenGuide>>> {
    let catalogue = context.engine.catalogue();
    let code = catalogue.get(id).and_then(|entry| entry.codes.first().filter(|code| **code != entry.id).cloned());
    let Some(code) = code.filter(|code| catalogue.speaker(code) == id) else { return Ok(None) };
    context.engine.open_guide(&code).await
}

/// The telling words of the question, and those that the guide's names don't have.
fn sought(context: &Context, id: &str) -> Sought {
    let catalogue = context.engine.catalogue();
    let question = context.with_topic.as_ref().unwrap_or(&context.question);
    let words: Vec<String> = question_rewriter::content_words(question, &catalogue).iter().map(|content| fold(&content.word)).collect();
    let added = words.iter().filter(|word| !catalogue.is_in_names(id, word)).cloned().collect();
    Sought { words, added }
}

/// What Sen says of a guide when these facts are asked.
pub(crate) fn reply(opened: &OpenGuide, wanted: &Wanted, today: Date, language: Language) -> Reply {
    let guide = &opened.published.guide;
    let draft = draft(opened, wanted, today, language);
    let mut lines = draft.lines.clone();
    if !draft.missing.is_empty() {
        lines.push(t(language, "Anh/chị muốn hỏi cán bộ không? Sen sẽ gửi câu hỏi và phần trò chuyện này cho họ.").into());
    }
    lines.extend(closing_lines(guide, today, language));
    let status = if draft.missing.is_empty() { AnswerStatus::Answered } else { AnswerStatus::Partial };
    let mut reply = Reply::text(status, lines.join("\n")).with_buttons(buttons(guide, &draft, today));
    reply.citations = citations(opened, &draft);
    reply.citations.extend(draft.of_record);
    reply
}

fn draft(opened: &OpenGuide, wanted: &Wanted, today: Date, language: Language) -> Draft {
    let (guide, asked) = (&opened.published.guide, wanted.asked);
    let overview = asked.is_empty();
    let mut draft =
        Draft { language, lines: Vec::new(), overview, told: Vec::new(), missing: Vec::new(), evidence: None, of_record: Vec::new() };
    if language == Language::English {
        draft.lines.push(t(language, "Thông tin dưới đây trích nguyên văn tiếng Việt từ hướng dẫn của Sen, có ghi nguồn.").into());
    }
    if overview || language == Language::English {
        draft.lines.push(language.quoted(&format!("**{}**", guide.title)));
    }
    if overview && opened.published.source != ContentSource::Catalogue {
        draft.lines.extend(guide.summary.lines().map(|line| language.quoted(line)));
    }
    draft.tell_evidence(opened, wanted);
    for fact in asked {
        draft.tell_asked(guide, *fact, today);
        draft.tell_of_record(wanted.record, guide, *fact, today);
    }
    let further: &[Fact] = if draft.overview { &OVERVIEW } else { &NEXT };
    for fact in further {
        draft.tell_if_it_fits(guide, *fact, today);
    }
    draft
}

impl Draft {
    /// States an asked fact whole, or says honestly that the source doesn't.
    fn tell_asked(&mut self, guide: &Guide, fact: Fact, today: Date) {
        let lines = state(guide, fact, today);
        if lines.is_empty() {
            self.missing.push(fact);
            let fact = lower(t(self.language, heading(fact)));
            let unstated = vi("**{title}**: nguồn của Sen chưa nói về {fact}.");
            self.lines.push(tf(self.language, unstated, &[("title", &guide.title), ("fact", &fact)]));
            return;
        }
        self.tell(
            &tf(self.language, "{fact} · {title}", &[("fact", &t(self.language, heading(fact))), ("title", &guide.title)]),
            lines,
            fact,
        );
    }

    /// The sentence that speaks of what the question adds comes first: it is what one asks.
    fn tell_evidence(&mut self, opened: &OpenGuide, wanted: &Wanted) {
        if wanted.sought.added.is_empty() {
            return;
        }
        let Some(sentence) = evidence::find(opened.sentences(), &wanted.sought, wanted.asked) else { return };
        let guide = &opened.published.guide;
        if self.language == Language::Vietnamese && !self.overview {
            self.lines.push(format!("**{}**", guide.title));
        }
        self.lines.push(self.language.quoted(&sentence));
        self.evidence = Some(sentence);
    }

    /// Where the guide names no figure, what the portal's record says is told too, as the record's words.
    fn tell_of_record(&mut self, record: Option<&OpenGuide>, guide: &Guide, fact: Fact, today: Date) {
        let Some(record) = record.filter(|_| matches!(fact, Fact::Fee | Fact::Time) && !states_figure(&state(guide, fact, today))) else {
            return;
        };
        let official = &record.published.guide;
        let lines = state(official, fact, today);
        if !states_figure(&lines) {
            return;
        }
        let source: [(&str, &dyn Display); 2] = [("code", &official.id), ("day", &self.language.date(official.checked_on))];
        self.lines.push(tf(self.language, "_Cổng dịch vụ công quốc gia ghi (thủ tục {code}, xem ngày {day}):_", &source));
        self.lines.extend(lines.iter().map(|line| self.language.quoted(line)));
        let passages = record.passages.iter().filter(|passage| passage.section == fact.section());
        self.of_record.extend(passages.map(|passage| citation(&record.published, &passage.heading, &passage.text)));
        self.missing.retain(|missing| *missing != fact);
    }

    fn tell_if_it_fits(&mut self, guide: &Guide, fact: Fact, today: Date) {
        let lines = state(guide, fact, today);
        let length: usize = self.lines.iter().chain(&lines).map(|line| line.chars().count() + 1).sum();
        if !self.told.contains(&fact) && !lines.is_empty() && length <= COMFORTABLE_CHARS {
            self.tell(t(self.language, heading(fact)), lines, fact);
        }
    }

    /// One short row stands beside its heading, more stand below it, and so does what is quoted.
    fn tell(&mut self, heading: &str, lines: Vec<String>, fact: Fact) {
        let is_short = |line: &str| !line.starts_with("- ") && !line.starts_with("1.");
        match lines.as_slice() {
            [only] if self.language == Language::Vietnamese && is_short(only) => self.lines.push(format!("{heading}: {only}")),
            _ => {
                self.lines.push(format!("{heading}:"));
                self.lines.extend(lines.iter().map(|line| self.language.quoted(line)));
            }
        }
        self.told.push(fact);
    }
}

/// Where it comes from, when it was checked, and how far to trust it; quiet lines.
fn closing_lines(guide: &Guide, today: Date, language: Language) -> Vec<String> {
    let code = guide.codes.first().map(|code| tf(language, " (mã {code})", &[("code", code)])).unwrap_or_default();
    let source: [(&str, &dyn Display); 3] = [("title", &guide.title), ("code", &code), ("day", &language.date(guide.checked_on))];
    let mut lines = vec![tf(language, "_Nguồn: {title}{code}, kiểm tra ngày {day}._", &source)];
    if guide.review_status == ReviewStatus::Draft {
        lines.push(t(language, "_Chưa có cơ quan nào duyệt nội dung này; anh/chị hỏi lại nơi nộp cho chắc._").into());
    }
    if today > guide.review_by {
        let overdue =
            vi("_Hướng dẫn này đáng lẽ phải được xem lại chậm nhất ngày {day}, nên có thể đã cũ. Anh/chị hỏi lại nơi nộp trước khi đi._");
        lines.push(tf(language, overdue, &[("day", &language.date(guide.review_by))]));
    }
    lines
}

/// The passages that carry what was told: the asked facts' first.
fn citations(opened: &OpenGuide, draft: &Draft) -> Vec<Citation> {
    let overview = (draft.overview || draft.told.is_empty()).then_some(Section::Overview);
    let sections = overview.into_iter().chain(draft.told.iter().map(|fact| fact.section()));
    let of_evidence =
        opened.passages.iter().filter(|passage| draft.evidence.as_ref().is_some_and(|evidence| passage.text.contains(evidence)));
    let mut citations: Vec<Citation> =
        of_evidence.take(1).map(|passage| citation(&opened.published, &passage.heading, &passage.text)).collect();
    for section in sections {
        for passage in opened.passages.iter().filter(|passage| passage.section == section) {
            if citations.iter().all(|citation| citation.quote != passage.text) {
                citations.push(citation(&opened.published, &passage.heading, &passage.text));
            }
        }
    }
    citations
}

fn citation(published: &PublishedGuide, section: &str, quote: &str) -> Citation {
    let guide = &published.guide;
    Citation {
        id: guide.id.clone(),
        codes: guide.codes.clone(),
        title: guide.title.clone(),
        section: section.to_owned(),
        url: guide.online_url.clone().or_else(|| guide.sources.first().map(|source| source.url.clone())),
        checked_on: Some(guide.checked_on.to_string()),
        quote: quote.to_owned(),
        revision: published.revision,
    }
}

/// What one can press next: facts that were not told, then a person. Where an asked fact is missing, people come first.
fn buttons(guide: &Guide, draft: &Draft, today: Date) -> Vec<Button> {
    if !draft.missing.is_empty() {
        return consent_buttons(draft.language);
    }
    let stated = |fact: &Fact| !state(guide, *fact, today).is_empty();
    let open = BUTTONS.iter().filter(|fact| !draft.told.contains(fact) && stated(fact));
    let facts =
        open.take(MOST_BUTTONS).map(|fact| Button::new(t(draft.language, fact.button_label()), Action::Fact(guide.id.clone(), *fact)));
    with_staff_button(facts.collect(), draft.language)
}

fn remember(context: &mut Context, id: &str, status: AnswerStatus) {
    let question = if context.question.clean.is_empty() { context.raw.clone() } else { context.question.clean.clone() };
    context.state.focus = Some(id.to_owned());
    context.state.last_question = Some(question.clone());
    context.state.pending = (status == AnswerStatus::Partial).then_some(Pending::HandoffConsent { question, kind: TicketKind::Question });
}

/// Whether the first row, which speaks of the procedure itself, names a number or says that nothing is paid.
fn states_figure(lines: &[String]) -> bool {
    let told = lines.first().and_then(|line| line.rsplit("**").nth(1)).unwrap_or_default().to_lowercase();
    (told.contains(|c: char| c.is_ascii_digit()) && !told.contains("thông tư")) || told.starts_with("miễn")
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}
