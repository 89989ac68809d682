//! A person sees which devices they can log in on.

use serde::Serialize;
use service::{Caller, Error, Json, Problem};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::DeviceId;

use crate::{App, store};

/// The devices that a person can log in on.
#[derive(Serialize, ToSchema)]
pub(crate) struct DevicesBody {
    /// Oldest first.
    devices: Vec<DeviceBody>,
}

/// A device in its owner's list.
#[derive(Serialize, ToSchema)]
struct DeviceBody {
    device_id: DeviceId,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    registered_at: OffsetDateTime,
    /// Whether it is the one that this request comes from.
    is_current: bool,
}

pub(crate) async fn list_devices(app: App, caller: Caller) -> Result<Json<DevicesBody>, Error> {
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or_else(Problem::invalid_token)?;
    let devices = store::list_devices(&mut conn, caller.user_id).await?;
    let devices = devices.into_iter().map(|device| DeviceBody {
        device_id: device.device_id,
        name: device.name,
        registered_at: device.registered_at,
        is_current: device.device_id == caller.device_id,
    });
    Ok(Json(DevicesBody { devices: devices.collect() }))
}
