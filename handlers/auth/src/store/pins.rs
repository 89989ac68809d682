//! The hash of a person's PIN.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::{SessionId, UserId};

/// The PIN hash of the session's user; None if the session is unknown or revoked.
pub(crate) async fn find_pin_hash(
    connection: &mut impl Queryable,
    session_id: SessionId,
) -> Result<Option<String>, Error> {
    connection
        .exec_first(
            "SELECT pin_hash FROM sessions JOIN users USING (user_id)
         WHERE session_id = ? AND revoked_at IS NULL",
            (session_id.uuid(),),
        )
        .await
}

/// The hash of the user's PIN, which nobody changes until this transaction ends.
pub(crate) async fn lock_pin_hash(tx: &mut Tx, user_id: UserId) -> Result<Option<String>, Error> {
    tx.exec_first("SELECT pin_hash FROM users WHERE user_id = ? FOR UPDATE", (user_id.uuid(),))
        .await
}

pub(crate) async fn update_pin_hash(
    connection: &mut impl Queryable,
    user_id: UserId,
    pin_hash: &str,
) -> Result<(), Error> {
    connection
        .exec_drop("UPDATE users SET pin_hash = ? WHERE user_id = ?", (pin_hash, user_id.uuid()))
        .await
}
