//! What came of several messages, written in one transaction: replies, their effects and the messages' ends. A transaction
//! costs about as much for four messages as for one.

use anyhow::{Result, ensure};

use super::perform;
use crate::answering::{Answer, DialogueState, Effect, courtesy};
use crate::app::App;
use crate::channel::Channel;
use crate::db::Transaction;
use crate::db::answers::{self, NewAnswer};
use crate::db::conversations::{self, Conversation};
use crate::db::messages::{self, NewMessage, Sender};
use crate::db::tickets;
use crate::hub::Live;
use crate::inbox::{self, Overtaken, Waiting};
use crate::language::Language;
use crate::outbox::{self, Job, Lane};
use crate::{privacy, telemetry};

/// A message that has been thought about.
pub(super) struct Finished<'a> {
    pub(super) waiting: &'a Waiting,
    /// None where staff have the conversation: Sen is silent in it, and the message waits for them.
    pub(super) reply: Option<Reply>,
}

/// What is to be said.
pub(super) struct Reply {
    pub(super) state: DialogueState,
    pub(super) answer: Answer,
    pub(super) effect: Option<Effect>,
}

/// A reply in its final words.
struct Said<'a> {
    waiting: &'a Waiting,
    seq: i64,
    answer_id: String,
    answer: Answer,
    language: Language,
}

impl<'a> Said<'a> {
    fn conversation(&self) -> &'a Conversation {
        &self.waiting.conversation
    }

    fn new_answer(&self) -> NewAnswer<'_> {
        NewAnswer {
            id: &self.answer_id,
            conversation_id: &self.conversation().id,
            question: self.waiting.content.shown(),
            answer: &self.answer,
        }
    }

    fn new_message(&self) -> NewMessage<'_> {
        NewMessage {
            sender: Sender::Sen,
            staff_name: None,
            text: &self.answer.text,
            buttons: &self.answer.buttons,
            answer_id: self.answer.status.states_facts().then_some(self.answer_id.as_str()),
            language: Some(self.language),
        }
    }
}

/// Writes all of it, or nothing where any of it can't be.
pub(super) async fn write(app: &App, finished: &[&Finished<'_>]) -> Result<()> {
    if finished.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    let waiting: Vec<&Waiting> = finished.iter().map(|finished| finished.waiting).collect();
    inbox::finish(&mut tx, &waiting).await?;
    leave_to_staff(&mut tx, app, finished).await?;
    let said = say(&mut tx, app, finished).await?;
    keep(&mut tx, app, &said).await?;
    let left = finished.iter().filter(|finished| finished.reply.is_none()).map(|left| (left.waiting, Job::NotifyStaff));
    let replies = said.iter().map(|said| (said.waiting, Job::DeliverReply { seq: said.seq }));
    let jobs: Vec<_> = replies.chain(left).map(|(waiting, job)| (Some(waiting.conversation.id.as_str()), job)).collect();
    outbox::enqueue_all(&mut tx, app, &jobs).await?;
    tx.commit().await?;
    tell(app, finished, &said);
    Ok(())
}

/// What stands in a conversation of theirs lets their ticket wait again, unless it asks nothing.
async fn leave_to_staff(tx: &mut Transaction, app: &App, finished: &[&Finished<'_>]) -> Result<()> {
    let left: Vec<&Waiting> = finished.iter().filter(|finished| finished.reply.is_none()).map(|finished| finished.waiting).collect();
    let ids = |messages: &[&Waiting]| messages.iter().map(|waiting| waiting.conversation.id.clone()).collect::<Vec<_>>();
    // What they have given back is tried again, and is then Sen's to answer.
    let are_with_staff = conversations::are_with_staff(tx, &ids(&left)).await?;
    ensure!(are_with_staff, Overtaken("staff have given the conversation back meanwhile"));
    let asking: Vec<&Waiting> = left.into_iter().filter(|waiting| !courtesy::only_thanks(&waiting.content)).collect();
    tickets::wait_again(tx, &ids(&asking), app.clock.now_ms()).await
}

/// Gives the replies their numbers and their final words.
async fn say<'a>(tx: &mut Transaction, app: &App, finished: &[&Finished<'a>]) -> Result<Vec<Said<'a>>> {
    let replies: Vec<(&'a Waiting, &Reply)> =
        finished.iter().filter_map(|finished| Some((finished.waiting, finished.reply.as_ref()?))).collect();
    let answered: Vec<_> = replies.iter().map(|(waiting, reply)| (&waiting.conversation, &reply.state)).collect();
    let numbers = conversations::next_numbers_of_answers(tx, &answered).await?;
    let mut said = Vec::new();
    for (waiting, reply) in replies {
        // It is tried again, and is then left to those who have it.
        let seq = *numbers.get(&waiting.conversation.id).ok_or(Overtaken("staff have taken the conversation meanwhile"))?;
        said.push(finish(tx, app, waiting, seq, reply).await?);
    }
    Ok(said)
}

async fn finish<'a>(tx: &mut Transaction, app: &App, waiting: &'a Waiting, seq: i64, reply: &Reply) -> Result<Said<'a>> {
    let conversation = &waiting.conversation;
    let mut answer = reply.answer.clone();
    // What changes the language is said in the new one.
    let language = if let Some(Effect::Speak(language)) = reply.effect { language } else { conversation.language };
    if let Some(effect) = reply.effect.clone() {
        let text = perform(tx, app, conversation, waiting.seq, effect, &mut answer, &reply.state).await?;
        answer.text = reply.state.addressed(text, language);
    }
    give_notice(tx, app, conversation, &mut answer.text).await?;
    Ok(Said { waiting, seq, answer_id: app.random.id(), answer, language })
}

/// Says once what is kept, under the first reply in a chat. The web's page says it itself.
async fn give_notice(tx: &mut Transaction, app: &App, conversation: &Conversation, text: &mut String) -> Result<()> {
    if conversation.notice_given || conversation.channel == Channel::Web {
        return Ok(());
    }
    text.push_str(&format!("\n\n_{}_", privacy::notice(&app.config, conversation.language)));
    conversations::set_notice_given(tx, &conversation.id).await
}

async fn keep(tx: &mut Transaction, app: &App, said: &[Said<'_>]) -> Result<()> {
    let now = app.clock.now_ms();
    answers::add(tx, &said.iter().map(Said::new_answer).collect::<Vec<_>>(), now).await?;
    let messages: Vec<_> = said.iter().map(|said| (said.conversation().id.as_str(), said.seq, said.new_message())).collect();
    messages::add_all(tx, &messages, now).await
}

/// An open page need not wait until the outbox has looked.
fn tell(app: &App, finished: &[&Finished<'_>], said: &[Said<'_>]) {
    for said in said {
        let conversation = said.conversation();
        app.hub.publish(&conversation.id, Live::Message(said.seq));
        telemetry::replied(conversation.channel, (app.clock.now_ms() - said.waiting.received_at) as f64 / 1_000.0);
        app.wake.lane(Lane::of(conversation.channel)).notify_one();
    }
    if finished.iter().any(|finished| finished.reply.is_none()) {
        app.wake.lane(Lane::Pages).notify_one();
    }
}
