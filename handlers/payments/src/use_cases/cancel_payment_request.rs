//! A shop takes its request back.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant, Written};
use values::{NO_PAYMENT_REQUEST, PaymentRequestId};

use super::PaymentRequestBody;
use crate::App;
use crate::domain::operations::CancelRequest;
use crate::store::payment_requests;

pub(crate) async fn cancel_payment_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    member: Merchant,
    trace: TraceContext,
) -> Result<Written<Json<PaymentRequestBody>>, Error> {
    let request =
        payment_requests::find_payment_request(&mut app.database.conn().await?, id).await?;
    let business_id = request.ok_or(NO_PAYMENT_REQUEST)?.business_id;
    let cancel = CancelRequest { id, business_id, by: member.user_id };
    let done = app.group_commit.submit(cancel, None, trace).await?;
    let answer = Json(PaymentRequestBody::at(done.record, now()));
    Ok(Written { answer, position: done.position })
}
