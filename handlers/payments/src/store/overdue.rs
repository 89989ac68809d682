//! What has not ended though its time is over, in the order in which it should have.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::stored;
use crate::domain::OperationKind;

/// What ends by time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waiting {
    /// Pending operations of a kind; the party is the account that their money would go to.
    Operations(OperationKind),
    /// Open parcels; the party is their sender.
    Parcels,
}

/// Something whose time is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overdue {
    pub(crate) id: Uuid,
    pub(crate) party: Uuid,
    pub(crate) expires_at: OffsetDateTime,
}

/// Up to `limit` of them, after `last` if there is one: whatever became of that.
pub(crate) async fn list_overdue(
    connection: &mut impl Queryable,
    waiting: Waiting,
    now: OffsetDateTime,
    last: Option<Overdue>,
    limit: u32,
) -> Result<Vec<Overdue>, Error> {
    let (select, id, code) = match waiting {
        Waiting::Operations(kind) => (
            "SELECT operation_id, to_account_id, expires_at FROM operations WHERE kind = ?",
            "operation_id",
            kind.code(),
        ),
        Waiting::Parcels => (
            "SELECT parcel_id, sender_id, expires_at FROM parcels WHERE status = ?",
            "parcel_id",
            "open",
        ),
    };
    let sql = format!(
        "{select} AND expires_at <= ? AND expires_at >= ? AND NOT (expires_at = ? AND {id} <= ?)
         ORDER BY expires_at, {id} LIMIT ?"
    );
    let (after, id) =
        last.map_or((OffsetDateTime::UNIX_EPOCH, Uuid::nil()), |last| (last.expires_at, last.id));
    let after = stored(after);
    let overdue = |(id, party, expires_at): (Uuid, Uuid, PrimitiveDateTime)| Overdue {
        id,
        party,
        expires_at: expires_at.assume_utc(),
    };
    connection.exec_map(sql, (code, stored(now), after, after, id, limit), overdue).await
}
