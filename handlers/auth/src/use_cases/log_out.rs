//! A person logs out on this device.

use mysql_async::TxOpts;
use values::SessionId;

use super::end_sessions::end_sessions;
use crate::App;
use crate::domain::SessionsOf;
use crate::error::Error;

pub(crate) async fn log_out(app: &App, session_id: SessionId) -> Result<(), Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    end_sessions(app, &mut tx, SessionsOf::Login(session_id)).await?;
    Ok(app.outbox.commit(tx).await?)
}
