//! Whoever has claimed a share sees it again.

use service::{Consumer, Error, Id, Json};
use values::ClaimId;

use super::ClaimBody;
use crate::domain::NO_CLAIM;
use crate::{App, store};

pub(crate) async fn read_claim(
    app: App,
    Id(id): Id<ClaimId>,
    claimer: Consumer,
) -> Result<Json<ClaimBody>, Error> {
    let mut conn = app.database.conn().await?;
    let parcel = store::parcels::find_claimed_by(&mut conn, id, claimer.user_id).await?;
    Ok(Json(ClaimBody::of(&parcel.ok_or(NO_CLAIM)?, claimer.user_id)?))
}
