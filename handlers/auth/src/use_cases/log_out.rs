//! A person logs out on this device.

use service::trace::TraceContext;
use service::{Caller, Error, NoContent, retry_lock_conflicts};

use super::end_sessions::end_sessions;
use crate::App;
use crate::domain::{EndReason, SessionsOf};

pub(crate) async fn log_out(
    app: App,
    caller: Caller,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    // The device may renew its tokens at the same time.
    retry_lock_conflicts(|| end(&app, &caller, trace)).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn end(app: &App, caller: &Caller, trace: TraceContext) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    let this = SessionsOf::Login(caller.session_id);
    end_sessions(app, &mut tx, trace, this, EndReason::LoggedOut).await?;
    Ok(tx.commit().await?)
}
