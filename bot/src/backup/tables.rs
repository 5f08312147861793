//! Which tables a backup holds.

use anyhow::Result;

use crate::db::Transaction;

/// Backed up, in this order: a table comes after those that it refers to. A new table goes here or into [`LEFT_OUT`].
pub(super) const BACKED_UP: [&str; 21] = [
    "guides",
    "guide_revisions",
    "conversations",
    "messages",
    "inbox",
    "outbox",
    "answers",
    "answer_passages",
    "feedback",
    "tickets",
    "staff",
    "staff_sessions",
    "setup_links",
    "login_failures",
    "invitations",
    "audit_log",
    "telegram_updates",
    "cursors",
    "attachments",
    "guide_drafts",
    "lesson_progress",
];

/// Not backed up, in the same order: they describe what is derived or runs here and now.
pub(super) const LEFT_OUT: [&str; 4] = ["indexes", "index_chunks", "leases", "instances"];

/// Who has put something of worth into a database.
const FILLED_FIRST: [&str; 3] = ["conversations", "guides", "staff"];

/// Whether nobody has used the database yet.
pub(super) async fn are_empty(tx: &mut Transaction) -> Result<bool> {
    for table in FILLED_FIRST {
        let row = sqlx::query(&format!("SELECT 1 FROM {table} LIMIT 1")).fetch_optional(&mut **tx).await?;
        if row.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes every table of ours away, so that they can be made anew as an earlier version had them.
pub(super) async fn drop_all(tx: &mut Transaction) -> Result<()> {
    for table in BACKED_UP.iter().chain(&LEFT_OUT).rev().chain(&["_sqlx_migrations"]) {
        sqlx::query(&format!("DROP TABLE {table}")).execute(&mut **tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[tokio::test]
    async fn every_table_of_the_database_is_named_after_those_that_it_refers_to() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let db = crate::db::open(&format!("sqlite://{}", folder.path().join("sen.sqlite").display())).await?;
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&db.reader).await?;
        let named: Vec<&str> = BACKED_UP.into_iter().chain(LEFT_OUT).collect();
        assert_eq!(tables.iter().map(String::as_str).collect::<BTreeSet<_>>(), named.iter().copied().collect());
        for (place, table) in named.iter().enumerate() {
            let parents: Vec<String> =
                sqlx::query_scalar(&format!("SELECT \"table\" FROM pragma_foreign_key_list('{table}')")).fetch_all(&db.reader).await?;
            for parent in parents {
                assert!(named[..=place].contains(&parent.as_str()), "{table} stands before {parent}");
            }
        }
        Ok(())
    }
}
