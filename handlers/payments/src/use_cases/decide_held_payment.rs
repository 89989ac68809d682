//! A reviewer releases a payment that was held, or returns it. Doing it twice is the same as doing
//! it once. One is enough: the rules have said already that somebody must look. No member of staff
//! has a wallet under the id that they decide by, so nothing here tells whether it is their own.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Id, Json, Reviewer, Written};
use utoipa::ToSchema;
use values::{FpsProxy, HeldPaymentId, Reason};

use super::HeldPaymentBody;
use super::follow_bank::tell_bank;
use crate::App;
use crate::bank_rail::find_fps_name;
use crate::domain::operations::{EndHeldPayment, HeldPaymentEnd};
use crate::domain::{HeldStatus, NO_HELD_PAYMENT, Operation, Review};
use crate::store::held_payments::{Found, find_held_payment};

/// Why it is released or returned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideHeldPayment {
    /// For staff alone: neither the payer nor the payee reads it.
    reason: Reason,
}

/// Of a payment by FPS the bank is asked once more whom the proxy names, who may be another by now,
/// and told to pay them.
pub(crate) async fn release_held_payment(
    app: App,
    Id(id): Id<HeldPaymentId>,
    by: Reviewer,
    trace: TraceContext,
    Json(input): Json<DecideHeldPayment>,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    let found = find(&app, id).await?;
    let review = review(by, input);
    let is_payable = match &found.proxy {
        Some(proxy) if found.held.status == HeldStatus::Held => {
            is_payee(&app, proxy, &found.payment).await?
        }
        _ => true,
    };
    let end = match is_payable {
        true => HeldPaymentEnd::Released(review),
        false => HeldPaymentEnd::Unpayable(review),
    };
    decide(app, id, found, end, trace).await
}

pub(crate) async fn return_held_payment(
    app: App,
    Id(id): Id<HeldPaymentId>,
    by: Reviewer,
    trace: TraceContext,
    Json(input): Json<DecideHeldPayment>,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    let found = find(&app, id).await?;
    decide(app, id, found, HeldPaymentEnd::Returned(review(by, input)), trace).await
}

fn review(by: Reviewer, input: DecideHeldPayment) -> Review {
    Review { by: by.staff_id, name: by.name.clone(), reason: input.reason }
}

async fn find(app: &App, id: HeldPaymentId) -> Result<Found, Error> {
    let found = find_held_payment(&mut app.database.conn().await?, id).await?;
    found.ok_or_else(|| NO_HELD_PAYMENT.into())
}

/// Whether the proxy still names whom the payer was shown.
async fn is_payee(app: &App, proxy: &FpsProxy, payment: &Operation) -> Result<bool, Error> {
    let name = find_fps_name(app.bank, proxy).await;
    let silent = Error::Unavailable("The bank does not answer at the moment; try again.");
    Ok(name.ok_or(silent)?.is_some_and(|name| name.as_str() == payment.to.name))
}

/// The bank is told at once of what is released by FPS; of everything else it is told nothing.
async fn decide(
    app: App,
    id: HeldPaymentId,
    Found { held, .. }: Found,
    end: HeldPaymentEnd,
    trace: TraceContext,
) -> Result<Written<Json<HeldPaymentBody>>, Error> {
    let wanted = EndHeldPayment { id, payer: held.payer, payee: held.payee, end };
    let ended = app.group_commit.submit(wanted, None, trace).await?;
    let (done, _) = tell_bank(&app, ended, trace).await?;
    let answer = Json(find(&app, id).await?.into());
    Ok(Written { answer, position: done.position })
}
