//! Whoever has a request's id (it stands in the QR code) sees what it asks for.

use service::database;
use values::PaymentRequestId;

use super::PaymentRequestBody;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn read_payment_request(
    app: &App,
    id: PaymentRequestId,
) -> Result<PaymentRequestBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let request = store::payment_requests::find_payment_request(&mut conn, id).await?;
    let request = request.ok_or(Error::NoPaymentRequest)?;
    Ok(PaymentRequestBody::at(request, database::now()))
}
