//! A person says whether others find them by their phone.

use serde::Deserialize;
use service::{Caller, Error, Json, NoContent};
use utoipa::ToSchema;

use crate::App;
use crate::store::contacts;

/// Whether they do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetFindability {
    /// False: neither an address book nor a look-up of the phone leads to them, so they are not
    /// paid by it either, but by handle, code and link.
    is_findable_by_phone: bool,
}

pub(crate) async fn set_findability(
    app: App,
    caller: Caller,
    Json(input): Json<SetFindability>,
) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    contacts::update_findable(&mut conn, caller.user_id, input.is_findable_by_phone).await?;
    Ok(NoContent)
}
