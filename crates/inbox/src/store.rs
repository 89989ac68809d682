//! The SQL of the tables `inbox`, `parked_events` and `people`.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, text_literal};
use values::UserId;

/// How long an event is remembered: twice as long as any hub keeps one.
const INBOX_DAYS: u32 = 14;

/// Fails with a duplicate key, and changes nothing, if this consumer has taken one of the events.
pub(crate) async fn insert_inbox_rows(
    tx: &mut Tx,
    consumer: &str,
    event_ids: &[&str],
) -> Result<(), Error> {
    let consumer = text_literal(consumer);
    let rows = event_ids.iter().map(|id| format!("({consumer}, {})", text_literal(id)));
    let rows: Vec<String> = rows.collect();
    tx.query_drop(format!("INSERT INTO inbox (consumer, event_id) VALUES {}", rows.join(", ")))
        .await
}

/// Those of the events that this consumer has taken.
pub(crate) async fn list_inbox_rows(
    tx: &mut Tx,
    consumer: &str,
    event_ids: &[&str],
) -> Result<Vec<String>, Error> {
    let ids: Vec<String> = event_ids.iter().map(|id| text_literal(id)).collect();
    let (consumer, ids) = (text_literal(consumer), ids.join(", "));
    let sql =
        format!("SELECT event_id FROM inbox WHERE consumer = {consumer} AND event_id IN ({ids})");
    tx.query(sql).await
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
pub(crate) async fn prune_inbox(conn: &mut Conn, rows_max: usize) -> Result<(), Error> {
    let sql = format!(
        "DELETE FROM inbox WHERE received_at < NOW(6) - INTERVAL {INBOX_DAYS} DAY LIMIT {rows_max}"
    );
    conn.query_drop(sql).await
}

/// Keeps the newest version of what a person is called; an older one that arrives late changes
/// nothing.
pub(crate) async fn save_person(
    tx: &mut Tx,
    user_id: UserId,
    display_name: &str,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO people (user_id, display_name, version) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE
             display_name = IF(VALUES(version) > version, VALUES(display_name), display_name),
             version = GREATEST(version, VALUES(version))",
        (user_id.uuid(), display_name, version),
    )
    .await
}
