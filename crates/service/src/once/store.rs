//! The SQL of the table `idempotency_keys`, which every service with keyed operations has.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use uuid::Uuid;

use crate::database::Tx;

/// How long a key and its answer are kept.
pub(super) const KEPT_DAYS: u32 = 30;

/// Takes the key for this transaction. Waits while another transaction has it; fails with a
/// duplicate key once that one was committed.
pub(super) async fn insert_key(
    tx: &mut Tx,
    scope: Uuid,
    key_digest: &[u8],
    fingerprint: &[u8],
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO idempotency_keys (scope, key_digest, fingerprint, answer)
         VALUES (?, ?, ?, '')",
        (scope, key_digest, fingerprint),
    )
    .await
}

/// Records the answer under the key that this transaction has taken.
pub(super) async fn record_answer(
    tx: &mut Tx,
    scope: Uuid,
    key_digest: &[u8],
    answer: &[u8],
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE idempotency_keys SET answer = ? WHERE scope = ? AND key_digest = ?",
        (answer, scope, key_digest),
    )
    .await
}

/// The fingerprint and the sealed answer that were recorded under a key, and whether that is too
/// long ago for the answer to be given again.
pub(super) async fn find_answer(
    connection: &mut impl Queryable,
    scope: Uuid,
    key_digest: &[u8],
    replayed_seconds: u32,
) -> Result<Option<(Vec<u8>, Vec<u8>, bool)>, Error> {
    connection
        .exec_first(
            "SELECT fingerprint, answer, created_at < NOW(6) - INTERVAL ? SECOND
             FROM idempotency_keys WHERE scope = ? AND key_digest = ?",
            (replayed_seconds, scope, key_digest),
        )
        .await
}

/// Forgets some keys that are older than [`KEPT_DAYS`].
pub(super) async fn prune_keys(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!(
        "DELETE FROM idempotency_keys WHERE created_at < NOW(6) - INTERVAL {KEPT_DAYS} DAY LIMIT 10"
    );
    conn.query_drop(sql).await
}
