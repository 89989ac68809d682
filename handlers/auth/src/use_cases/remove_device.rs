//! A person takes a device off their list; its sessions end.

use mysql_async::TxOpts;
use service::Caller;
use values::DeviceId;

use super::end_sessions::end_sessions;
use crate::domain::SessionsOf;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn remove_device(
    app: &App,
    caller: &Caller,
    device_id: DeviceId,
) -> Result<(), Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::find_session(&mut tx, caller.session_id).await?.ok_or(Error::SessionEnded)?;
    if !store::revoke_device(&mut tx, caller.user_id, device_id).await? {
        return Err(Error::NoDevice);
    }
    end_sessions(app, &mut tx, SessionsOf::Device(device_id)).await?;
    Ok(app.outbox.commit(tx).await?)
}
