//! A stored message as pages show it, in the chat and in the console.

use askama::Template;
use indexer::lexical::has_diacritics;
use jiff::civil::Date;

use super::markup;
use crate::app::App;
use crate::channel::{Action, Button};
use crate::clock::local;
use crate::db::answers::{ShownPassage, Vote};
use crate::db::messages::{Message, Sender};
use crate::language::{Language, filters, t, tf};
use crate::router::page::Refusal;

/// What `message.html` shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageView {
    /// Number within the conversation.
    pub(crate) seq: i64,
    /// `citizen`, `sen` or `staff`.
    pub(crate) kind: &'static str,
    /// The name over the message.
    pub(crate) author: String,
    /// When, as people read it.
    pub(crate) time: String,
    /// When, as machines read it.
    pub(crate) datetime: String,
    /// The text, escaped.
    pub(crate) html: String,
    /// The language of the text, where it is known.
    pub(crate) lang: Option<&'static str>,
    /// Quick replies.
    pub(crate) buttons: Vec<ButtonView>,
    /// The answer that can be voted on.
    pub(crate) answer_id: Option<String>,
    /// What it rests on.
    pub(crate) passages: Vec<PassageView>,
    /// The citizen found it useful.
    pub(crate) vote_up: bool,
    /// The citizen did not.
    pub(crate) vote_down: bool,
    /// `message_id` for the quick replies.
    pub(crate) form_id: String,
    /// The page opens here.
    pub(crate) newest: bool,
    /// For the console: no forms, and the vote in words.
    pub(crate) for_staff: bool,
}

/// A quick reply.
#[derive(Clone, Debug)]
pub(crate) struct ButtonView {
    /// What the citizen reads.
    pub(crate) label: String,
    /// In which language.
    pub(crate) lang: &'static str,
    /// What is sent.
    pub(crate) action: String,
}

/// A source that opens.
#[derive(Clone, Debug)]
pub(crate) struct PassageView {
    /// The guide's id.
    pub(crate) guide_id: String,
    /// The guide's title.
    pub(crate) title: String,
    /// The section's label.
    pub(crate) section: String,
    /// The passage.
    pub(crate) quote: String,
    /// The day, as people read it.
    pub(crate) checked_on: Option<String>,
    /// The official page.
    pub(crate) url: Option<String>,
}

/// One message by itself, for scripts.
#[derive(Template)]
#[template(path = "message.html")]
struct Fragment {
    message: MessageView,
}

/// All messages for the citizen's page; it opens at the newest answer.
pub(crate) fn for_citizen(app: &App, language: Language, messages: &[Message]) -> Vec<MessageView> {
    let (today, newest) = (app.clock.today(), newest_seq(messages));
    let view = |message: &Message| MessageView { newest: newest == Some(message.seq), ..view(message, language, today, app.random.id()) };
    messages.iter().map(view).collect()
}

/// All messages for the console.
pub(crate) fn for_staff(app: &App, language: Language, messages: &[Message]) -> Vec<MessageView> {
    let today = app.clock.today();
    messages.iter().map(|message| for_console(view(message, language, today, String::new()), language)).collect()
}

fn for_console(view: MessageView, language: Language) -> MessageView {
    let author = if view.kind == "citizen" { t(language, "Người dân").to_owned() } else { view.author };
    MessageView { for_staff: true, author, ..view }
}

/// One message as HTML.
pub(crate) fn fragment(app: &App, language: Language, message: &Message) -> Result<String, Refusal> {
    let message = view(message, language, app.clock.today(), app.random.id());
    Ok(Fragment { message }.render_with_values(&language).map_err(anyhow::Error::from)?)
}

/// An ISO date as people read it; other text stays as it is.
fn day(iso: &str, language: Language) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), |date| language.date(date))
}

