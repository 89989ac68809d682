//! Idempotency keys: written in the transaction of what they make happen once.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use outbox::Tx;
use values::UserId;

/// An answer that was given, to be given again byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: String,
}

/// Takes the key for this transaction. Waits while another transaction has it; fails with a
/// duplicate key once that one was committed.
pub(crate) async fn insert_key(
    tx: &mut Tx,
    caller: UserId,
    key: &str,
    fingerprint: &[u8],
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO idempotency_keys (caller_id, idempotency_key, fingerprint, status, answer)
         VALUES (?, ?, ?, 0, '')",
        (caller.uuid(), key, fingerprint),
    )
    .await
}

/// Records the answer under the key that this transaction has taken.
pub(crate) async fn record_answer(
    tx: &mut Tx,
    caller: UserId,
    key: &str,
    answer: &Answer,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE idempotency_keys SET status = ?, answer = ?
         WHERE caller_id = ? AND idempotency_key = ?",
        (answer.status, &answer.body, caller.uuid(), key),
    )
    .await
}

/// The fingerprint and the answer that were recorded under a key.
pub(crate) async fn find_answer(
    connection: &mut impl Queryable,
    caller: UserId,
    key: &str,
) -> Result<Option<(Vec<u8>, Answer)>, Error> {
    let row: Option<(Vec<u8>, u16, String)> = connection
        .exec_first(
            "SELECT fingerprint, status, answer FROM idempotency_keys
             WHERE caller_id = ? AND idempotency_key = ?",
            (caller.uuid(), key),
        )
        .await?;
    Ok(row.map(|(fingerprint, status, body)| (fingerprint, Answer { status, body })))
}
