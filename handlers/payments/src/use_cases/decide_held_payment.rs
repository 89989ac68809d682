//! A reviewer releases a payment that was held, or returns it. Doing it twice is the same as doing
//! it once. One is enough: the rules have said already that somebody must look. No member of staff
//! has a wallet under the id that they decide by, so nothing here tells whether it is their own.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Id, Json, Reviewer, Written};
use utoipa::ToSchema;
use values::{PeerPaymentId, Reason};

use super::HeldPaymentBody;
use crate::domain::operations::{EndHeldPayment, HeldPaymentEnd};
use crate::domain::{NO_HELD_PAYMENT, Review};
use crate::{App, store};

/// Why it is released or returned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideHeldPayment {
    /// For staff alone: neither the payer nor the payee reads it.
    reason: Reason,
}

pub(crate) async fn release_held_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    by: Reviewer,
    trace: TraceContext,
    Json(input): Json<DecideHeldPayment>,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    decide(app, id, by, input, HeldPaymentEnd::Released, trace).await
}

pub(crate) async fn return_held_payment(
    app: App,
    Id(id): Id<PeerPaymentId>,
    by: Reviewer,
    trace: TraceContext,
    Json(input): Json<DecideHeldPayment>,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    decide(app, id, by, input, HeldPaymentEnd::Returned, trace).await
}

async fn decide(
    app: App,
    id: PeerPaymentId,
    by: Reviewer,
    input: DecideHeldPayment,
    end: impl FnOnce(Review) -> HeldPaymentEnd,
    trace: TraceContext,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    let find = store::held_payments::find_held_payment;
    let found = find(&mut app.database.conn().await?, id).await?;
    let (held, _) = found.ok_or(NO_HELD_PAYMENT)?;
    let end = end(Review { by: by.staff_id, name: by.name.clone(), reason: input.reason });
    let wanted = EndHeldPayment { id, payer: held.payer, payee: held.payee, end };
    let done = app.group_commit.submit(wanted, None, trace).await?;
    let found = find(&mut app.database.conn().await?, id).await?;
    let answer = Json(found.ok_or(NO_HELD_PAYMENT)?.into());
    Ok(Written { answer, position: done.position })
}
