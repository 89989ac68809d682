//! A person chooses the new PIN that they asked for a day ago, on the same device.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Json, NoContent, retry_lock_conflicts};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{DeviceId, SignedAt, Timestamp, UserId};

use super::end_sessions::end_sessions;
use super::require_strong_pin::require_strong_pin;
use super::spend_signature::spend_signature;
use crate::domain::{
    DeviceAct, EndReason, Guessed, NO_PIN_RESET, PIN_RESET_COOLING, Pin, SIGNATURE_INVALID,
    SecurityEvent, SecurityEventType, SessionsOf,
};
use crate::signed_act::SignedAct;
use crate::{App, store};

/// The new PIN, and the device that asked for it, which need not be logged in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPin {
    device_id: DeviceId,
    new_pin: Pin,
}

/// All logins end; with the new PIN the person logs in.
pub(crate) async fn reset_pin(
    app: App,
    trace: TraceContext,
    act: SignedAct,
    Json(input): Json<ResetPin>,
) -> Result<NoContent, Error> {
    let device_id = input.device_id;
    let mut conn = app.database.conn().await?;
    let device = store::devices::find_device(&mut conn, device_id).await?;
    let device = device.ok_or(SIGNATURE_INVALID)?;
    let signed_at = act.require(&device.key, device_id, &DeviceAct::ResetPin)?;
    let user_id = device.user_id;
    let registration = store::users::find_registration(&mut conn, user_id).await?;
    let reset = store::pin_resets::find_pin_reset(&mut conn, user_id).await?;
    drop(conn);
    let reset = reset.filter(|reset| reset.device_id == device_id).ok_or(NO_PIN_RESET)?;
    if reset.ready_at > OffsetDateTime::now_utc() {
        let ready_at = Timestamp::from(reset.ready_at);
        return Err(PIN_RESET_COOLING.because(format!("it can be chosen at {ready_at}")).into());
    }
    let registration = registration.ok_or(SIGNATURE_INVALID)?;
    require_strong_pin(&app, user_id, &registration, &input.new_pin).await?;
    let pin_hash = app.pins.hash(&input.new_pin).await?;

    let replace = || replace_pin(&app, trace, (user_id, device_id), signed_at, &pin_hash);
    // Whoever calls it off waits for the same rows.
    retry_lock_conflicts(replace).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn replace_pin(
    app: &App,
    trace: TraceContext,
    (user_id, device_id): (UserId, DeviceId),
    signed_at: &SignedAt,
    pin_hash: &str,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    // The PIN, the device and then logins, as a log-in locks them.
    store::pins::lock_pin_version(&mut tx, user_id).await?.ok_or(SIGNATURE_INVALID)?;
    if !store::devices::lock_device(&mut tx, device_id).await? {
        return Err(SIGNATURE_INVALID.into());
    }
    spend_signature(&mut tx, device_id, Some(signed_at)).await?;
    // It may have been called off, or chosen, meanwhile.
    if !store::pin_resets::take_pin_reset(&mut tx, user_id, device_id).await? {
        return Err(NO_PIN_RESET.into());
    }
    store::pins::update_pin(&mut tx, user_id, pin_hash).await?;
    store::limits::limit_recovered(&mut tx, user_id).await?;
    for guessed in [Guessed::PinOnDevice(device_id), Guessed::PinOf(user_id)] {
        store::guesses::forget_wrong_guesses(&mut tx, guessed).await?;
    }
    end_sessions(app, &mut tx, trace, SessionsOf::User(user_id), EndReason::PinReset).await?;
    let kind = SecurityEventType::PinReset;
    let event = SecurityEvent { kind, user_id, device_id: Some(device_id) };
    app.trail.record(&mut tx, trace, event).await?;
    Ok(tx.commit().await?)
}
