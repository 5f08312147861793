//! Where all channels meet: one stored message in, what Sen says and does out, in one transaction.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};

use crate::answering::{Answer, AnswerStatus, DialogueState, Effect, TicketKind, erasure};
use crate::app::App;
use crate::channel::Channel;
use crate::db::Transaction;
use crate::db::answers;
use crate::db::conversations::{self, Conversation, Mode, NewMessage, Sender};
use crate::db::tickets::{self, Ticket, TicketState};
use crate::hub::Live;
use crate::inbox::{self, Waiting};
use crate::language::{Language, t, tf, vi};
use crate::learning::{self, Courses, Taught};
use crate::outbox::{self, Job, Lane};
use crate::{handoff, privacy, telemetry};

/// Handles a message: asks the pipeline, then writes the reply, its effects and the message's end together.
pub(crate) async fn handle(app: &App, waiting: &Waiting) -> Result<()> {
    let conversation = &waiting.conversation;
    if conversation.mode == Mode::WithStaff && !erasure::concerns(&conversation.state, &waiting.content) {
        return leave_to_staff(app, waiting).await;
    }
    let mut state = conversation.state.clone();
    let is_shown = AtomicBool::new(false);
    let progress = |doing: &'static str| show_progress(app, conversation, doing, is_shown.swap(true, Ordering::Relaxed));
    let (answer, effect) = app.engine.answer(&mut state, &waiting.content, conversation.language, app.clock.today(), &progress).await?;
    tracing::info!(status = answer.status.key(), ms = answer.timings_ms.total, confidence = answer.confidence, "answered");
    telemetry::answered(&answer);
    write(app, waiting, &state, answer, effect).await
}

/// An open page shows what Sen is doing; a chat shows that somebody types, which lasts for a while.
fn show_progress(app: &App, conversation: &Conversation, doing: &'static str, is_shown: bool) {
    match conversation.channel {
        Channel::Web => app.hub.publish(&conversation.id, Live::State(doing)),
        Channel::Telegram if is_shown => {}
        Channel::Telegram => {
            let (app, address) = (app.clone(), conversation.address.clone());
            tokio::spawn(async move {
                if let Some(telegram) = &app.telegram {
                    telegram.show_typing(&address).await;
                }
            });
        }
    }
}

async fn write(app: &App, waiting: &Waiting, state: &DialogueState, mut answer: Answer, effect: Option<Effect>) -> Result<()> {
    let conversation = &waiting.conversation;
    let mut tx = app.db.begin().await?;
    inbox::finish(&mut tx, waiting).await?;
    let seq = conversations::next_number_of_answer(&mut tx, conversation, state).await?;
    // It is tried again, and is then left to those who have it.
    let seq = seq.context("the conversation has changed hands meanwhile")?;
    // What changes the language is said in the new one.
    let language = if let Some(Effect::Speak(language)) = effect { language } else { conversation.language };
    if let Some(effect) = effect {
        answer.text = perform(&mut tx, app, conversation, waiting.seq, effect, &mut answer, state).await?;
    }
    give_notice(&mut tx, app, conversation, &mut answer.text).await?;
    let answer_id = app.random.id();
    answers::add_answer(&mut tx, &answer_id, &conversation.id, waiting.content.shown(), &answer, app.clock.now_ms()).await?;
    let message = NewMessage {
        sender: Sender::Sen,
        staff_name: None,
        text: &answer.text,
        buttons: &answer.buttons,
        answer_id: answer.status.states_facts().then_some(answer_id.as_str()),
        language: Some(language),
    };
    handoff::say_as(&mut tx, app, &conversation.id, seq, &message).await?;
    tx.commit().await?;
    // An open page need not wait until the outbox has looked.
    app.hub.publish(&conversation.id, Live::Message(seq));
    telemetry::replied(conversation.channel, (app.clock.now_ms() - waiting.received_at) as f64 / 1_000.0);
    app.wake.lane(Lane::of(conversation.channel)).notify_one();
    Ok(())
}

