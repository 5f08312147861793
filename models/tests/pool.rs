//! The pool before an embedder that the test holds back.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use models::{EmbedError, Embedder, EmbedderPool, TextKind};

/// Remembers the order of its texts and waits until the gate is open.
#[derive(Default)]
struct Gated {
    open: Mutex<bool>,
    opened: Condvar,
    order: Mutex<Vec<String>>,
}

impl Gated {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn wait_for_first(&self) {
        while self.order.lock().unwrap().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Embedder for Gated {
    fn id(&self) -> &str {
        "gated"
    }

    fn dimensions(&self) -> usize {
        1
    }

    fn embed(&self, _: TextKind, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.order.lock().unwrap().push(texts[0].to_owned());
        drop(self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
        assert_ne!(texts[0], "panic");
        Ok(vec![vec![texts[0].len() as f32]])
    }
}

fn pool(bound: usize) -> (Arc<Gated>, Arc<EmbedderPool>) {
    let gated = Arc::new(Gated::default());
    (Arc::clone(&gated), Arc::new(EmbedderPool::new(gated, 1, bound)))
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let (gated, pool) = pool(1);
    let ask = |text: &str| {
        let (pool, text) = (Arc::clone(&pool), text.to_owned());
        tokio::spawn(async move { pool.embed_query(text).await })
    };
    let first = ask("1");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = ask("22");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(matches!(pool.embed_query("333".into()).await, Err(EmbedError::Overloaded)));
    gated.open();
    assert_eq!(first.await.unwrap().unwrap(), [1.0]);
    assert_eq!(second.await.unwrap().unwrap(), [2.0]);
}

#[tokio::test]
async fn a_question_passes_waiting_passages() {
    let (gated, pool) = pool(2);
    let builder = {
        let pool = Arc::clone(&pool);
        thread::spawn(move || pool.embed(TextKind::Passage, &["a", "bb", "ccc", "dddd"]).unwrap())
    };
    gated.wait_for_first();
    let question = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.embed_query("question".into()).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    gated.open();
    question.await.unwrap().unwrap();
    // More passages than the bound: the batch waited for room, and kept its order.
    assert_eq!(builder.join().unwrap(), [[1.0], [2.0], [3.0], [4.0]]);
    assert_eq!(gated.order.lock().unwrap()[..2], ["a", "question"]);
}

#[tokio::test]
async fn a_panic_costs_one_answer_only() {
    let (gated, pool) = pool(4);
    gated.open();
    assert!(matches!(pool.embed_query("panic".into()).await, Err(EmbedError::Failed(_))));
    assert_eq!(pool.embed_query("next".into()).await.unwrap(), [4.0]);
}

#[tokio::test]
async fn a_cancelled_question_is_not_computed() {
    let (gated, pool) = pool(4);
    let first = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.embed_query("first".into()).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let cancelled = tokio::time::timeout(Duration::from_millis(20), pool.embed_query("cancelled".into())).await;
    assert!(cancelled.is_err());
    gated.open();
    first.await.unwrap().unwrap();
    pool.embed_query("last".into()).await.unwrap();
    assert_eq!(*gated.order.lock().unwrap(), ["first", "last"]);
}
