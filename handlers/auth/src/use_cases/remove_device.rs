//! A person takes a device or a passkey off their list; its sessions end.

use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Id, NoContent, retry_lock_conflicts};
use values::{DeviceId, SignedAt};

use super::end_sessions::end_sessions;
use super::require_signature::require_signature;
use super::spend_signature::spend_signature;
use crate::domain::{
    DeviceAct, DeviceType, EndReason, NO_DEVICE, SecurityEvent, SecurityEventType, SessionsOf,
};
use crate::signed_act::SignedAct;
use crate::{App, store};

pub(crate) async fn remove_device(
    app: App,
    Id(device_id): Id<DeviceId>,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
) -> Result<NoContent, Error> {
    let wanted = DeviceAct::RemoveDevice(device_id);
    let signed_at = require_signature(&app, trace, &caller, &act, &wanted).await?;
    // Two devices that remove each other wait for each other's logins.
    retry_lock_conflicts(|| remove(&app, &caller, trace, (device_id, signed_at))).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn remove(
    app: &App,
    caller: &Caller,
    trace: TraceContext,
    (device_id, signed_at): (DeviceId, Option<&SignedAt>),
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    // The device before any login, as a log-in locks them.
    let removed = store::devices::revoke_device(&mut tx, caller.user_id, device_id).await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, signed_at).await?;
    let kind = match removed.ok_or(NO_DEVICE)? {
        DeviceType::Device => SecurityEventType::DeviceRemoved,
        DeviceType::Passkey => SecurityEventType::PasskeyRemoved,
    };
    let on_it = SessionsOf::Device(device_id);
    end_sessions(app, &mut tx, trace, on_it, EndReason::DeviceRemoved).await?;
    let event = SecurityEvent { kind, user_id: caller.user_id, device_id: Some(device_id) };
    app.trail.record(&mut tx, trace, event).await?;
    Ok(tx.commit().await?)
}
