//! The SQL of push tokens, and of the logins that they die with.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Caller;
use service::database::Tx;
use values::SessionId;

use crate::domain::{PushPlatform, PushToken};

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

/// The caller's device has this token from now on, and no other; no other device has it.
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
    .await
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
