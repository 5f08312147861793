//! What a test does to a database behind the back of the programs.

use anyhow::{Context as _, Result};
use sqlx::{AnyConnection, Connection as _};

/// Executes one statement in the database at `url`.
///
/// # Errors
/// When the database can't be reached or refuses.
pub fn execute(url: &str, sql: &str) -> Result<()> {
    in_database(url, async |connection| {
        sqlx::query(sql).execute(connection).await.with_context(|| sql.to_owned())?;
        Ok(())
    })
}

/// Does `work` on a connection of its own.
pub(crate) fn in_database<T>(url: &str, work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(url).await.context("the database of the tests can't be reached")?;
        let done = work(&mut connection).await?;
        connection.close().await?;
        Ok(done)
    })
}
