//! Both people of a payment see it.

use service::{Consumer, Error, Id, Json};
use values::PeerPaymentId;

use super::PeerPaymentBody;
use crate::domain::NO_PEER_PAYMENT;
use crate::{App, store};

pub(crate) async fn read_peer_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    caller: Consumer,
) -> Result<Json<PeerPaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let payment = store::operations::find_peer_payment_of(&mut conn, id, caller.user_id).await?;
    let payment = payment.ok_or(NO_PEER_PAYMENT)?;
    let visibility = store::visibility::find_visibility(&mut conn, id).await?;
    Ok(Json(PeerPaymentBody::of(payment, visibility)))
}
