//! A shop captures a payment whose money it holds, all or a part, or lets go of it. Doing it twice
//! is the same as doing it once.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant, Written};
use utoipa::ToSchema;
use values::{BusinessId, Money, PaymentId, UserId};

use super::PaymentBody;
use crate::domain::operations::{AuthorisationEnd, EndAuthorisation};
use crate::domain::{NO_PAYMENT, Reader};
use crate::{App, store};

/// How much the shop takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapturePayment {
    /// At most what the payer agreed to. There is one capture: the rest goes back at once.
    amount: Money,
}

pub(crate) async fn capture_payment(
    app: App,
    Id(id): Id<PaymentId>,
    member: Merchant,
    trace: TraceContext,
    Json(input): Json<CapturePayment>,
) -> Result<Written<Json<PaymentBody>>, Error> {
    let by = member.user_id;
    end(&app, id, by, AuthorisationEnd::Captured { by, amount: input.amount }, trace).await
}

pub(crate) async fn void_payment(
    app: App,
    Id(id): Id<PaymentId>,
    member: Merchant,
    trace: TraceContext,
) -> Result<Written<Json<PaymentBody>>, Error> {
    let by = member.user_id;
    end(&app, id, by, AuthorisationEnd::Voided { by }, trace).await
}

async fn end(
    app: &App,
    payment_id: PaymentId,
    by: UserId,
    outcome: AuthorisationEnd,
    trace: TraceContext,
) -> Result<Written<Json<PaymentBody>>, Error> {
    let find = store::operations::find_payment_of;
    let payment = find(&mut app.database.conn().await?, payment_id, by).await?;
    let (_, payment) = payment.ok_or(NO_PAYMENT)?;
    let business_id = BusinessId::from_uuid(payment.to.account_id);
    let end = EndAuthorisation { payment_id, business_id, outcome };
    let done = app.group_commit.submit(end, None, trace).await?;
    let answer = Json(PaymentBody::read_by(Reader::Shop, done.record));
    Ok(Written { answer, position: done.position })
}
