//! A person logs out everywhere but here.

use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, NoContent, retry_lock_conflicts};

use super::end_sessions::end_sessions;
use crate::domain::{EndReason, SecurityEvent, SecurityEventType, SessionsOf};
use crate::{App, store};

/// The devices stay the person's: there the PIN is asked for again.
pub(crate) async fn end_other_sessions(
    app: App,
    caller: Caller,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    // Two devices that do this at once wait for each other's logins.
    retry_lock_conflicts(|| end(&app, &caller, trace)).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn end(app: &App, caller: &Caller, trace: TraceContext) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let others = SessionsOf::UserBut { user_id: caller.user_id, kept: caller.session_id };
    if end_sessions(app, &mut tx, trace, others, EndReason::OthersLoggedOut).await? > 0 {
        let event = SecurityEvent {
            kind: SecurityEventType::OthersLoggedOut,
            user_id: caller.user_id,
            device_id: Some(caller.device_id),
        };
        app.trail.record(&mut tx, trace, event).await?;
    }
    Ok(tx.commit().await?)
}