/// Says once what is kept, under the first reply in a chat. The web's page says it itself.
async fn give_notice(tx: &mut Transaction, app: &App, conversation: &Conversation, text: &mut String) -> Result<()> {
    if conversation.notice_given || conversation.channel == Channel::Web {
        return Ok(());
    }
    text.push_str(&format!("\n\n_{}_", privacy::notice(&app.config, conversation.language)));
    conversations::set_notice_given(tx, &conversation.id).await
}

/// Does what an answer asks for and says so.
async fn perform(
    tx: &mut Transaction,
    app: &App,
    conversation: &Conversation,
    seq: i64,
    effect: Effect,
    answer: &mut Answer,
    state: &DialogueState,
) -> Result<String> {
    let language = conversation.language;
    match effect {
        Effect::Learn(step) => {
            let Taught { said, shown } = learning::teach(tx, app, &conversation.id, language, step).await?;
            answer.buttons = said.buttons;
            conversations::set_state(tx, &conversation.id, &DialogueState { learning: shown, ..state.clone() }).await?;
            Ok(said.text)
        }
        Effect::OpenTicket { .. } if conversation.is_public() => {
            Ok(t(language, "Trong nhóm ai cũng đọc được, nên Sen không gửi câu hỏi cho cán bộ từ đây. Anh/chị nhắn riêng cho Sen.").into())
        }
        Effect::OpenTicket { question, kind } => {
            let opened = handoff::open(tx, app, &conversation.id, &question, kind, seq).await?;
            Ok(sent(&opened, kind, &app.config.office_hours, language))
        }
        Effect::TellTicket(code) => Ok(match tickets::by_code(tx, &code).await? {
            Some(ticket) => ticket_state(&ticket, &conversation.id, language),
            None => tf(language, "Sen không thấy mã {code}. Anh/chị xem lại mã giúp Sen.", &[("code", &code)]),
        }),
        Effect::EraseData => privacy::erase(tx, app, conversation, seq).await,
        Effect::Speak(language) => {
            conversations::set_language(tx, &conversation.id, language).await?;
            Ok(t(language, "Từ giờ Sen trả lời bằng tiếng Việt. Đổi lại lúc nào cũng được: gõ /ngonngu.").into())
        }
        Effect::ConfirmSolved(_) => Ok(t(language, "Cảm ơn anh/chị đã cho biết. Cần gì thêm anh/chị cứ nhắn Sen.").into()),
        Effect::Reopen(code) => {
            if !tickets::reopen(tx, &code, &conversation.id, app.clock.now_ms()).await? {
                return Ok(tf(language, "Mã {code} đang được xử lý. Cán bộ sẽ trả lời tại đây.", &[("code", &code)]));
            }
            conversations::set_mode(tx, &conversation.id, Mode::WithStaff).await?;
            outbox::enqueue(tx, app, &conversation.id, &Job::NotifyStaff).await?;
            let reopened = vi("Sen đã mở lại câu hỏi {code}. Anh/chị nhắn thêm điều còn vướng vào đây, cán bộ sẽ đọc và trả lời.");
            Ok(tf(language, reopened, &[("code", &code)]))
        }
    }
}

/// A handoff is never silent: the receipt code, what happens next and when.
fn sent(opened: &handoff::Opened, kind: TicketKind, office_hours: &str, language: Language) -> String {
    let what = t(language, if kind == TicketKind::Petition { "phản ánh" } else { "câu hỏi" });
    let waiting = tf(language, " Hiện có {ahead} người trước.", &[("ahead", &opened.ahead)]);
    let ahead = if opened.ahead > 0 { waiting.as_str() } else { "" };
    tf(
        language,
        "Đã gửi {what}. Mã của anh/chị: **{code}**.{ahead}\nCán bộ trả lời ngay tại đây, trong {hours}. Xem lại bất cứ lúc nào: gõ \"hồ sơ {code}\".",
        &[("what", &what), ("code", &opened.code), ("ahead", &ahead), ("hours", &t(language, office_hours))],
    )
}

