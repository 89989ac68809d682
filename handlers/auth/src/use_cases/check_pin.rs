//! Somebody with a session shows that they know the PIN too.

use service::Caller;

use crate::domain::Pin;
use crate::error::Error;
use crate::{App, store};

/// Refuses a wrong PIN, and a session that has ended.
pub(super) async fn check_pin(app: &App, caller: &Caller, pin: Pin) -> Result<(), Error> {
    let mut conn = app.pool.get_conn().await?;
    let pin_hash = store::find_pin_hash(&mut conn, caller.session_id).await?;
    drop(conn);
    app.pins.check(caller.user_id, pin, pin_hash.ok_or(Error::SessionEnded)?).await
}
