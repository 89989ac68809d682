//! What waits for a time that is over, in the order in which it was.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::OperationKind;

use super::stored;
use crate::domain::ScheduleKind;

/// What ends by time, or is done at one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waiting {
    /// Pending operations of a kind; the party is the account that their money would go to, and the
    /// other the one that it comes from.
    Operations(OperationKind),
    /// Those of a kind that wait for a reviewer; the party is their payee, as the payer knows them,
    /// and the other the payer.
    Reviews(OperationKind),
    /// Open parcels; the party is their sender.
    Parcels,
    /// Active schedules of a kind; the party is their owner.
    Schedules(ScheduleKind),
}

/// Something whose time is over, or has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overdue {
    pub(crate) id: Uuid,
    pub(crate) party: Uuid,
    /// Of a schedule, who is paid or asked; of a parcel the party again.
    pub(crate) other: Uuid,
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
    let (table, [id, party, other, time], wanted, code) = match waiting {
        Waiting::Operations(kind) => (
            "operations",
            ["operation_id", "to_account_id", "from_account_id", "expires_at"],
            "kind = ?",
            kind.code(),
        ),
        Waiting::Reviews(kind) => (
            "operations JOIN held_payments ON peer_payment_id = operation_id",
            ["operation_id", "payee_id", "payer_id", "expires_at"],
            "held_payments.status = 'held' AND kind = ?",
            kind.code(),
        ),
        Waiting::Parcels => {
            ("parcels", ["parcel_id", "sender_id", "sender_id", "expires_at"], "status = ?", "open")
        }
        Waiting::Schedules(kind) => (
            "schedules",
            ["schedule_id", "owner_id", "other_id", "act_at"],
            "status = 'active' AND kind = ?",
            kind.code(),
        ),
    };
    let sql = format!(
        "SELECT {id}, {party}, {other}, {time} FROM {table} WHERE {wanted}
             AND {time} <= ? AND {time} >= ? AND NOT ({time} = ? AND {id} <= ?)
         ORDER BY {time}, {id} LIMIT ?"
    );
    let (after, id) =
        last.map_or((OffsetDateTime::UNIX_EPOCH, Uuid::nil()), |last| (last.expires_at, last.id));
    let after = stored(after);
    let overdue = |(id, party, other, expires_at): (Uuid, Uuid, Uuid, PrimitiveDateTime)| Overdue {
        id,
        party,
        other,
        expires_at: expires_at.assume_utc(),
    };
    connection.exec_map(sql, (code, stored(now), after, after, id, limit), overdue).await
}
