//! A bounded pool of threads in front of one embedder.
//!
//! Questions and passages wait in two lines. A thread that becomes free takes a question first, so that a citizen never
//! waits behind an index build, only for the passage being computed at that moment. Questions that were asked lately are
//! remembered: people ask the same things.

mod queue;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use quick_cache::sync::Cache;
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::sync::oneshot;

use crate::{EmbedError, Embedder, TextKind};
use queue::{Job, Queue, Reply};

/// How many questions' vectors are kept: 1.5 kB each for 384 dimensions.
const REMEMBERED: usize = 4_096;

/// Own threads over one [`Embedder`], with a bounded queue. Dropping it finishes what waits and stops the threads.
pub struct EmbedderPool {
    embedder: Arc<dyn Embedder>,
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    remembered: Cache<String, Arc<[f32]>>,
}

impl EmbedderPool {
    /// Starts `threads` threads (at least one). At most `queue_bound` questions wait, and as many passages.
    pub fn new(embedder: Arc<dyn Embedder>, threads: usize, queue_bound: usize) -> Self {
        let queue = Arc::new(Queue::new(queue_bound.max(1)));
        let start = |_| {
            let (embedder, queue) = (Arc::clone(&embedder), Arc::clone(&queue));
            thread::spawn(move || work(&*embedder, &queue))
        };
        let threads = (0..threads.max(1)).map(start).collect();
        Self { embedder, queue, threads, remembered: Cache::new(REMEMBERED) }
    }

    /// The vector of one question.
    ///
    /// # Errors
    /// [`EmbedError::Overloaded`] at once when the queue is full; [`EmbedError::Failed`] as the embedder says.
    pub async fn embed_query(&self, text: String) -> Result<Vec<f32>, EmbedError> {
        if let Some(vector) = self.remembered.get(&text) {
            return Ok(vector.to_vec());
        }
        let (reply, answer) = oneshot::channel();
        self.queue.push_query(Job { kind: TextKind::Query, text: text.clone(), reply: Reply::Query(reply) })?;
        let vector = answer.await.unwrap_or_else(|_| Err(stopped()))?;
        self.remembered.insert(text, vector.clone().into());
        Ok(vector)
    }
}

impl Embedder for EmbedderPool {
    fn id(&self) -> &str {
        self.embedder.id()
    }

    fn dimensions(&self) -> usize {
        self.embedder.dimensions()
    }

    /// Spreads the texts over the threads, behind all questions. Waits for room instead of failing.
    fn embed(&self, kind: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let (sender, answers) = mpsc::channel();
        for (index, text) in texts.iter().enumerate() {
            let reply = Reply::Batch(index, sender.clone());
            self.queue.push_passage(Job { kind, text: (*text).to_owned(), reply });
        }
        drop(sender);
        let mut vectors = vec![Vec::new(); texts.len()];
        for _ in texts {
            let (index, vector) = answers.recv().map_err(|_| stopped())?;
            vectors[index] = vector?;
        }
        Ok(vectors)
    }
}

impl Drop for EmbedderPool {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(embedder: &dyn Embedder, queue: &Queue) {
    step_back();
    while let Some(job) = queue.pop() {
        if job.reply.is_unwanted() {
            continue;
        }
        // A panic over one text must not take the thread from all the others.
        let result = catch_unwind(AssertUnwindSafe(|| embedder.embed(job.kind, &[&job.text])));
        let vectors = result.unwrap_or_else(|_| Err(EmbedError::Failed("the embedder panicked".into())));
        job.reply.send(vectors.and_then(|mut vectors| vectors.pop().ok_or_else(stopped)));
    }
}

/// Embedding takes all cores for as long as there are questions. What is quick, such as storing a message or showing a page,
/// goes before it: niceness 10.
fn step_back() {
    const NICENESS_10: u8 = 22;
    let set = ThreadPriorityValue::try_from(NICENESS_10).map(|value| set_current_thread_priority(ThreadPriority::Crossplatform(value)));
    if !matches!(set, Ok(Ok(()))) {
        tracing::debug!(?set, "embedding has the priority of everything else");
    }
}

fn stopped() -> EmbedError {
    EmbedError::Failed("the embedder gave no answer".into())
}
