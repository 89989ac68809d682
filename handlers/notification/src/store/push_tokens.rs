//! The SQL of push tokens, and of the logins that they die with.

use std::collections::{BTreeSet, HashSet};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Caller;
use service::database::Tx;
use uuid::Uuid;
use values::{DeviceId, Product, SessionId, UserId};

use super::{ROWS_MAX, id, known_mailbox, list_of};
use crate::domain::{DEVICES_MAX, Mailbox, PushPlatform, PushToken};

/// How long a token is kept without being registered again. A login that nobody renews dies after
/// as many days (`REFRESH_LIFETIME_DAYS` of auth), and no event tells of it.
const TOKEN_DAYS: u32 = 30;
/// How long a login is noted. Its last access token is good for ten minutes after its end, so no
/// registration of it comes later.
const SESSION_DAYS: u32 = 1;
/// Rows of each table that one call prunes: more than one call adds.
const PRUNED_MAX: u32 = 10;

/// Holds the login's row until the transaction ends. Whether the login has ended, as far as auth's
/// events have told.
pub(crate) async fn lock_session(tx: &mut Tx, session_id: SessionId) -> Result<bool, Error> {
    tx.exec_drop(
        "INSERT INTO sessions (session_id, has_ended) VALUES (?, FALSE)
         ON DUPLICATE KEY UPDATE noted_at = noted_at",
        (session_id.uuid(),),
    )
    .await?;
    let has_ended = tx
        .exec_first("SELECT has_ended FROM sessions WHERE session_id = ?", (session_id.uuid(),))
        .await?;
    Ok(has_ended.unwrap_or_default())
}

/// Notes for good that the login has ended, and holds its row until the transaction ends.
pub(crate) async fn save_ended_session(tx: &mut Tx, session_id: SessionId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO sessions (session_id, has_ended) VALUES (?, TRUE)
         ON DUPLICATE KEY UPDATE has_ended = TRUE, noted_at = NOW(6)",
        (session_id.uuid(),),
    )
    .await
}

/// The caller's device has this token from now on, and no other; no other device has it. Of more
/// devices than one person has, those that registered longest ago have none any more.
pub(crate) async fn save_push_token(
    tx: &mut Tx,
    caller: &Caller,
    platform: PushPlatform,
    push_token: &PushToken,
) -> Result<(), Error> {
    // Replaces a row for each unique key: the device's old token, and the token's old device.
    tx.exec_drop(
        "REPLACE INTO push_tokens (device_id, product, user_id, session_id, platform, push_token)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            caller.device_id.uuid(),
            caller.product.code(),
            caller.user_id.uuid(),
            caller.session_id.uuid(),
            platform.code(),
            push_token.as_str(),
        ),
    )
    .await?;
    let reader = (caller.user_id.uuid(), caller.product.code());
    let sql = "SELECT device_id FROM push_tokens WHERE user_id = ? AND product = ?
         ORDER BY registered_at DESC, device_id DESC LIMIT 10 OFFSET ?";
    let surplus: Vec<Uuid> = tx.exec(sql, (reader.0, reader.1, DEVICES_MAX)).await?;
    for device_id in surplus {
        let sql = "DELETE FROM push_tokens WHERE device_id = ? AND product = ? AND user_id = ?";
        tx.exec_drop(sql, (device_id, reader.1, reader.0)).await?;
    }
    Ok(())
}

/// Which mailboxes of these people have a device that is pushed to.
pub(crate) async fn list_reached(
    tx: &mut Tx,
    user_ids: &BTreeSet<UserId>,
) -> Result<HashSet<Mailbox>, Error> {
    let user_ids: Vec<&UserId> = user_ids.iter().collect();
    let mut reached = HashSet::new();
    for part in user_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT DISTINCT user_id, product FROM push_tokens WHERE user_id IN ({})",
            list_of(part.iter().map(|user_id| id(user_id.uuid())))
        );
        let rows: Vec<(Uuid, String)> = tx.query(sql).await?;
        reached.extend(
            rows.into_iter().filter_map(|(user_id, product)| known_mailbox(user_id, &product)),
        );
    }
    Ok(reached)
}

