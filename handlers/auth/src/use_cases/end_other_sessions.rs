//! A person logs out everywhere but here.

use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, NoContent, retry_lock_conflicts};
use values::SignedAt;

use super::end_sessions::end_sessions;
use super::require_signature::require_signature;
use super::spend_signature::spend_signature;
use crate::domain::{DeviceAct, EndReason, SecurityEvent, SecurityEventType, SessionsOf};
use crate::signed_act::SignedAct;
use crate::{App, store};

/// The devices stay the person's: there the PIN is asked for again.
pub(crate) async fn end_other_sessions(
    app: App,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
) -> Result<NoContent, Error> {
    let wanted = DeviceAct::EndOtherSessions;
    let signed_at = require_signature(&app, trace, &caller, &act, &wanted).await?;
    // Two devices that do this at once wait for each other's logins.
    retry_lock_conflicts(|| end(&app, &caller, trace, signed_at)).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn end(
    app: &App,
    caller: &Caller,
    trace: TraceContext,
    signed_at: Option<&SignedAt>,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, signed_at).await?;
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
