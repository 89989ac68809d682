//! Whoever wants to log in as staff asks how: by passkey, or by Entra ID where that is configured.

use serde::Serialize;
use service::{Error, Json};
use utoipa::ToSchema;

use crate::App;
use crate::entra_id::EntraLogIn;

/// The one way in which staff log in; the other is refused (`staff-log-in-elsewhere`).
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum StaffLogInWayBody {
    /// With a passkey of ours.
    Passkey,
    /// With a token of Entra ID.
    EntraId(EntraLogIn),
}

pub(crate) async fn read_staff_log_in_way(app: App) -> Result<Json<StaffLogInWayBody>, Error> {
    let entra_id = app.entra_id.as_ref().map(|entra_id| entra_id.log_in());
    Ok(Json(entra_id.map_or(StaffLogInWayBody::Passkey, StaffLogInWayBody::EntraId)))
}
