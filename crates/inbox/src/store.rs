//! The SQL of the tables `inbox` and `parked_events`.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;

/// How long an event is remembered: twice as long as any hub keeps one.
const INBOX_DAYS: u32 = 14;

/// Fails with a duplicate key if this consumer has taken the event before.
pub(crate) async fn insert_inbox_row(
    tx: &mut Tx,
    consumer: &str,
    event_id: &str,
) -> Result<(), Error> {
    tx.exec_drop("INSERT INTO inbox (consumer, event_id) VALUES (?, ?)", (consumer, event_id)).await
}

/// Parks an event once, however often it is delivered. It leaves no inbox row: once its parked row
/// is deleted, the event can be delivered again.
pub(crate) async fn insert_parked_event(
    conn: &mut Conn,
    consumer: &str,
    event_key: &str,
    body: &str,
    reason: &str,
) -> Result<(), Error> {
    conn.exec_drop(
        "INSERT INTO parked_events (consumer, event_key, body, reason) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE reason = VALUES(reason)",
        (consumer, event_key, body, reason),
    )
    .await
}

/// Forgets some events that no hub delivers any more.
pub(crate) async fn prune_inbox(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!(
        "DELETE FROM inbox WHERE received_at < NOW(6) - INTERVAL {INBOX_DAYS} DAY LIMIT 500"
    );
    conn.query_drop(sql).await
}
