//! The two lines in front of the threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use tokio::sync::oneshot;

use crate::{EmbedError, TextKind};

type Vector = Result<Vec<f32>, EmbedError>;

/// One text to embed.
pub(super) struct Job {
    pub(super) kind: TextKind,
    pub(super) text: String,
    pub(super) reply: Reply,
}

/// Who waits for the vector.
pub(super) enum Reply {
    Query(oneshot::Sender<Vector>),
    /// The place of the text in its batch.
    Batch(usize, mpsc::Sender<(usize, Vector)>),
}

impl Reply {
    /// Whether the asker has gone, as when a request was cancelled.
    pub(super) fn is_unwanted(&self) -> bool {
        matches!(self, Reply::Query(sender) if sender.is_closed())
    }

    /// An asker who has gone meanwhile is no error.
    pub(super) fn send(self, vector: Vector) {
        match self {
            Reply::Query(sender) => drop(sender.send(vector)),
            Reply::Batch(index, sender) => drop(sender.send((index, vector))),
        }
    }
}

/// Both lines under one lock.
pub(super) struct Queue {
    bound: usize,
    lines: Mutex<Lines>,
    work: Condvar,
    room: Condvar,
}

#[derive(Default)]
struct Lines {
    queries: VecDeque<Job>,
    passages: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    pub(super) fn new(bound: usize) -> Self {
        Self { bound, lines: Mutex::default(), work: Condvar::new(), room: Condvar::new() }
    }

    pub(super) fn push_query(&self, job: Job) -> Result<(), EmbedError> {
        let mut lines = self.lock();
        if lines.queries.len() >= self.bound {
            return Err(EmbedError::Overloaded);
        }
        lines.queries.push_back(job);
        self.work.notify_one();
        Ok(())
    }

    /// Blocks until there is room.
    pub(super) fn push_passage(&self, job: Job) {
        let full = |lines: &mut Lines| lines.passages.len() >= self.bound;
        let mut lines = self.room.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        lines.passages.push_back(job);
        self.work.notify_one();
    }

    /// The next job, questions first. Blocks; `None` when the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<Job> {
        let idle = |lines: &mut Lines| lines.queries.is_empty() && lines.passages.is_empty() && !lines.closed;
        let mut lines = self.work.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        if let Some(query) = lines.queries.pop_front() {
            return Some(query);
        }
        self.room.notify_one();
        lines.passages.pop_front()
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
