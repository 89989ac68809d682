//! The payer who has the money back, and who works in the shop that gave it, see a refund.

use service::database::now;
use service::{Caller, Error, Id, Json};
use values::RefundId;

use super::RefundBody;
use crate::domain::{NO_REFUND, Reader};
use crate::{App, store};

pub(crate) async fn read_refund(
    app: App,
    Id(id): Id<RefundId>,
    caller: Caller,
) -> Result<Json<RefundBody>, Error> {
    let mut conn = app.database.conn().await?;
    let refund = store::operations::find_refund_of(&mut conn, id, caller.user_id).await?;
    let (role, refund) = refund.ok_or(NO_REFUND)?;
    let is_payer = refund.to.account_id == caller.user_id.uuid();
    let reader = Reader::of(role, is_payer, refund.created_at, now())?;
    Ok(Json(RefundBody::read_by(reader, refund)?))
}
