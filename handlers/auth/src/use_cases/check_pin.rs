//! Somebody with a session shows that they know the PIN too.

use service::database::Tx;
use service::{Caller, Error, INVALID_TOKEN};
use values::UserId;

use crate::domain::Pin;
use crate::pin_guard::PinEntry;
use crate::{App, store};

/// Refuses a wrong PIN, and a session that has ended; returns the version of the right PIN.
pub(super) async fn check_pin(app: &App, caller: &Caller, pin: &Pin) -> Result<u32, Error> {
    let mut conn = app.database.conn().await?;
    let stored = store::pins::find_pin(&mut conn, caller.session_id).await?;
    drop(conn);
    let stored = stored.ok_or(INVALID_TOKEN)?;
    let entry = PinEntry { user_id: caller.user_id, device_id: caller.device_id };
    app.pins.check(entry, pin, &stored).await?;
    Ok(stored.version)
}

/// False if the PIN was changed after it was checked in this version. From now on nobody changes it
/// until the transaction ends: a change must see every session that it has to end.
pub(super) async fn hold_pin(tx: &mut Tx, user_id: UserId, version: u32) -> Result<bool, Error> {
    let current = store::pins::lock_pin_version(tx, user_id).await?;
    Ok(current == Some(version))
}