/// What somebody who holds a receipt code may know; the conversation itself is told only where it took place.
fn ticket_state(ticket: &Ticket, conversation_id: &str, language: Language) -> String {
    let state = match ticket.state {
        TicketState::Open => vi("đang chờ cán bộ trả lời"),
        TicketState::Answered => vi("cán bộ đã trả lời"),
        TicketState::Closed => vi("đã đóng"),
    };
    let known = if ticket.question.is_empty() {
        vi("Mã **{code}**: {state}. Nội dung đã được xóa theo yêu cầu của người gửi.")
    } else if ticket.conversation_id == conversation_id {
        vi("Mã **{code}**: {state}.\nCâu hỏi: {question}")
    } else {
        vi("Mã **{code}**: {state}. Nội dung chỉ xem được ở máy đã gửi câu hỏi.")
    };
    tf(language, known, &[("code", &ticket.code), ("state", &t(language, state)), ("question", &ticket.question)])
}

/// When staff have taken a conversation, Sen is silent in it; the message waits for them.
async fn leave_to_staff(app: &App, waiting: &Waiting) -> Result<()> {
    let mut tx = app.db.begin().await?;
    outbox::enqueue(&mut tx, app, &waiting.conversation.id, &Job::NotifyStaff).await?;
    inbox::finish(&mut tx, waiting).await?;
    tx.commit().await?;
    app.wake.lane(Lane::Pages).notify_one();
    Ok(())
}

/// Tells the citizen that the answer is late: the question is kept.
pub(crate) fn tell_busy(app: &App, waiting: &Waiting) {
    app.hub.publish(&waiting.conversation.id, Live::State(vi("Sen đang nhận nhiều câu hỏi. Sen sẽ trả lời tại đây, không cần gửi lại.")));
}

/// Tells the citizen that this one could not be answered, together with setting it aside.
pub(crate) async fn tell_failure(tx: &mut Transaction, app: &App, waiting: &Waiting) -> Result<()> {
    let language = conversations::language(tx, &waiting.conversation.id).await?;
    let text =
        t(language, "Sen gặp trục trặc nên chưa trả lời được câu này. Anh/chị bấm \"Gặp cán bộ\" để hỏi người, hoặc hỏi lại sau ít phút.");
    let buttons = [crate::answering::guardrails::staff_button(language)];
    let message = NewMessage { sender: Sender::Sen, staff_name: None, text, buttons: &buttons, answer_id: None, language: Some(language) };
    handoff::say(tx, app, &waiting.conversation.id, &message).await?;
    Ok(())
}

/// The words of an answer whose effect needs a conversation that is kept, where there is none (`bot ask`).
pub(crate) fn words_without_conversation(courses: &Courses, state: &mut DialogueState, answer: &mut Answer, effect: Effect) {
    if answer.status == AnswerStatus::Error || !answer.text.is_empty() {
        return;
    }
    answer.text = match effect {
        Effect::Learn(step) => {
            let Taught { said, shown } = learning::teach_without_memory(courses, state.learning.as_ref(), step);
            (answer.buttons, state.learning) = (said.buttons, shown);
            said.text
        }
        Effect::OpenTicket { .. } => {
            "Ở đây Sen không gửi được cho cán bộ. Anh/chị mở trang trò chuyện của Sen để gửi và nhận mã theo dõi.".into()
        }
        Effect::EraseData => "Ở đây Sen không giữ lại gì, nên không có gì để xóa.".into(),
        Effect::Speak(_) => "Ở đây Sen chỉ nói tiếng Việt.".into(),
        Effect::TellTicket(code) | Effect::ConfirmSolved(code) | Effect::Reopen(code) => {
            format!("Mã {code} chỉ xem được ở trang trò chuyện của Sen.")
        }
    };
}
