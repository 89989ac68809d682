//! The SQL of what is to be pushed.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params};
use service::database::{Tx, text_literal};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{Language, NotificationId};

use super::{ROWS_MAX, id, known_mailbox, list_of, place};
use crate::domain::{BURST, BURST_MAX, HELD_KIND, Mailbox, PUSH_LIFETIME, PushPlatform};

/// Something more that is to be pushed.
pub(crate) struct NewPush<'a> {
    pub(crate) mailbox: Mailbox,
    pub(crate) kind: &'a str,
    pub(crate) waiting: u32,
    pub(crate) id: NotificationId,
    pub(crate) title: &'static str,
    pub(crate) language: Language,
    /// When it is due, if not at once: by the clock of the database, as all that finds it due. By
    /// that of an instance which is ahead, the commit would wake nobody who finds it.
    pub(crate) held_until: Option<OffsetDateTime>,
    /// From when it is due.
    pub(crate) lifetime: Duration,
}

/// Adds to what waits, in the order of the key. What waits already is due as it was; and while a
/// burst goes on, nothing is due before its end.
pub(crate) async fn save_pushes(tx: &mut Tx, pushes: &[NewPush<'_>]) -> Result<(), Error> {
    let seconds = BURST.as_secs();
    for part in pushes.chunks(ROWS_MAX) {
        let sql = format!(
            "INSERT INTO pushes (user_id, product, kind, waiting, notification_id, title, language,
                 due_at, expires_at, burst_since, leased_until)
             VALUES {}
             ON DUPLICATE KEY UPDATE
                 due_at = IF(waiting > 0, due_at,
                     IF(burst_sent >= {BURST_MAX}
                             AND burst_since > NOW(6) - INTERVAL {seconds} SECOND,
                         GREATEST(VALUES(due_at), burst_since + INTERVAL {seconds} SECOND),
                         VALUES(due_at))),
                 expires_at = VALUES(expires_at),
                 waiting = waiting + VALUES(waiting),
                 notification_id = VALUES(notification_id),
                 title = VALUES(title),
                 language = VALUES(language)",
            list_of(part.iter().map(row_of))
        );
        tx.query_drop(sql).await?;
    }
    Ok(())
}

fn row_of(push: &NewPush<'_>) -> String {
    let (user_id, product) = place(push.mailbox);
    let due_at = push.held_until.map_or_else(
        || "NOW(6)".to_owned(),
        |held| format!("CAST({} AS DATETIME(6))", text_literal(&primitive(held).to_string())),
    );
    let seconds = push.lifetime.as_secs();
    format!(
        "({user_id}, {product}, {}, {}, {}, {}, {}, {due_at}, {due_at} + INTERVAL {seconds} SECOND,
          NOW(6), NOW(6))",
        text_literal(push.kind),
        push.waiting,
        id(push.id.uuid()),
        text_literal(push.title),
        text_literal(push.language.code()),
    )
}

/// What quiet hours hold for a mailbox is due then, or at once.
pub(crate) async fn move_held(
    tx: &mut Tx,
    mailbox: Mailbox,
    held_until: Option<OffsetDateTime>,
) -> Result<(), Error> {
    // Assigned in this order: the end is counted from the new time.
    tx.exec_drop(
        "UPDATE pushes SET due_at = COALESCE(?, NOW(6)), expires_at = due_at + INTERVAL ? SECOND
         WHERE user_id = ? AND product = ? AND kind = ? AND waiting > 0",
        (
            held_until.map(primitive),
            PUSH_LIFETIME.as_secs(),
            mailbox.user_id.uuid(),
            mailbox.product.code(),
            HELD_KIND,
        ),
    )
    .await
}

/// Leases some of what is due, the longest waiting first. How many were found; another instance may
/// have been sooner with some of them.
///
/// Looked up without a lock, as webhooks' endpoints are (`webhook_leases`).
pub(crate) async fn lease_due(
    conn: &mut Conn,
    lease_id: Uuid,
    lease_seconds: u64,
    limit: usize,
) -> Result<usize, Error> {
    let mut due: Vec<(Uuid, String, String)> = conn
        .exec(
            "SELECT user_id, product, kind FROM pushes
             WHERE due_at <= NOW(6) AND leased_until <= NOW(6) ORDER BY due_at LIMIT ?",
            (limit,),
        )
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    // In the order in which those who tell lock them.
    due.sort();
    let key = |(user_id, product, kind): &(Uuid, String, String)| {
        let (product, kind) = (text_literal(product), text_literal(kind));
        format!("(user_id = {} AND product = {product} AND kind = {kind})", id(*user_id))
    };
    let keys: Vec<String> = due.iter().map(key).collect();
    let sql = format!(
        "UPDATE pushes SET lease_id = {}, leased_until = NOW(6) + INTERVAL {lease_seconds} SECOND
         WHERE leased_until <= NOW(6) AND due_at <= NOW(6) AND ({})",
        id(lease_id),
        keys.join(" OR ")
    );
    conn.query_drop(sql).await?;
    Ok(due.len())
}

/// A leased row.
pub(crate) struct LeasedPush {
    pub(crate) mailbox: Mailbox,
    pub(crate) kind: String,
    pub(crate) waiting: u32,
    pub(crate) notification_id: NotificationId,
    pub(crate) title: String,
    pub(crate) language: Language,
    /// How long it is worth a push yet; none if it is not any more.
    pub(crate) lifetime_seconds: Option<u32>,
    /// Whether its newest notification is in the inbox, and not read.
    pub(crate) is_unread: bool,
}

