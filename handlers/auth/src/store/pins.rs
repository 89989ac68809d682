//! The hash of a person's PIN, and how often the PIN was changed.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use values::{SessionId, UserId};

use crate::domain::Session;

/// What a PIN is checked against. A change of the PIN changes the version; a new hash of the same
/// PIN does not.
#[derive(Debug, Clone)]
pub(crate) struct StoredPin {
    pub(crate) hash: String,
    pub(crate) version: u32,
}

/// The PIN of the session's user; None if the session is unknown, revoked or too old.
pub(crate) async fn find_pin(
    connection: &mut impl Queryable,
    session_id: SessionId,
) -> Result<Option<StoredPin>, Error> {
    let row: Option<(String, u32)> = connection
        .exec_first(
            "SELECT pin_hash, pin_version FROM sessions JOIN users USING (user_id)
             WHERE session_id = ? AND revoked_at IS NULL
                 AND begun_at > NOW(6) - INTERVAL ? DAY",
            (session_id.uuid(), Session::LIFETIME_DAYS),
        )
        .await?;
    Ok(row.map(|(hash, version)| StoredPin { hash, version }))
}

/// The version of the user's PIN, which nobody changes until this transaction ends.
pub(crate) async fn lock_pin_version(tx: &mut Tx, user_id: UserId) -> Result<Option<u32>, Error> {
    tx.exec_first("SELECT pin_version FROM users WHERE user_id = ? FOR UPDATE", (user_id.uuid(),))
        .await
}

/// Replaces the PIN.
pub(crate) async fn update_pin(tx: &mut Tx, user_id: UserId, pin_hash: &str) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE users SET pin_hash = ?, pin_version = pin_version + 1 WHERE user_id = ?",
        (pin_hash, user_id.uuid()),
    )
    .await
}

/// Replaces a hash by another of the same PIN, unless the PIN was changed meanwhile.
pub(crate) async fn renew_pin_hash(
    connection: &mut Conn,
    user_id: UserId,
    pin: &StoredPin,
    pin_hash: &str,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE users SET pin_hash = ? WHERE user_id = ? AND pin_hash = ? AND pin_version = ?",
            (pin_hash, user_id.uuid(), &pin.hash, pin.version),
        )
        .await
}
