//! Whose handles are, and how many a person has tried.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::UserId;

use super::stored;
use crate::domain::{Count, Handle, HandleHolder, HandleLookups};

/// Who has this very handle, and is found by it.
pub(crate) async fn find_by_handle(
    connection: &mut impl Queryable,
    handle: &Handle,
) -> Result<Option<UserId>, Error> {
    let sql = "SELECT user_id FROM profiles WHERE handle = ? AND is_findable";
    let id: Option<Uuid> = connection.exec_first(sql, (handle.as_str(),)).await?;
    Ok(id.map(UserId::from_uuid))
}

/// Who has a handle of this skeleton or had it last, locked: nobody else takes it until the
/// transaction ends. If nobody ever had it, this person has it now.
pub(crate) async fn lock_handle(
    tx: &mut Tx,
    skeleton: &str,
    user_id: UserId,
) -> Result<HandleHolder, Error> {
    // The second who inserts waits for the first, and then reads what the first has left.
    tx.exec_drop(
        "INSERT INTO handles (skeleton, user_id) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE skeleton = VALUES(skeleton)",
        (skeleton, user_id.uuid()),
    )
    .await?;
    let sql = "SELECT user_id, given_up_at FROM handles WHERE skeleton = ? FOR UPDATE";
    let row: Option<(Uuid, Option<PrimitiveDateTime>)> = tx.exec_first(sql, (skeleton,)).await?;
    let (holder, given_up_at) =
        row.ok_or_else(|| Error::Other("a handle just inserted is not there".into()))?;
    Ok(HandleHolder {
        user_id: UserId::from_uuid(holder),
        given_up_at: given_up_at.map(PrimitiveDateTime::assume_utc),
    })
}

pub(crate) async fn take_handle(tx: &mut Tx, skeleton: &str, user_id: UserId) -> Result<(), Error> {
    let sql = "UPDATE handles SET user_id = ?, given_up_at = NULL WHERE skeleton = ?";
    tx.exec_drop(sql, (user_id.uuid(), skeleton)).await
}

pub(crate) async fn give_up_handle(
    tx: &mut Tx,
    skeleton: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE handles SET given_up_at = ? WHERE skeleton = ?";
    tx.exec_drop(sql, (stored(now), skeleton)).await
}

pub(crate) async fn find_handle_lookups(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<HandleLookups>, Error> {
    let sql = "SELECT window_count, window_began_at, day_count, day_began_at
         FROM handle_lookups WHERE user_id = ?";
    let row: Option<(u32, PrimitiveDateTime, u32, PrimitiveDateTime)> =
        connection.exec_first(sql, (user_id.uuid(),)).await?;
    let counted = |count, since: PrimitiveDateTime| Count { count, since: since.assume_utc() };
    Ok(row.map(|(in_window, window_began_at, in_day, day_began_at)| HandleLookups {
        in_window: counted(in_window, window_began_at),
        in_day: counted(in_day, day_began_at),
    }))
}

/// Counts one more; the first after a window or a day begins a new one.
pub(crate) async fn count_handle_lookup(
    tx: &mut Tx,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // Each beginning is assigned after its count, which so still sees the stored one.
    let sql = "INSERT INTO handle_lookups
             (user_id, window_count, window_began_at, day_count, day_began_at)
         VALUES (?, 1, ?, 1, ?)
         ON DUPLICATE KEY UPDATE
             window_count = IF(window_began_at <= ?, 1, window_count + 1),
             window_began_at = IF(window_began_at <= ?, VALUES(window_began_at), window_began_at),
             day_count = IF(day_began_at <= ?, 1, day_count + 1),
             day_began_at = IF(day_began_at <= ?, VALUES(day_began_at), day_began_at)";
    let before = |length| stored(now.saturating_sub(length));
    let (window, day) = (before(HandleLookups::WINDOW), before(HandleLookups::DAY));
    let now = stored(now);
    tx.exec_drop(sql, (user_id.uuid(), now, now, window, window, day, day)).await
}
