//! Somebody who wants to pay a friend finds the friend's wallet by their handle.

use serde::{Deserialize, Serialize};
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::UserId;

use super::count_handle_lookup::count_handle_lookup;
use crate::domain::{Handle, NO_HANDLE};
use crate::{App, store};

/// The handle of the person to pay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpHandle {
    /// In any case, and otherwise exactly as its owner writes it.
    #[schema(max_length = 64, example = "tai.man_88")]
    handle: String,
}

/// Whose handle it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandleOwnerBody {
    /// For `GET /api/v1/payees/{user_id}`, which says what to show before they are paid.
    user_id: UserId,
}

pub(crate) async fn look_up_handle(
    app: App,
    caller: Consumer,
    Json(input): Json<LookUpHandle>,
) -> Result<Json<HandleOwnerBody>, Error> {
    let handle: Handle = input.handle.parse()?;
    count_handle_lookup(&app, caller.user_id).await?;
    let mut conn = app.database.conn().await?;
    let user_id = store::find_by_handle(&mut conn, &handle).await?.ok_or(NO_HANDLE)?;
    Ok(Json(HandleOwnerBody { user_id }))
}
