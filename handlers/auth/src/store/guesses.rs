//! How often something was guessed wrong.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;

use crate::domain::{GuessCount, Guessed};

/// The count, which only this transaction changes until it ends.
pub(crate) async fn lock_guesses(tx: &mut Tx, guessed: Guessed) -> Result<GuessCount, Error> {
    if let Some(count) = find_and_lock(tx, guessed).await? {
        return Ok(count);
    }
    // Not IGNORE: twins that share a lock on the row could not both go on to change it.
    tx.exec_drop(
        "INSERT INTO guesses (guessed) VALUES (?) ON DUPLICATE KEY UPDATE wrong = wrong",
        (guessed.key(),),
    )
    .await?;
    let count = find_and_lock(tx, guessed).await?;
    count.ok_or_else(|| Error::Other("a count that was inserted is not there".into()))
}

async fn find_and_lock(tx: &mut Tx, guessed: Guessed) -> Result<Option<GuessCount>, Error> {
    let row: Option<(u32, Option<u64>)> = tx
        .exec_first(
            "SELECT wrong, IF(locked_until > NOW(6),
                 TIMESTAMPDIFF(SECOND, NOW(6), locked_until) + 1, NULL)
             FROM guesses WHERE guessed = ? FOR UPDATE",
            (guessed.key(),),
        )
        .await?;
    Ok(row.map(|(wrong, locked_seconds)| GuessCount { wrong, locked_seconds }))
}

/// The seconds for which no guess is allowed.
pub(crate) async fn find_locked_seconds(
    connection: &mut impl Queryable,
    guessed: Guessed,
) -> Result<Option<u64>, Error> {
    connection
        .exec_first(
            "SELECT TIMESTAMPDIFF(SECOND, NOW(6), locked_until) + 1 FROM guesses
             WHERE guessed = ? AND locked_until > NOW(6)",
            (guessed.key(),),
        )
        .await
}

/// Counts a guess and begins a wait, if this guess is the last before one.
pub(crate) async fn update_guesses(
    tx: &mut Tx,
    guessed: Guessed,
    wrong: u32,
    wait_seconds: Option<u32>,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE guesses
         SET wrong = ?, guessed_at = NOW(6), locked_until = NOW(6) + INTERVAL ? SECOND
         WHERE guessed = ?",
        (wrong, wait_seconds, guessed.key()),
    )
    .await
}

/// Counts one guess less, and ends the wait that it began.
pub(crate) async fn take_back_guess(
    connection: &mut impl Queryable,
    guessed: Guessed,
    began_wait: bool,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE guesses SET wrong = wrong - 1, locked_until = IF(?, NULL, locked_until)
             WHERE guessed = ? AND wrong > 0",
            (began_wait, guessed.key()),
        )
        .await
}

/// Starts the count over, after a right guess.
pub(crate) async fn forget_wrong_guesses(
    connection: &mut impl Queryable,
    guessed: Guessed,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE guesses SET wrong = 0, locked_until = NULL WHERE guessed = ?",
            (guessed.key(),),
        )
        .await
}

/// Deletes at most `limit` counts to which no guess was added for long; returns how many.
pub(crate) async fn delete_old_guesses(connection: &mut Conn, limit: u64) -> Result<u64, Error> {
    connection
        .exec_drop(
            "DELETE FROM guesses WHERE guessed_at < NOW(6) - INTERVAL ? DAY LIMIT ?",
            (Guessed::KEPT_DAYS, limit),
        )
        .await?;
    Ok(connection.affected_rows())
}
