//! A shop takes its request back. Doing it twice is the same as doing it once.

use mysql_async::TxOpts;
use service::database;
use values::{PaymentRequestId, RequestStatus, UserId};

use super::PaymentRequestBody;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn cancel_payment_request(
    app: &App,
    user_id: UserId,
    id: PaymentRequestId,
) -> Result<PaymentRequestBody, Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    let mut request = store::payment_requests::lock_payment_request(&mut tx, id)
        .await?
        .ok_or(Error::NoPaymentRequest)?;
    store::read_models::find_shop(&mut tx, request.business_id)
        .await?
        .filter(|shop| shop.owner_user_id == user_id)
        .ok_or(Error::NoPaymentRequest)?;
    let now = database::now();
    if request.status != RequestStatus::Cancelled {
        request.require_open(now)?;
        request.status = RequestStatus::Cancelled;
        store::payment_requests::close_payment_request(&mut tx, &request).await?;
        let closed = app.outbox.envelope(id.to_string(), &request.closed_event())?;
        app.outbox.append(&mut tx, &[closed]).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(PaymentRequestBody::at(request, now))
}
