//! A person logs out on this device.

use service::trace::TraceContext;
use service::{Caller, Error, NoContent};

use super::end_sessions::end_sessions;
use crate::App;
use crate::domain::{EndReason, SessionsOf};

pub(crate) async fn log_out(
    app: App,
    caller: Caller,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let this = SessionsOf::Login(caller.session_id);
    end_sessions(&app, &mut tx, trace, this, EndReason::LoggedOut).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}
