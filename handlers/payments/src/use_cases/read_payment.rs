//! The payer, and the owner of the shop that was paid, see a payment.

use service::{Caller, Error, Id, Json};
use values::PaymentId;

use super::PaymentBody;
use crate::domain::NO_PAYMENT;
use crate::{App, store};

pub(crate) async fn read_payment(
    app: App,
    Id(id): Id<PaymentId>,
    caller: Caller,
) -> Result<Json<PaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let payment = store::operations::find_payment_of(&mut conn, id, caller.user_id).await?;
    let (reader, payment) = payment.ok_or(NO_PAYMENT)?;
    Ok(Json(PaymentBody::read_by(reader, payment)))
}
