//! How far citizens have come in their lessons.

use anyhow::Result;
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row as _};

use super::Transaction;
use crate::learning::LessonKey;

/// How far a citizen has come in a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Which lesson.
    pub(crate) key: LessonKey,
    /// The screen, from 1.
    pub(crate) screen: usize,
    /// The option of the quiz that was chosen last, from 1.
    pub(crate) answer: Option<usize>,
    /// Whether the quiz has been answered rightly once.
    pub(crate) finished: bool,
}

/// Everything that this conversation's citizen has begun, the newest first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn all<'e>(db: impl Executor<'e, Database = Any>, conversation_id: &str) -> Result<Vec<Progress>> {
    let sql = "SELECT course_id, lesson, screen, answer, finished_at FROM lesson_progress WHERE conversation_id = $1
               ORDER BY moved_at DESC, course_id, lesson DESC";
    sqlx::query(sql).bind(conversation_id).fetch_all(db).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Progress> {
    Ok(Progress {
        key: LessonKey { course: row.try_get("course_id")?, lesson: usize::try_from(row.try_get::<i64, _>("lesson")?)? },
        screen: usize::try_from(row.try_get::<i64, _>("screen")?)?,
        answer: row.try_get::<Option<i64>, _>("answer")?.map(usize::try_from).transpose()?,
        finished: row.try_get::<Option<i64>, _>("finished_at")?.is_some(),
    })
}

/// Notes where the citizen is now. A lesson that was finished once stays so.
pub(crate) async fn put(tx: &mut Transaction, conversation_id: &str, progress: &Progress, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO lesson_progress (conversation_id, course_id, lesson, screen, answer, started_at, moved_at, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (conversation_id, course_id, lesson) DO UPDATE
         SET screen = excluded.screen, answer = excluded.answer, moved_at = excluded.moved_at,
             finished_at = COALESCE(lesson_progress.finished_at, excluded.finished_at)",
    )
    .bind(conversation_id)
    .bind(&progress.key.course)
    .bind(i64::try_from(progress.key.lesson)?)
    .bind(i64::try_from(progress.screen)?)
    .bind(progress.answer.map(i64::try_from).transpose()?)
    .bind(now)
    .bind(progress.finished.then_some(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
