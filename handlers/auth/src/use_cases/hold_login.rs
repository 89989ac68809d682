//! Who acts as staff is still logged in.

use service::database::Tx;
use service::{Error, INVALID_TOKEN, Staff};

use crate::store;

/// Refuses a login that has ended; nobody ends this one until the transaction ends.
pub(super) async fn hold_login(tx: &mut Tx, by: &Staff) -> Result<(), Error> {
    if store::staff::lock_staff_session(tx, by.session_id).await? {
        Ok(())
    } else {
        Err(INVALID_TOKEN.into())
    }
}
