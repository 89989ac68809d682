//! The SQL of the table `outbox`.

use std::ops::RangeInclusive;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database;

/// How long one relay waits for another instance's relay to finish, in seconds.
const RELAY_LOCK_WAIT_SECONDS: u32 = 5;

/// An event that waits to be sent.
pub(crate) struct Row {
    /// In the order in which the rows were inserted.
    pub(crate) id: u64,
    /// Rows of one subject are sent in order.
    pub(crate) subject: String,
    /// The CloudEvent, as it will be sent.
    pub(crate) body: String,
}

/// The statement that appends rows of subject and body, of which there is at least one.
pub(crate) fn insert_sql(rows: &[(&str, String)]) -> String {
    let rows = rows.iter().map(|(subject, body)| {
        format!("({}, {})", database::text_literal(subject), database::text_literal(body))
    });
    let rows: Vec<String> = rows.collect();
    format!("INSERT INTO outbox (subject, body) VALUES {}", rows.join(", "))
}

/// Makes this connection the only one that relays; false if another one does not finish in time.
pub(crate) async fn lock_relay(conn: &mut Conn) -> Result<bool, Error> {
    let sql = format!("SELECT GET_LOCK(CONCAT(DATABASE(), '.outbox'), {RELAY_LOCK_WAIT_SECONDS})");
    let answer: Option<Option<u8>> = conn.query_first(sql).await?;
    Ok(answer.flatten() == Some(1))
}

pub(crate) async fn unlock_relay(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop("DO RELEASE_LOCK(CONCAT(DATABASE(), '.outbox'))").await
}

/// The rows in these ranges of ids, which are not empty, the lowest ids first.
pub(crate) async fn list_outbox_rows(
    conn: &mut Conn,
    ranges: impl Iterator<Item = RangeInclusive<u64>>,
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let ranges: Vec<String> =
        ranges.map(|ids| format!("id BETWEEN {} AND {}", ids.start(), ids.end())).collect();
    let ranges = ranges.join(" OR ");
    let sql =
        format!("SELECT id, subject, body FROM outbox WHERE {ranges} ORDER BY id LIMIT {limit}");
    conn.query_map(sql, |(id, subject, body)| Row { id, subject, body }).await
}

/// Looks up each row by its id: an `IN` list is read by scanning the table where that is small, and
/// a scan waits for every transaction that is appending.
pub(crate) async fn delete_outbox_rows(conn: &mut Conn, ids: &[u64]) -> Result<(), Error> {
    let ids = serde_json::Value::from(ids);
    conn.exec_drop(
        "DELETE outbox FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) AS sent
         STRAIGHT_JOIN outbox ON outbox.id = sent.id",
        (ids.to_string(),),
    )
    .await
}
