//! The payer, and the owner of the shop that was paid, see a payment.

use values::{PaymentId, UserId};

use super::PaymentBody;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn read_payment(
    app: &App,
    user_id: UserId,
    id: PaymentId,
) -> Result<PaymentBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let payment = store::payments::find_payment_of(&mut conn, id, user_id).await?;
    payment.map(PaymentBody::from).ok_or(Error::NoPayment)
}
