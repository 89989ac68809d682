//! What is counted and kept of the calls of shops' programs.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params, Value};
use service::database::{Tx, is_duplicate};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use values::ApiClientId;

use super::stored;

/// The time in which calls are counted.
const WINDOW: Duration = Duration::minutes(1);
/// Beyond what a request may be early and late together.
const SIGNATURE_KEPT_FOR: Duration = Duration::minutes(15);
/// Signatures that are forgotten at once.
const FORGOTTEN_AT_ONCE: u32 = 100;

/// How many calls a credential has made in its window, this one included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) calls: u32,
    /// When the next window may begin.
    pub(crate) ends_at: OffsetDateTime,
}

/// Counts one more call of a credential that is active; `None` if it is not any more. Its row
/// stays locked, so no two calls count as one.
pub(crate) async fn count_call(
    tx: &mut Tx,
    client_id: ApiClientId,
    now: OffsetDateTime,
) -> Result<Option<Counted>, Error> {
    // Assigned in this order: the count is of the window as it stood.
    tx.exec_drop(
        "UPDATE api_credentials
         SET window_calls = IF(window_began_at > :since, window_calls + 1, 1),
             window_began_at = IF(window_began_at > :since, window_began_at, :now),
             last_used_at = :now
         WHERE client_id = :client_id AND deactivated_at IS NULL AND expires_at > :now",
        Params::from(vec![
            ("since", Value::from(stored(now.saturating_sub(WINDOW)))),
            ("now", stored(now).into()),
            ("client_id", client_id.uuid().into()),
        ]),
    )
    .await?;
    let sql = "SELECT window_calls, window_began_at FROM api_credentials
        WHERE client_id = ? AND deactivated_at IS NULL AND expires_at > ?";
    let row: Option<(u32, PrimitiveDateTime)> =
        tx.exec_first(sql, (client_id.uuid(), stored(now))).await?;
    Ok(row.map(|(calls, began_at)| Counted {
        calls,
        ends_at: began_at.assume_utc().saturating_add(WINDOW),
    }))
}

/// False if it was spent before.
pub(crate) async fn spend_signature(
    tx: &mut Tx,
    client_id: ApiClientId,
    digest: &[u8],
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "INSERT INTO spent_signatures (client_id, signature_digest, spent_at)
        VALUES (?, ?, ?)";
    match tx.exec_drop(sql, (client_id.uuid(), digest, stored(now))).await {
        Ok(()) => Ok(true),
        Err(error) if is_duplicate(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Forgets signatures whose requests are too old to be taken.
pub(crate) async fn forget_signatures(conn: &mut Conn, now: OffsetDateTime) -> Result<(), Error> {
    let sql = format!(
        "DELETE FROM spent_signatures WHERE spent_at < ? ORDER BY spent_at
         LIMIT {FORGOTTEN_AT_ONCE}"
    );
    conn.exec_drop(sql, (stored(now.saturating_sub(SIGNATURE_KEPT_FOR)),)).await
}
