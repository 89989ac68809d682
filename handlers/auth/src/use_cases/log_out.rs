//! A person logs out on this device.

use values::SessionId;

use crate::error::Error;
use crate::{App, store};

pub(crate) async fn log_out(app: &App, session_id: SessionId) -> Result<(), Error> {
    let mut conn = app.pool.get_conn().await?;
    Ok(store::revoke_session(&mut conn, session_id).await?)
}
