//! The hash of a person's PIN, and how often it was guessed wrong.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, params};
use service::database::Tx;
use values::{SessionId, UserId};

use crate::domain::Pin;

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

/// Counts one more guess; false if there is none left. One statement, so that guesses made at once
/// are counted one after the other.
pub(crate) async fn reserve_pin_guess(
    connection: &mut Conn,
    user_id: UserId,
) -> Result<bool, Error> {
    connection
        .exec_drop(
            "UPDATE users SET
                 wrong_pins = IF(guessed_at > NOW(6) - INTERVAL :lock SECOND, wrong_pins, 0) + 1,
                 guessed_at = NOW(6)
             WHERE user_id = :user_id AND (wrong_pins < :max
                 OR guessed_at <= NOW(6) - INTERVAL :lock SECOND)",
            params! {
                "user_id" => user_id.uuid(),
                "max" => Pin::WRONG_MAX,
                "lock" => Pin::LOCK_SECONDS,
            },
        )
        .await?;
    Ok(connection.affected_rows() > 0)
}

/// The seconds until the next guess is allowed, at least one.
pub(crate) async fn find_pin_lock_seconds(
    connection: &mut Conn,
    user_id: UserId,
) -> Result<u64, Error> {
    let seconds: Option<i64> = connection
        .exec_first(
            "SELECT TIMESTAMPDIFF(SECOND, NOW(6), guessed_at + INTERVAL ? SECOND) FROM users
             WHERE user_id = ? AND guessed_at IS NOT NULL",
            (Pin::LOCK_SECONDS, user_id.uuid()),
        )
        .await?;
    Ok(seconds.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default().max(1))
}

/// Starts the count over, after a right PIN.
pub(crate) async fn forget_wrong_pins(connection: &mut Conn, user_id: UserId) -> Result<(), Error> {
    connection
        .exec_drop("UPDATE users SET wrong_pins = 0 WHERE user_id = ?", (user_id.uuid(),))
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
