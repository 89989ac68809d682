//! The payer, and who works in the shop that was paid, see a payment.

use service::database::now;
use service::{Caller, Error, Id, Json};
use values::PaymentId;

use super::PaymentBody;
use crate::domain::{NO_PAYMENT, Reader};
use crate::{App, store};

pub(crate) async fn read_payment(
    app: App,
    Id(id): Id<PaymentId>,
    caller: Caller,
) -> Result<Json<PaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let payment = store::operations::find_payment_of(&mut conn, id, caller.user_id).await?;
    let (role, payment) = payment.ok_or(NO_PAYMENT)?;
    let is_payer = payment.from.account_id == caller.user_id.uuid();
    let reader = Reader::of(role, is_payer, payment.created_at, now())?;
    Ok(Json(PaymentBody::read_by(reader, payment)))
}
