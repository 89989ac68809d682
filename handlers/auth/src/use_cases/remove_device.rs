//! A person takes a device or a passkey off their list; its sessions end.

use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Id, NoContent};
use values::DeviceId;

use super::end_sessions::end_sessions;
use crate::domain::{DeviceType, NO_DEVICE, SecurityEvent, SecurityEventType, SessionsOf};
use crate::{App, store};

pub(crate) async fn remove_device(
    app: App,
    Id(device_id): Id<DeviceId>,
    caller: Caller,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let removed = store::devices::revoke_device(&mut tx, caller.user_id, device_id).await?;
    let kind = match removed.ok_or(NO_DEVICE)? {
        DeviceType::Device => SecurityEventType::DeviceRemoved,
        DeviceType::Passkey => SecurityEventType::PasskeyRemoved,
    };
    end_sessions(&app, &mut tx, trace, SessionsOf::Device(device_id)).await?;
    let event = SecurityEvent { kind, user_id: caller.user_id, device_id: Some(device_id) };
    app.trail.record(&mut tx, trace, event).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}
