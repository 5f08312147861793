//! A PostgreSQL database of one's own, where `SEN_TEST_POSTGRES_URL` names a server to make it on.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;

use crate::database::{execute, in_database};

/// A database that is dropped with this.
pub(crate) struct PostgresDatabase {
    server: String,
    name: String,
}

/// The server to make databases on; without it the tests run on SQLite.
pub(crate) fn server() -> Option<String> {
    std::env::var("SEN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

impl PostgresDatabase {
    /// A new database, empty or a copy of `template`.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
    pub(crate) fn create(server: String, template: Option<&str>) -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("sen_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        create_named(&server, &name, template)?;
        Ok(Self { server, name })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        url_of(&self.server, &self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // The server itself goes with the run of the tests.
        let _ = execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// Makes a database of that name.
pub(crate) fn create_named(server: &str, name: &str, template: Option<&str>) -> Result<()> {
    let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    execute(server, &format!("CREATE DATABASE {name}{template}"))
}

/// Whether there is a database of that name.
pub(crate) fn exists(server: &str, name: &str) -> Result<bool> {
    in_database(server, async |connection| {
        let sql = "SELECT CAST(1 AS BIGINT) FROM pg_database WHERE datname = $1";
        let row: Option<i64> = sqlx::query_scalar(sql).bind(name).fetch_optional(connection).await?;
        Ok(row.is_some())
    })
}

/// The address of a database on that server.
pub(crate) fn url_of(server: &str, name: &str) -> String {
    let base = server.trim_end_matches('/').rsplit_once('/').map_or(server, |(base, _)| base);
    format!("{base}/{name}")
}
