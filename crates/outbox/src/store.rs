//! The SQL of the table `outbox`.
//!
//! What one transaction tells is one row, or few: a row costs the database about the same whether
//! it holds one event or thirty, and it is written, read and deleted. Each event is a line: JSON
//! has line breaks only between its tokens, and none is written there.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use serde::Deserialize;
use service::database;

/// How long one relay waits for another instance's relay to finish, in seconds.
const RELAY_LOCK_WAIT_SECONDS: u32 = 5;

/// A row is begun anew rather than longer than this, unless its only event is.
const ROW_BYTES_MAX: usize = 64 * 1024;

/// Events of one transaction that wait to be sent, in their order.
pub(crate) struct Row {
    /// In the order in which the rows were inserted.
    pub(crate) id: u64,
    /// The CloudEvents, one in each line.
    pub(crate) body: String,
}

impl Row {
    /// The CloudEvents, as they will be sent.
    pub(crate) fn events(&self) -> impl Iterator<Item = &str> {
        self.body.split('\n')
    }
}

/// What an event is about: those of one subject are sent in order. One that cannot be read goes
/// with those of no subject; its consumer will park it.
pub(crate) fn subject(event: &str) -> Cow<'_, str> {
    #[derive(Deserialize)]
    struct About<'a> {
        #[serde(borrow)]
        subject: Cow<'a, str>,
    }
    serde_json::from_str::<About<'_>>(event).map(|about| about.subject).unwrap_or_default()
}

/// The statement that appends these CloudEvents, of which there is at least one.
pub(crate) fn insert_sql(events: &[String]) -> String {
    let mut rows: Vec<String> = Vec::new();
    for event in events {
        match rows.last_mut() {
            Some(row) if row.len().saturating_add(event.len()) < ROW_BYTES_MAX => {
                row.push('\n');
                row.push_str(event);
            }
            _ => rows.push(event.clone()),
        }
    }
    let rows = rows.iter().map(|row| format!("({})", database::text_literal(row)));
    let rows: Vec<String> = rows.collect();
    format!("INSERT INTO outbox (body) VALUES {}", rows.join(", "))
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
    let sql = format!("SELECT id, body FROM outbox WHERE {ranges} ORDER BY id LIMIT {limit}");
    conn.query_map(sql, |(id, body)| Row { id, body }).await
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
