//! A person changes the PIN. Whoever else is logged in with the old one is logged out.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::SignedAt;

use super::check_pin::{check_pin, hold_pin};
use super::end_sessions::end_sessions;
use super::require_signature::require_signature;
use super::require_strong_pin::require_strong_pin;
use super::spend_signature::spend_signature;
use crate::domain::{
    DeviceAct, EndReason, PIN_INVALID, Pin, SecurityEvent, SecurityEventType, SessionsOf,
};
use crate::signed_act::SignedAct;
use crate::{App, store};

/// The current PIN and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePin {
    current_pin: Pin,
    new_pin: Pin,
}

pub(crate) async fn change_pin(
    app: App,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
    Json(input): Json<ChangePin>,
) -> Result<NoContent, Error> {
    // Before the PIN is looked at: a token in other hands guesses nothing.
    let signed_at = require_signature(&app, trace, &caller, &act, &DeviceAct::ChangePin).await?;
    let mut conn = app.database.conn().await?;
    let registration = store::users::find_registration(&mut conn, caller.user_id).await?;
    drop(conn);
    let registration = registration.ok_or(INVALID_TOKEN)?;
    let version = check_pin(&app, &caller, &input.current_pin).await?;
    require_strong_pin(&app, caller.user_id, &registration, &input.new_pin).await?;
    let pin_hash = app.pins.hash(&input.new_pin).await?;
    // Two devices that change the PIN at once wait for each other's logins.
    retry_lock_conflicts(|| change(&app, &caller, trace, signed_at, (version, &pin_hash))).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn change(
    app: &App,
    caller: &Caller,
    trace: TraceContext,
    signed_at: Option<&SignedAt>,
    (version, pin_hash): (u32, &str),
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    if !hold_pin(&mut tx, caller.user_id, version).await? {
        return Err(PIN_INVALID.into());
    }
    // Whoever knows the PIN has not forgotten it.
    store::pin_resets::delete_pin_reset(&mut tx, caller.user_id).await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, signed_at).await?;
    store::pins::update_pin(&mut tx, caller.user_id, pin_hash).await?;
    let others = SessionsOf::UserBut { user_id: caller.user_id, kept: caller.session_id };
    end_sessions(app, &mut tx, trace, others, EndReason::PinChanged).await?;
    let event = SecurityEvent {
        kind: SecurityEventType::PinChanged,
        user_id: caller.user_id,
        device_id: Some(caller.device_id),
    };
    app.trail.record(&mut tx, trace, event).await?;
    Ok(tx.commit().await?)
}