/// What this lease has, in the order of the key.
pub(crate) async fn list_leased(conn: &mut Conn, lease_id: Uuid) -> Result<Vec<LeasedPush>, Error> {
    type Row = (Uuid, String, String, u32, Uuid, String, String, i64, bool);
    let rows: Vec<Row> = conn
        .exec(
            "SELECT p.user_id, p.product, p.kind, p.waiting, p.notification_id, p.title, p.language,
                 TIMESTAMPDIFF(SECOND, NOW(6), p.expires_at),
                 COALESCE(NOT n.is_read AND n.number > m.read_through, FALSE)
             FROM pushes p
                 LEFT JOIN notifications n ON n.notification_id = p.notification_id
                 LEFT JOIN mailboxes m ON m.user_id = n.user_id AND m.product = n.product
             WHERE p.lease_id = ?
             ORDER BY p.user_id, p.product, p.kind",
            (lease_id,),
        )
        .await?;
    let leased = |row: Row| {
        let (user_id, product, kind, waiting, newest, title, language, seconds, is_unread) = row;
        Some(LeasedPush {
            mailbox: known_mailbox(user_id, &product)?,
            kind,
            waiting,
            notification_id: NotificationId::from_uuid(newest),
            title,
            // One that only a later version knows is told in English here.
            language: Language::from_code(&language).unwrap_or(Language::English),
            lifetime_seconds: u32::try_from(seconds).ok().filter(|seconds| *seconds > 0),
            is_unread,
        })
    };
    Ok(rows.into_iter().filter_map(leased).collect())
}

/// Where somebody is pushed to.
pub(crate) struct PushDevice {
    pub(crate) platform: PushPlatform,
    pub(crate) push_token: String,
    /// Whether the hub is to be asked whether it has the token yet.
    pub(crate) is_to_check: bool,
}

/// The devices of the people whom this lease is about, as they are now.
pub(crate) async fn list_devices(
    conn: &mut Conn,
    lease_id: Uuid,
) -> Result<Vec<(Mailbox, PushDevice)>, Error> {
    let rows: Vec<(Uuid, String, String, String, bool)> = conn
        .exec(
            "SELECT DISTINCT t.user_id, t.product, t.platform, t.push_token,
                 t.check_at IS NULL
                     AND COALESCE(t.checked_at, t.registered_at) < NOW(6) - INTERVAL 1 DAY
             FROM pushes p JOIN push_tokens t ON t.user_id = p.user_id AND t.product = p.product
             WHERE p.lease_id = ? AND p.waiting > 0",
            (lease_id,),
        )
        .await?;
    let mut devices = Vec::with_capacity(rows.len());
    for (user_id, product, platform, push_token, is_to_check) in rows {
        let Some(mailbox) = known_mailbox(user_id, &product) else { continue };
        let Some(platform) = PushPlatform::from_code(&platform) else {
            tracing::warn!(platform, "a device of an unknown platform is not pushed to");
            continue;
        };
        devices.push((mailbox, PushDevice { platform, push_token, is_to_check }));
    }
    Ok(devices)
}

/// So much of a leased row was sent, or is not worth it. What came meanwhile waits on: for the end
/// of the burst, if there is one. A row of which nothing waits is due once more when the burst
/// would end, and goes then.
pub(crate) async fn note_sent(
    tx: &mut Tx,
    lease_id: Uuid,
    push: &LeasedPush,
    is_sent: bool,
) -> Result<(), Error> {
    let seconds = BURST.as_secs();
    // Assigned in this order: what a burst has sent is of the burst as it stood.
    let sql = format!(
        "UPDATE pushes SET
             burst_sent = IF(burst_since > NOW(6) - INTERVAL {seconds} SECOND, burst_sent, 0) + ?,
             burst_since = IF(burst_since > NOW(6) - INTERVAL {seconds} SECOND AND burst_sent > ?,
                 burst_since, NOW(6)),
             waiting = waiting - ?,
             due_at = IF(waiting > 0 AND burst_sent < {BURST_MAX}, NOW(6),
                 burst_since + INTERVAL {seconds} SECOND),
             lease_id = NULL, leased_until = NOW(6)
         WHERE {OURS}"
    );
    let sent = u32::from(is_sent);
    tx.exec_drop(sql, ours(lease_id, push, vec![sent.into(), sent.into(), push.waiting.into()]))
        .await
}

/// The hub did not take it: it is due again in a while.
pub(crate) async fn note_failed(
    tx: &mut Tx,
    lease_id: Uuid,
    push: &LeasedPush,
    wait_seconds: u64,
) -> Result<(), Error> {
    let sql = format!(
        "UPDATE pushes SET due_at = NOW(6) + INTERVAL ? SECOND, lease_id = NULL,
             leased_until = NOW(6)
         WHERE {OURS}"
    );
    tx.exec_drop(sql, ours(lease_id, push, vec![wait_seconds.into()])).await
}

/// Nothing waits, and the burst is over.
pub(crate) async fn delete_push(
    tx: &mut Tx,
    lease_id: Uuid,
    push: &LeasedPush,
) -> Result<(), Error> {
    let sql = format!("DELETE FROM pushes WHERE {OURS} AND waiting = 0");
    tx.exec_drop(sql, ours(lease_id, push, Vec::new())).await?;
    // Something came in this moment.
    note_failed(tx, lease_id, push, 0).await
}

const OURS: &str = "user_id = ? AND product = ? AND kind = ? AND lease_id = ?";

fn ours(lease_id: Uuid, push: &LeasedPush, mut before: Vec<mysql_async::Value>) -> Params {
    let Mailbox { user_id, product } = push.mailbox;
    let key = [user_id.uuid().into(), product.code().into(), (&*push.kind).into(), lease_id.into()];
    before.extend(key);
    Params::Positional(before)
}

fn primitive(moment: OffsetDateTime) -> PrimitiveDateTime {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(moment.date(), moment.time())
}
