//! A person sees on which devices and with which passkeys they can log in.

use serde::Serialize;
use service::{Caller, Error, INVALID_TOKEN, Json, List, Page};
use utoipa::ToSchema;
use values::{DeviceId, Timestamp};

use crate::domain::DeviceType;
use crate::store::devices::ListedDevice;
use crate::{App, store};

/// A device or passkey in its owner's list.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceBody {
    device_id: DeviceId,
    #[serde(rename = "type")]
    device_type: DeviceType,
    name: String,
    registered_at: Timestamp,
    /// When it last logged in or renewed its tokens, which an app in use does each ten minutes.
    last_used_at: Timestamp,
    /// Whether it is the one that this request comes from.
    is_current: bool,
}

pub(crate) async fn list_devices(
    app: App,
    caller: Caller,
    list: List,
) -> Result<Json<Page<DeviceBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let rows = store::devices::list_devices(&mut conn, caller.user_id, &paging).await?;
    let place = |device: &ListedDevice| device.device_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |device| DeviceBody {
        device_id: device.device_id,
        device_type: device.device_type,
        name: device.name,
        registered_at: device.registered_at.into(),
        last_used_at: device.last_used_at.into(),
        is_current: device.device_id == caller.device_id,
    })))
}
