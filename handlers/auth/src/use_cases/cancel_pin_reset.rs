//! A person calls off a new PIN, from any device of theirs.

use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, NoContent};

use super::require_signature::require_signature;
use super::spend_signature::spend_signature;
use crate::domain::{DeviceAct, NO_PIN_RESET, SecurityEvent, SecurityEventType};
use crate::signed_act::SignedAct;
use crate::{App, store};

pub(crate) async fn cancel_pin_reset(
    app: App,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
) -> Result<NoContent, Error> {
    let wanted = DeviceAct::CancelPinReset;
    let signed_at = require_signature(&app, trace, &caller, &act, &wanted).await?;
    let mut tx = app.database.begin().await?;
    // Before any login, as whoever chooses the new PIN locks them.
    let is_cancelled = store::pin_resets::delete_pin_reset(&mut tx, caller.user_id).await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, signed_at).await?;
    if !is_cancelled {
        return Err(NO_PIN_RESET.into());
    }
    let kind = SecurityEventType::PinResetCancelled;
    let (user_id, device_id) = (caller.user_id, Some(caller.device_id));
    app.trail.record(&mut tx, trace, SecurityEvent { kind, user_id, device_id }).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}
