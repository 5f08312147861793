//! Where all channels meet: stored messages in, what Sen says and does out, in one transaction.

mod write;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, anyhow};
use futures::FutureExt as _;
use futures::future::join_all;

use crate::answering::{Answer, AnswerStatus, DialogueState, Effect, TicketKind, erasure};
use crate::app::App;
use crate::channel::Channel;
use crate::db::Transaction;
use crate::db::conversations::{self, Conversation, Mode};
use crate::db::messages::{NewMessage, Sender};
use crate::db::tickets::{self, Ticket, TicketState};
use crate::hub::Live;
use crate::inbox::Waiting;
use crate::language::{Language, t, tf, vi};
use crate::learning::{self, Courses, Taught};
use crate::outbox::{self, Job};
use crate::{handoff, privacy, telemetry};
use write::{Finished, Reply};

/// Handles messages of different conversations side by side: asks the pipeline, then writes replies, effects and the
/// messages' ends together. Where that fails each is written by itself, so that one can't hold back the others. Gives what
/// became of each, in their order.
pub(crate) async fn handle(app: &App, group: &[Waiting]) -> Vec<Result<()>> {
    let thought = join_all(group.iter().map(|waiting| think(app, waiting))).await;
    let finished: Vec<&Finished> = thought.iter().flatten().collect();
    let is_written = write::write(app, &finished).await.is_ok();
    let mut results = Vec::new();
    for one in thought {
        results.push(match one {
            Ok(_) if is_written => Ok(()),
            Ok(one) => write::write(app, &[&one]).await,
            Err(error) => Err(error),
        });
    }
    results
}

/// Asks the pipeline. A panic over one message must not take the worker from all the others.
async fn think<'a>(app: &App, waiting: &'a Waiting) -> Result<Finished<'a>> {
    let conversation = &waiting.conversation;
    if conversation.mode == Mode::WithStaff && !erasure::concerns(&conversation.state, &waiting.content) {
        return Ok(Finished { waiting, reply: None });
    }
    let mut state = conversation.state.clone();
    let is_shown = AtomicBool::new(false);
    let progress = |doing: &'static str| show_progress(app, conversation, doing, is_shown.swap(true, Ordering::Relaxed));
    let asked = app.engine.answer(&mut state, &waiting.content, conversation.language, app.clock.today(), &progress);
    let (answer, effect) = AssertUnwindSafe(asked).catch_unwind().await.map_err(|_| anyhow!("answering panicked"))??;
    tracing::info!(status = answer.status.key(), ms = answer.timings_ms.total, confidence = answer.confidence, "answered");
    telemetry::answered(&answer);
    Ok(Finished { waiting, reply: Some(Reply { state, answer, effect }) })
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
            outbox::enqueue(tx, app, &conversation.id, Job::NotifyStaff).await?;
            let reopened = vi("Sen đã mở lại {code}. Anh/chị nhắn thêm điều còn vướng vào đây, cán bộ sẽ đọc và trả lời.");
            Ok(tf(language, reopened, &[("code", &code)]))
        }
    }
}

/// A handoff is never silent: the receipt code, what happens next and when.
fn sent(opened: &handoff::Opened, kind: TicketKind, office_hours: &str, language: Language) -> String {
    let what = t(language, if kind == TicketKind::Petition { "phản ánh" } else { "câu hỏi" });
    let waiting = tf(language, " Trước anh/chị còn {ahead} người chờ.", &[("ahead", &opened.ahead)]);
    let ahead = if opened.ahead > 0 { waiting.as_str() } else { "" };
    tf(
        language,
        "Đã gửi {what}. Mã của anh/chị: **{code}**.{ahead}\nCán bộ sẽ trả lời tại đây, trong {hours}. Muốn xem lại lúc nào cũng được: gõ {code}.",
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
        vi("Mã **{code}**: {state}. Nội dung chỉ xem được trong cuộc trò chuyện đã gửi câu hỏi.")
    };
    tf(language, known, &[("code", &ticket.code), ("state", &t(language, state)), ("question", &ticket.question)])
}

/// Tells the citizen that the answer is late: the question is kept.
pub(crate) fn tell_busy(app: &App, waiting: &Waiting) {
    app.hub.publish(&waiting.conversation.id, Live::State(vi("Sen đang nhận nhiều câu hỏi. Sen sẽ trả lời tại đây, không cần gửi lại.")));
}

/// Tells the citizen that this one could not be answered, together with setting it aside.
pub(crate) async fn tell_failure(tx: &mut Transaction, app: &App, waiting: &Waiting) -> Result<()> {
    let language = conversations::language(tx, &waiting.conversation.id).await?;
    let text =
        t(language, "Sen gặp trục trặc nên chưa trả lời được câu này. Anh/chị hỏi lại sau ít phút, hoặc bấm \"Gặp cán bộ\" để hỏi cán bộ.");
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
