//! A shop takes its request back. Doing it twice is the same as doing it once.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant};
use values::{NO_PAYMENT_REQUEST, PaymentRequestId, RequestStatus};

use super::PaymentRequestBody;
use crate::App;

use crate::store::{payment_requests, read_models};

pub(crate) async fn cancel_payment_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    owner: Merchant,
    trace: TraceContext,
) -> Result<Json<PaymentRequestBody>, Error> {
    let mut tx = app.database.begin().await?;
    let request = payment_requests::lock_payment_request(&mut tx, id).await?;
    let mut request = request.ok_or(NO_PAYMENT_REQUEST)?;
    read_models::find_shop(&mut tx, request.business_id)
        .await?
        .filter(|shop| shop.owner_user_id == owner.user_id)
        .ok_or(NO_PAYMENT_REQUEST)?;
    let now = now();
    if request.status != RequestStatus::Cancelled {
        request.require_open(now)?;
        request.status = RequestStatus::Cancelled;
        payment_requests::close_payment_request(&mut tx, &request).await?;
        let closed = app.outbox.envelope(trace, id.to_string(), &request.closed_event())?;
        app.outbox.append(&mut tx, &[closed]).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(Json(PaymentRequestBody::at(request, now)))
}
