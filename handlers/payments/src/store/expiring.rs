//! Shops' and people's requests whose time is over, in the order in which it was. One that cannot
//! be read is logged and stays open, and keeps no other from its end.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::causes;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{sql, stored};
use crate::domain::Record;

/// A request that its time ends. Its table has an index of status and `expires_at`.
pub(crate) trait Expiring: Record + Send {
    const TABLE: &str;
    /// The column of its id.
    const ID: &str;
    /// What [`Self::read`] reads; its id and `expires_at` are among it.
    const COLUMNS: &str;
    /// What is written of one that has expired.
    const EXPIRED: &str;

    fn read(row: Row) -> Result<Self, Error>;
}

/// A place among the open requests of a table.
pub(crate) type Place = (OffsetDateTime, Uuid);

/// Up to `limit` open requests after that place whose time is over, and the place of the last;
/// those that somebody is closing are skipped.
pub(crate) async fn lock_overdue<R: Expiring>(
    tx: &mut Tx,
    now: OffsetDateTime,
    (after, after_id): Place,
    limit: u32,
) -> Result<(Vec<R>, Option<Place>), Error> {
    let sql = format!(
        "SELECT {columns} FROM {table}
         WHERE status = 'open' AND expires_at <= ?
             AND expires_at >= ? AND NOT (expires_at = ? AND {id} <= ?)
         ORDER BY expires_at, {id} LIMIT ? FOR UPDATE SKIP LOCKED",
        columns = R::COLUMNS,
        id = R::ID,
        table = R::TABLE,
    );
    let after = stored(after);
    let rows: Vec<Row> = tx.exec(sql, (stored(now), after, after, after_id, limit)).await?;
    let (mut requests, mut last) = (Vec::with_capacity(rows.len()), None);
    for row in rows {
        let id: Option<Uuid> = row.get(R::ID);
        let at: Option<PrimitiveDateTime> = row.get("expires_at");
        last = at.map(PrimitiveDateTime::assume_utc).zip(id);
        match R::read(row) {
            Ok(request) => requests.push(request),
            Err(error) => {
                let causes = causes(&error);
                tracing::error!(?id, causes, "a request whose time is over cannot be read");
            }
        }
    }
    Ok((requests, last))
}

/// Writes that these requests, which are locked, have expired.
pub(crate) async fn expire<R: Expiring>(tx: &mut Tx, requests: &[R]) -> Result<(), Error> {
    if requests.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = requests.iter().map(Record::id).collect();
    let (table, expired, id, ids) = (R::TABLE, R::EXPIRED, R::ID, sql::ids(&ids));
    tx.query_drop(format!("UPDATE {table} SET {expired} WHERE {id} IN ({ids})")).await
}
