//! One row as a JSON object, for any table of either database. Decimal numbers are strings, so that they come back exactly.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};
use sqlx::any::{AnyArguments, AnyRow, AnyTypeInfoKind};
use sqlx::query::Query;
use sqlx::{Any, Column as _, Executor as _, Row as _, Statement as _, ValueRef as _};

use crate::db::Transaction;

/// A row with all its columns.
pub(super) fn to_json(row: &AnyRow) -> Result<Map<String, Value>> {
    row.columns().iter().map(|column| Ok((column.name().to_owned(), value(row, column.ordinal())?))).collect()
}

fn value(row: &AnyRow, column: usize) -> Result<Value> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(match raw.type_info().kind() {
        AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => row.try_get::<i64, _>(column)?.into(),
        AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => row.try_get::<f64, _>(column)?.to_string().into(),
        AnyTypeInfoKind::Text => row.try_get::<String, _>(column)?.into(),
        kind => bail!("a column of type {kind:?}: only TEXT, BIGINT and DOUBLE PRECISION are ours"),
    })
}

/// How rows are written into one table.
pub(super) struct Insert {
    sql: String,
    columns: Vec<(String, AnyTypeInfoKind)>,
}

impl Insert {
    /// Asks the database which columns the table has now.
    ///
    /// # Errors
    /// When it has no such table.
    pub(super) async fn prepare(tx: &mut Transaction, table: &str) -> Result<Self> {
        let sql = format!("SELECT * FROM {table}");
        let statement = (&mut **tx).prepare(&sql).await?;
        let columns: Vec<_> = statement.columns().iter().map(|column| (column.name().to_owned(), column.type_info().kind())).collect();
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        Ok(Self { sql: format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", ")), columns })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it has not exactly the table's columns, or breaks one of its rules.
    pub(super) async fn run(&self, tx: &mut Transaction, mut row: Map<String, Value>) -> Result<()> {
        let mut query = sqlx::query(&self.sql);
        for (name, kind) in &self.columns {
            let value = row.remove(name).with_context(|| format!("thiếu cột {name}"))?;
            query = bind(query, *kind, value).with_context(|| format!("cột {name}"))?;
        }
        ensure!(row.is_empty(), "có cột lạ {:?}", row.keys().collect::<Vec<_>>());
        query.execute(&mut **tx).await?;
        Ok(())
    }
}

type Bound<'q> = Query<'q, Any, AnyArguments<'q>>;

/// PostgreSQL wants to know the type of a NULL too.
fn bind(query: Bound<'_>, kind: AnyTypeInfoKind, value: Value) -> Result<Bound<'_>> {
    Ok(match (kind, value) {
        (AnyTypeInfoKind::BigInt, Value::Null) => query.bind(None::<i64>),
        (AnyTypeInfoKind::BigInt, Value::Number(number)) => query.bind(number.as_i64().context("không phải số nguyên")?),
        (AnyTypeInfoKind::Double, Value::Null) => query.bind(None::<f64>),
        (AnyTypeInfoKind::Double, Value::String(text)) => query.bind(text.parse::<f64>()?),
        (AnyTypeInfoKind::Text, Value::Null) => query.bind(None::<String>),
        (AnyTypeInfoKind::Text, Value::String(text)) => query.bind(text),
        (kind, value) => bail!("giá trị {value} không hợp với kiểu {kind:?}"),
    })
}
