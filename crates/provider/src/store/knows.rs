//! Everything the database holds, read out column by column for whoever wants to see it.
//!
//! It asks the schema, not a list of our own: a table that somebody adds shows up by itself.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::StoreError;
use super::sqlite::open_read_only;

/// One row of one table.
pub struct KnownRow {
    /// The table.
    pub table: String,
    /// Column and value, in the table's order.
    pub values: Vec<(String, KnownValue)>,
}

/// A value as it lies in the database.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownValue {
    /// Nothing.
    Null,
    /// A number.
    Number(i64),
    /// Text.
    Text(String),
    /// Octets.
    Octets(Vec<u8>),
}

/// The database as it was at one moment, over a connection that cannot write. Works beside a
/// serving provider. Blocks.
pub struct Snapshot {
    connection: Connection,
}

impl Snapshot {
    /// Begins the moment.
    pub fn open(database: &Path) -> Result<Self, StoreError> {
        let connection = open_read_only(database)?;
        connection.execute_batch("BEGIN")?;
        // SQLite takes the moment at the first read.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self { connection })
    }

    /// The tables of the schema by name; SQLite's own among them, since they hold counts.
    pub fn tables(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    }

    /// The columns of a table.
    pub fn columns(&self, table: &str) -> Result<Vec<String>, StoreError> {
        let statement = self.connection.prepare(&select(table))?;
        Ok(statement.column_names().iter().map(|&name| name.to_owned()).collect())
    }

    /// Calls `show` for every row of a table.
    pub fn rows(&self, table: &str, mut show: impl FnMut(KnownRow)) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare(&select(table))?;
        let columns: Vec<String> =
            statement.column_names().iter().map(|&name| name.to_owned()).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns.len());
            for (index, column) in columns.iter().enumerate() {
                values.push((column.clone(), known(row.get_ref(index)?)));
            }
            show(KnownRow { table: table.to_owned(), values });
        }
        Ok(())
    }
}

/// The name comes from the schema; a quote inside is doubled all the same.
fn select(table: &str) -> String {
    format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""))
}

fn known(value: ValueRef<'_>) -> KnownValue {
    match value {
        ValueRef::Null => KnownValue::Null,
        ValueRef::Integer(number) => KnownValue::Number(number),
        // STRICT tables without REAL columns hold none.
        ValueRef::Real(number) => KnownValue::Text(number.to_string()),
        ValueRef::Text(text) => KnownValue::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(octets) => KnownValue::Octets(octets.to_vec()),
    }
}
