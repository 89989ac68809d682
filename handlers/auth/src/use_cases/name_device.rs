//! A person gives a device the name by which they know it.

use serde::Deserialize;
use service::{Caller, Error, INVALID_TOKEN, Id, Json, NoContent};
use utoipa::ToSchema;
use values::{DeviceId, DisplayName};

use crate::domain::NO_DEVICE;
use crate::{App, store};

/// What its owner reads in the list of devices.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameDevice {
    name: DisplayName,
}

pub(crate) async fn name_device(
    app: App,
    Id(device_id): Id<DeviceId>,
    caller: Caller,
    Json(input): Json<NameDevice>,
) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let name = &input.name;
    if !store::devices::update_device_name(&mut conn, caller.user_id, device_id, name).await? {
        return Err(NO_DEVICE.into());
    }
    Ok(NoContent)
}
