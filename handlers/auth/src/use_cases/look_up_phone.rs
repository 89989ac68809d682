//! Somebody who wants to pay a friend finds the friend's wallet by their phone number.

use serde::{Deserialize, Serialize};
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::{Phone, UserId};

use crate::App;
use crate::domain::{NO_PERSON, PHONE_INVALID};
use crate::store::contacts;

/// The phone of the person to pay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpPhone {
    /// As people write it: with or without +852, spaces, hyphens.
    #[schema(max_length = 64, example = "+852 6123 4567")]
    phone: String,
}

/// Whose phone it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundPersonBody {
    /// For `GET /api/v1/payees/{user_id}`, which says what to show before they are paid.
    user_id: UserId,
}

pub(crate) async fn look_up_phone(
    app: App,
    caller: Consumer,
    Json(input): Json<LookUpPhone>,
) -> Result<Json<FoundPersonBody>, Error> {
    let phone: Phone = input.phone.parse().map_err(|_| PHONE_INVALID)?;
    app.throttle.count_lookup(caller.user_id).await?;
    let phone = app.phone_vault.indexed(&phone).await?;
    let mut conn = app.database.conn().await?;
    // Who is not found by it, so as not to be asked, is not paid by it either: whoever knows the
    // number would learn as much by beginning to pay.
    let found = contacts::list_findable(&mut conn, &[phone]).await?;
    let (_, user_id) = found.into_iter().next().ok_or(NO_PERSON)?;
    Ok(Json(FoundPersonBody { user_id }))
}
