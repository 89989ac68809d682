//! A payment request was created or closed.

use events::Envelope;
use events::payments::{PaymentRequestClosedV1, PaymentRequestCreatedV1};
use inbox::Failure;
use service::database::Tx;
use values::{PaymentRequestId, RequestStatus};

use crate::domain::PaymentRequest;
use crate::store;

pub(crate) async fn learn_payment_request(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    if let Some(created) = inbox::decode::<PaymentRequestCreatedV1>(event)? {
        let request = PaymentRequest::try_from(created).map_err(Failure::poison)?;
        store::save_payment_request(tx, &request).await?;
    }
    if let Some(closed) = inbox::decode::<PaymentRequestClosedV1>(event)? {
        close(tx, closed).await?;
    }
    Ok(())
}

/// Events of one request arrive in order. If the request is unknown, its creation was parked, and
/// its end is parked too.
async fn close(tx: &mut Tx, closed: PaymentRequestClosedV1) -> Result<(), Failure> {
    let id: PaymentRequestId = closed.payment_request_id.parse().map_err(Failure::poison)?;
    let status = RequestStatus::from_code(&closed.status)
        .filter(|status| *status != RequestStatus::Open)
        .ok_or_else(|| Failure::poison("not the status of a closed request"))?;
    if store::find_payment_request(tx, id).await?.is_none() {
        return Err(Failure::poison("the creation of this request has not been processed"));
    }
    Ok(store::update_payment_request_status(tx, id, status).await?)
}
