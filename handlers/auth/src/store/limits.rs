//! Until when all of a person's devices are allowed less.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use values::UserId;

use super::devices::IS_FIRST;
use crate::domain::{SIM_SWAP_HOURS, limited_hours};

/// `None` if they never were.
pub(crate) async fn find_limited_until(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<OffsetDateTime>, Error> {
    let until: Option<Option<PrimitiveDateTime>> = connection
        .exec_first("SELECT limited_until FROM users WHERE user_id = ?", (user_id.uuid(),))
        .await?;
    Ok(until.flatten().map(PrimitiveDateTime::assume_utc))
}

/// Begins the limit of all devices of a person whose forgotten PIN or phone number was replaced.
/// The caller has locked the user's row, as whoever adds a device does, so that one of two at once
/// sees the other.
pub(crate) async fn limit_recovered(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    // Removed ones too: whoever takes a new device off again leaves the sign that there was one.
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM devices WHERE user_id = ?
             AND registered_at > NOW(6) - INTERVAL ? HOUR AND NOT {IS_FIRST})"
    );
    let has_new_device: Option<bool> = tx.exec_first(sql, (user_id.uuid(), SIM_SWAP_HOURS)).await?;
    tx.exec_drop("UPDATE users SET recovered_at = NOW(6) WHERE user_id = ?", (user_id.uuid(),))
        .await?;
    prolong(tx, user_id, limited_hours(has_new_device.unwrap_or(true))).await
}

/// The same after a device or passkey was added, if that was soon after such a replacement.
pub(crate) async fn limit_new_device(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    let is_recovered: Option<bool> = tx
        .exec_first(
            "SELECT COALESCE(recovered_at > NOW(6) - INTERVAL ? HOUR, FALSE) FROM users
             WHERE user_id = ?",
            (SIM_SWAP_HOURS, user_id.uuid()),
        )
        .await?;
    if is_recovered.unwrap_or(false) {
        prolong(tx, user_id, limited_hours(true)).await
    } else {
        Ok(())
    }
}

/// Never shortens it.
async fn prolong(tx: &mut Tx, user_id: UserId, hours: u32) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE users SET limited_until =
             GREATEST(COALESCE(limited_until, NOW(6)), NOW(6) + INTERVAL ? HOUR)
         WHERE user_id = ?",
        (hours, user_id.uuid()),
    )
    .await
}
