//! Logins end before their tokens do, and the services that check tokens themselves are told.

use events::auth::SessionRevokedV1;
use service::Error;
use service::database::Tx;
use service::trace::TraceContext;

use crate::domain::{EndReason, SessionsOf};
use crate::{App, store};

/// Returns how many there were. Part of the caller's transaction, which must be committed by
/// `app.outbox.commit`, or followed by `app.outbox.nudge`.
pub(super) async fn end_sessions(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    which: SessionsOf,
    reason: EndReason,
) -> Result<usize, Error> {
    let sessions = store::lock_live_sessions(tx, which).await?;
    let mut revoked = Vec::with_capacity(sessions.len());
    for (session_id, user_id) in sessions {
        store::revoke_session(tx, session_id, reason).await?;
        let event =
            SessionRevokedV1 { session_id: session_id.to_string(), user_id: user_id.to_string() };
        revoked.push(app.outbox.envelope(trace, session_id.to_string(), &event)?);
    }
    app.outbox.append(tx, &revoked).await?;
    Ok(revoked.len())
}
