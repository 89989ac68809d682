//! All SQL of this crate: columns of sealed bytes, in tables of services.

use std::ops::Range;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

/// A column of sealed bytes, whose first 34 have an index.
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Of 16 bytes, by which a row is found without a scan.
    pub id: &'static str,
    /// Its name.
    pub column: &'static str,
}

/// A row's id and its sealed bytes.
pub(crate) type SealedRow = (Vec<u8>, Vec<u8>);

/// At most `limit` rows whose bytes do not lie within the range, after the first `skipped` ones.
pub(crate) async fn list_outdated(
    connection: &mut Conn,
    SealedColumn { table, id, column }: &SealedColumn,
    current: Range<Vec<u8>>,
    (limit, skipped): (usize, usize),
) -> Result<Vec<SealedRow>, Error> {
    let sql = format!(
        "SELECT {id}, {column} FROM {table} WHERE {column} < ? OR {column} >= ?
         LIMIT ? OFFSET ?"
    );
    connection.exec(sql, (current.start, current.end, limit, skipped)).await
}

/// Puts the new bytes in the place of the old ones, if they still stand there.
pub(crate) async fn update_sealed(
    connection: &mut Conn,
    SealedColumn { table, id, column }: &SealedColumn,
    (row, old): SealedRow,
    new: Vec<u8>,
) -> Result<(), Error> {
    let sql = format!("UPDATE {table} SET {column} = ? WHERE {id} = ? AND {column} = ?");
    connection.exec_drop(sql, (new, row, old)).await
}
