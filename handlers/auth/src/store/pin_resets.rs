//! New PINs that were asked for.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{DeviceId, UserId};

use crate::domain::PinReset;

/// Records that the device asked, in place of an earlier wish, whose wait is lost.
pub(crate) async fn save_pin_reset(
    tx: &mut Tx,
    user_id: UserId,
    device_id: DeviceId,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO pin_resets (user_id, device_id, ready_at)
         VALUES (?, ?, NOW(6) + INTERVAL ? HOUR)
         ON DUPLICATE KEY UPDATE device_id = VALUES(device_id), ready_at = VALUES(ready_at)",
        (user_id.uuid(), device_id.uuid(), PinReset::COOLING_HOURS),
    )
    .await
}

/// None if nobody asked, or too long ago.
pub(crate) async fn find_pin_reset(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<PinReset>, Error> {
    let row: Option<(Uuid, PrimitiveDateTime)> = connection
        .exec_first(
            "SELECT device_id, ready_at FROM pin_resets
             WHERE user_id = ? AND ready_at > NOW(6) - INTERVAL ? DAY",
            (user_id.uuid(), PinReset::KEPT_DAYS),
        )
        .await?;
    Ok(row.map(|(device_id, ready_at)| PinReset {
        device_id: DeviceId::from_uuid(device_id),
        ready_at: ready_at.assume_utc(),
    }))
}

/// Uses up what the device asked for; false unless that is ready. For one of several at once.
pub(crate) async fn take_pin_reset(
    tx: &mut Tx,
    user_id: UserId,
    device_id: DeviceId,
) -> Result<bool, Error> {
    tx.exec_drop(
        "DELETE FROM pin_resets WHERE user_id = ? AND device_id = ?
             AND ready_at <= NOW(6) AND ready_at > NOW(6) - INTERVAL ? DAY",
        (user_id.uuid(), device_id.uuid(), PinReset::KEPT_DAYS),
    )
    .await?;
    Ok(tx.affected_rows() > 0)
}

/// Calls off whatever was asked for; false if nothing was.
pub(crate) async fn delete_pin_reset(tx: &mut Tx, user_id: UserId) -> Result<bool, Error> {
    tx.exec_drop("DELETE FROM pin_resets WHERE user_id = ?", (user_id.uuid(),)).await?;
    Ok(tx.affected_rows() > 0)
}
