//! How often people have shown wrong secrets.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{OffsetDateTime, PrimitiveDateTime};
use values::UserId;

use super::stored;
use crate::domain::WrongSecrets;

pub(crate) async fn find_wrong_secrets(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<WrongSecrets>, Error> {
    let sql = "SELECT wrong_count, since FROM wrong_secrets WHERE user_id = ?";
    let row: Option<(u32, PrimitiveDateTime)> =
        connection.exec_first(sql, (user_id.uuid(),)).await?;
    Ok(row.map(|(count, since)| WrongSecrets { count, since: since.assume_utc() }))
}

/// Counts one more; the first after the window begins a new one.
pub(crate) async fn count_wrong_secret(
    connection: &mut impl Queryable,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // `since` is assigned last: the assignment before it still sees the stored one.
    let sql = "INSERT INTO wrong_secrets (user_id, wrong_count, since) VALUES (?, 1, ?)
         ON DUPLICATE KEY UPDATE wrong_count = IF(since <= ?, 1, wrong_count + 1),
             since = IF(since <= ?, VALUES(since), since)";
    let over = stored(now.saturating_sub(WrongSecrets::WINDOW));
    connection.exec_drop(sql, (user_id.uuid(), stored(now), over, over)).await
}