/// The address, if it is one of the web: `javascript:` and the like are no links.
pub(crate) fn web_address(url: &str) -> Option<String> {
    (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
}

/// The first reply after the citizen's last words, else those words.
fn newest_seq(messages: &[Message]) -> Option<i64> {
    let asked = messages.iter().rposition(|message| message.sender == Sender::Citizen);
    let reply = messages.get(asked.map_or(0, |index| index + 1));
    reply.or(messages.last()).map(|message| message.seq)
}

fn view(message: &Message, language: Language, today: Date, form_id: String) -> MessageView {
    let (kind, author) = match message.sender {
        Sender::Citizen => ("citizen", t(language, "Anh/chị").to_owned()),
        Sender::Sen => ("sen", "Sen".to_owned()),
        Sender::Staff => ("staff", staff_author(message.staff_name.as_deref(), language)),
    };
    let at = local(message.created_at);
    let said_in = message.language.unwrap_or_default();
    MessageView {
        seq: message.seq,
        kind,
        author,
        time: if at.date() == today { at.strftime("%H:%M").to_string() } else { language.time_and_date(at) },
        datetime: at.strftime("%Y-%m-%dT%H:%M:%S+07:00").to_string(),
        html: if message.sender == Sender::Sen { markup::answer_html(&message.text) } else { markup::plain_html(&message.text) },
        lang: message.language.or_else(|| written_in(&message.text)).map(Language::key),
        buttons: message.buttons.iter().map(|button| button_view(button, said_in)).collect(),
        answer_id: message.answer_id.clone(),
        passages: message.passages.iter().map(|passage| passage_view(passage, language)).collect(),
        vote_up: message.vote == Some(Vote::Up),
        vote_down: message.vote == Some(Vote::Down),
        form_id,
        newest: false,
        for_staff: false,
    }
}

/// The language of a person's words: marks on letters tell Vietnamese, nothing tells the others.
fn written_in(text: &str) -> Option<Language> {
    has_diacritics(text).then_some(Language::Vietnamese)
}

fn button_view(button: &Button, said_in: Language) -> ButtonView {
    let lang = match button.action {
        // Their titles.
        Action::Guide(_) | Action::Course(_) => Language::Vietnamese,
        Action::Speak(language) => language,
        _ => said_in,
    };
    ButtonView { label: button.label.clone(), lang: lang.key(), action: button.action.clone().into() }
}

/// The name over the words of a member of staff.
pub(crate) fn staff_author(name: Option<&str>, language: Language) -> String {
    name.map_or_else(|| t(language, "Cán bộ").to_owned(), |name| tf(language, "Cán bộ {name}", &[("name", &name)]))
}

fn passage_view(passage: &ShownPassage, language: Language) -> PassageView {
    PassageView {
        guide_id: passage.guide_id.clone(),
        title: passage.title.clone(),
        section: passage.section.clone(),
        quote: passage.quote.clone(),
        checked_on: passage.checked_on.as_deref().map(|iso| day(iso, language)),
        url: passage.url.as_deref().and_then(web_address),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);
    /// 14:05 on 24 November 2026 in Vietnam.
    const NOW: i64 = 1_795_503_900_000;

    fn message(seq: i64, sender: Sender, text: &str) -> Message {
        Message {
            seq,
            sender,
            staff_name: (sender == Sender::Staff).then(|| "Hoa <b>".to_owned()),
            text: text.to_owned(),
            buttons: Vec::new(),
            answer_id: None,
            passages: Vec::new(),
            vote: None,
            created_at: NOW,
            language: (sender == Sender::Sen).then_some(Language::Vietnamese),
        }
    }

    fn answer() -> Message {
        let passage = ShownPassage {
            guide_id: "cap-lai can/cuoc".into(),
            title: "Cấp lại thẻ".into(),
            section: "Lệ phí".into(),
            url: Some("javascript:alert(1)".into()),
            checked_on: Some("2026-06-01".into()),
            quote: "<i>70.000 đồng</i>".into(),
        };
        let buttons = vec![Button::new("Hỏi cán bộ", Action::AskStaff)];
        Message {
            answer_id: Some("an1".into()),
            passages: vec![passage],
            buttons,
            vote: Some(Vote::Up),
            ..message(2, Sender::Sen, "**70.000 đồng**")
        }
    }

    fn html(message: MessageView) -> String {
        Fragment { message }.render().unwrap_or_default()
    }

    /// One message of each kind, for the tests of pages.
    pub(crate) fn samples() -> Vec<MessageView> {
        let staff = message(3, Sender::Staff, "Chào anh/chị");
        [message(1, Sender::Citizen, "<script>"), answer(), staff]
            .iter()
            .map(|message| view(message, Language::Vietnamese, TODAY, "f1".into()))
            .collect()
    }

    #[test]
    fn an_answer_has_sources_votes_and_quick_replies() {
        let html = html(view(&answer(), Language::Vietnamese, TODAY, "f1".into()));
        for part in ["<strong>70.000 đồng</strong>", "Kiểm tra ngày 01/06/2026", "/guides/cap-lai%20can", "value=\"staff\"", ">14:05<"]
        {
            assert!(html.contains(part), "{part}");
        }
        assert!(html.contains("value=\"up\" aria-pressed=\"true\"") && html.contains("value=\"down\" aria-pressed=\"false\""));
        assert!(!html.contains("javascript:") && !html.contains("<i>70"));
    }

    #[test]
    fn staff_see_what_was_shown_without_forms() {
        let html = html(for_console(view(&answer(), Language::Vietnamese, TODAY, String::new()), Language::Vietnamese));
        assert!(html.contains("Người dân thấy có ích") && html.contains("Lệ phí"));
        assert!(!html.contains("<form"));
    }

    #[test]
    fn names_and_words_of_people_are_escaped() {
        let all: String = samples().into_iter().map(html).collect();
        assert!(!all.contains("<script>") && !all.contains("Hoa <b>"));
        assert!(all.contains("Cán bộ Hoa"));
    }

    #[test]
    fn the_page_opens_at_the_first_reply_to_the_last_question() {
        let (ask, say) = (Sender::Citizen, Sender::Sen);
        let newest =
            |senders: &[Sender]| newest_seq(&(1..).zip(senders).map(|(seq, sender)| message(seq, *sender, "")).collect::<Vec<_>>());
        assert_eq!(newest(&[]), None);
        assert_eq!(newest(&[ask]), Some(1));
        assert_eq!(newest(&[ask, say, ask, say, say]), Some(4));
        assert_eq!(newest(&[ask, say, ask]), Some(3));
    }

    #[test]
    fn an_earlier_day_is_told_with_its_date() {
        let seen = |language| view(&message(1, Sender::Sen, ""), language, date(2026, 11, 25), String::new());
        assert_eq!(seen(Language::Vietnamese).time, "14:05, 24/11/2026");
        assert_eq!(seen(Language::English).time, "14:05, 24 Nov 2026");
        assert_eq!(seen(Language::English).datetime, "2026-11-24T14:05:00+07:00");
    }
}
