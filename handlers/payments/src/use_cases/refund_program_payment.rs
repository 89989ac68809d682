//! A program gives a payment of its shop back by our own API, and reads that: the same refunds as
//! by PayMe's, and as in the app.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Error, Id, Json, Keyed, Recorded, Resource, SignedBody, SignedRequest};
use utoipa::ToSchema;
use values::{Balance, IdempotencyKey, Money, Note, PaymentId, RefundId, RefusalClass, Timestamp};

use super::refund_merchant_transaction::{Given, give_back};
use crate::domain::{ApiScope, CREDENTIAL_TOO_WEAK, NO_REFUND, Operation};
use crate::signed_call::{Metered, let_in};
use crate::{App, store};

/// How much to give back, and why.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundProgramPayment {
    /// At most what was paid less what was given back before.
    amount: Money,
    /// What the payer reads of it; absent or null if nothing.
    reason: Option<Note>,
}

/// A completed refund, as its shop's programs read it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgramRefundBody {
    refund_id: RefundId,
    /// The payment that it gives back.
    payment_id: PaymentId,
    amount: Money,
    /// What the shop has back of the payment's fee.
    fee_returned: Balance,
    /// In the shop's words; null if it gave none.
    reason: Option<Note>,
    completed_at: Timestamp,
}

impl Resource for ProgramRefundBody {
    const LOCATION: &'static str = "/api/v1/merchant-api/refunds/{refund_id}";
}

impl ProgramRefundBody {
    /// What gives back no payment is no refund.
    fn of(refund: Operation) -> Result<Self, Error> {
        Ok(Self {
            refund_id: refund.refund_id(),
            payment_id: refund.refunded_payment_id().ok_or(NO_REFUND)?,
            amount: refund.amount,
            fee_returned: Balance::hkd(refund.fee),
            completed_at: refund.ended_at.unwrap_or(refund.created_at).into(),
            reason: refund.note,
        })
    }
}

pub(crate) async fn refund_program_payment(
    app: App,
    Id(payment_id): Id<PaymentId>,
    key: IdempotencyKey,
    trace: TraceContext,
    signed: SignedBody<RefundProgramPayment>,
) -> Result<Metered<Recorded<ProgramRefundBody>>, Error> {
    let program = let_in(&app, &signed.request, ApiScope::Refunds).await?;
    let (input, scope) = (signed.read()?, program.business_id().uuid());
    let keyed = Keyed::new(scope, &key, "refund_program_payment", &(payment_id, &input))?;
    let given = Given { payment_id, amount: input.amount, note: input.reason };
    let by = (program.owner, &program.credential);
    let (refund, is_repeat) =
        give_back(&app, by, given, &keyed, trace).await.map_err(without_step_up)?;
    Ok(program.answered(Recorded::of(&ProgramRefundBody::of(refund)?, is_repeat)?))
}

/// A program cannot show more than its credential's maker had shown.
fn without_step_up(error: Error) -> Error {
    let is_step_up =
        matches!(&error, Error::Refused(refusal) if refusal.class() == RefusalClass::StepUp);
    if is_step_up { CREDENTIAL_TOO_WEAK.into() } else { error }
}

pub(crate) async fn read_program_refund(
    app: App,
    Id(id): Id<RefundId>,
    SignedRequest(signed): SignedRequest,
) -> Result<Metered<Json<ProgramRefundBody>>, Error> {
    let program = let_in(&app, &signed, ApiScope::Read).await?;
    let find = store::operations::find_operation;
    let found = find(&mut app.database.conn().await?, id.uuid()).await?;
    let shop = program.business_id().uuid();
    let own = found.filter(|refund| refund.from.account_id == shop).ok_or(NO_REFUND)?;
    Ok(program.answered(Json(ProgramRefundBody::of(own)?)))
}
