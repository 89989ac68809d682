//! Somebody with a session shows that they know the PIN too.

use service::database::Tx;
use service::{Caller, Error, INVALID_TOKEN};
use values::UserId;

use crate::domain::{PIN_INVALID, Pin};
use crate::{App, store};

/// Refuses a wrong PIN, and a session that has ended; returns the hash of the right PIN.
pub(super) async fn check_pin(app: &App, caller: &Caller, pin: &Pin) -> Result<String, Error> {
    let mut conn = app.database.conn().await?;
    let pin_hash = store::pins::find_pin_hash(&mut conn, caller.session_id).await?;
    drop(conn);
    let pin_hash = pin_hash.ok_or(INVALID_TOKEN)?;
    app.pins.check(caller.user_id, pin, &pin_hash).await?;
    Ok(pin_hash)
}

/// Refuses a PIN that was changed after it was checked against `pin_hash`. From now on nobody
/// changes it until the transaction ends: a change must see every session that it has to end.
pub(super) async fn hold_pin(tx: &mut Tx, user_id: UserId, pin_hash: &str) -> Result<(), Error> {
    let current = store::pins::lock_pin_hash(tx, user_id).await?;
    if current.as_deref() == Some(pin_hash) { Ok(()) } else { Err(PIN_INVALID.into()) }
}