/// The hub is asked in a while what became of this message to a token.
pub(crate) async fn save_check(
    tx: &mut Tx,
    push_token: &str,
    platform: PushPlatform,
    hub_message_id: &str,
    wait_seconds: u64,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE push_tokens SET hub_message_id = ?, check_at = NOW(6) + INTERVAL ? SECOND
         WHERE platform = ? AND push_token = ?",
        (hub_message_id, wait_seconds, platform.code(), push_token),
    )
    .await
}

/// A message by which a token is checked.
pub(crate) struct TokenCheck {
    pub(crate) device_id: DeviceId,
    pub(crate) product: Product,
    pub(crate) hub_message_id: String,
}

/// The messages that the hub is to be asked about now, the longest waiting first.
pub(crate) async fn list_checks(conn: &mut Conn, limit: usize) -> Result<Vec<TokenCheck>, Error> {
    let rows: Vec<(Uuid, Uuid, String, String)> = conn
        .exec(
            "SELECT user_id, device_id, product, hub_message_id FROM push_tokens
             WHERE check_at <= NOW(6) AND hub_message_id IS NOT NULL ORDER BY check_at LIMIT ?",
            (limit,),
        )
        .await?;
    let check = |(user_id, device_id, product, hub_message_id): (Uuid, Uuid, String, String)| {
        let product = known_mailbox(user_id, &product)?.product;
        let device_id = DeviceId::from_uuid(device_id);
        Some(TokenCheck { device_id, product, hub_message_id })
    };
    Ok(rows.into_iter().filter_map(check).collect())
}

/// The device has its token no more, unless it was registered again since.
pub(crate) async fn delete_checked(conn: &mut Conn, check: &TokenCheck) -> Result<(), Error> {
    conn.exec_drop(
        "DELETE FROM push_tokens WHERE device_id = ? AND product = ? AND hub_message_id = ?",
        (check.device_id.uuid(), check.product.code(), &check.hub_message_id),
    )
    .await
}

/// Nothing speaks against the token: it is checked again by a push of another day.
pub(crate) async fn end_check(conn: &mut Conn, check: &TokenCheck) -> Result<(), Error> {
    conn.exec_drop(
        "UPDATE push_tokens SET hub_message_id = NULL, check_at = NULL, checked_at = NOW(6)
         WHERE device_id = ? AND product = ? AND hub_message_id = ?",
        (check.device_id.uuid(), check.product.code(), &check.hub_message_id),
    )
    .await
}

/// The hub cannot say yet.
pub(crate) async fn put_check_off(
    conn: &mut Conn,
    check: &TokenCheck,
    wait_seconds: u64,
) -> Result<(), Error> {
    conn.exec_drop(
        "UPDATE push_tokens SET check_at = NOW(6) + INTERVAL ? SECOND
         WHERE device_id = ? AND product = ? AND hub_message_id = ?",
        (wait_seconds, check.device_id.uuid(), check.product.code(), &check.hub_message_id),
    )
    .await
}

/// The platform knows this token no more.
pub(crate) async fn delete_gone(
    tx: &mut Tx,
    platform: PushPlatform,
    push_token: &str,
) -> Result<(), Error> {
    let sql = "DELETE FROM push_tokens WHERE platform = ? AND push_token = ?";
    tx.exec_drop(sql, (platform.code(), push_token)).await
}

/// Forgets the token of the caller's device, if it has one.
pub(crate) async fn delete_push_token(
    connection: &mut impl Queryable,
    caller: &Caller,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "DELETE FROM push_tokens WHERE device_id = ? AND product = ? AND user_id = ?",
            (caller.device_id.uuid(), caller.product.code(), caller.user_id.uuid()),
        )
        .await
}

/// Forgets the token that a login registered, if it is still that login's.
pub(crate) async fn delete_token_of_session(
    tx: &mut Tx,
    session_id: SessionId,
) -> Result<(), Error> {
    tx.exec_drop("DELETE FROM push_tokens WHERE session_id = ?", (session_id.uuid(),)).await
}

/// Forgets some tokens and logins that are too old to matter.
pub(crate) async fn prune(tx: &mut Tx) -> Result<(), Error> {
    for (table, time, days) in
        [("push_tokens", "registered_at", TOKEN_DAYS), ("sessions", "noted_at", SESSION_DAYS)]
    {
        let sql = format!(
            "DELETE FROM {table} WHERE {time} < NOW(6) - INTERVAL {days} DAY LIMIT {PRUNED_MAX}"
        );
        tx.query_drop(sql).await?;
    }
    Ok(())
}
