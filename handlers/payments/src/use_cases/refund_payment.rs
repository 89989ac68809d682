//! A shop gives a payment back: all of it or a part.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Error, Id, Json, Keyed, Merchant, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    Balance, BusinessId, IdempotencyKey, Money, Note, Party, PaymentId, RefundId, Timestamp, UserId,
};

use crate::domain::operations;
use crate::domain::{NO_PAYMENT, Operation, OperationState, Reader};
use crate::{App, store};

/// How much to give back, and why.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundPayment {
    /// At most what was paid less what was given back before.
    amount: Money,
    /// What the payer reads of it; absent or null if nothing.
    reason: Option<Note>,
}

/// A completed refund.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundBody {
    refund_id: RefundId,
    /// The payment that it gives back.
    payment_id: PaymentId,
    /// Who paid, and has the money back.
    payer: Party,
    /// The shop that gives it back.
    business: Party,
    amount: Money,
    /// What the shop has back of the payment's fee; null for the payer.
    fee_returned: Option<Balance>,
    /// Who gave it in the shop's name; null for the payer, and if a program or a
    /// ruling of staff did.
    created_by: Option<UserId>,
    /// In the shop's words; null if it gave none.
    reason: Option<Note>,
    /// A refund that is not completed does not exist.
    status: OperationState,
    completed_at: Timestamp,
}

impl Resource for RefundBody {
    const LOCATION: &'static str = "/api/v1/refunds/{refund_id}";
}

/// An operation that gives back no payment is no refund.
#[derive(Debug, thiserror::Error)]
#[error("the refund {0} gives back no payment")]
struct NoRefund(RefundId);

impl RefundBody {
    pub(crate) fn read_by(reader: Reader, refund: Operation) -> Result<Self, Error> {
        let refund_id = refund.refund_id();
        let payment_id = refund.refunded_payment_id();
        Ok(Self {
            refund_id,
            payment_id: payment_id.ok_or_else(|| Error::internal(NoRefund(refund_id)))?,
            payer: Party::user(UserId::from_uuid(refund.to.account_id), refund.to.name),
            business: Party::Business {
                id: BusinessId::from_uuid(refund.from.account_id),
                name: refund.from.name,
            },
            amount: refund.amount,
            fee_returned: (reader == Reader::Shop).then(|| Balance::hkd(refund.fee)),
            created_by: refund.created_by.filter(|_| reader == Reader::Shop),
            reason: refund.note,
            status: refund.state,
            completed_at: refund.ended_at.unwrap_or(refund.created_at).into(),
        })
    }
}

pub(crate) async fn refund_payment(
    app: App,
    Id(payment_id): Id<PaymentId>,
    member: Merchant,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<RefundPayment>,
) -> Result<Written<Recorded<RefundBody>>, Error> {
    let (by, level) = (member.user_id, member.level);
    let keyed = Keyed::new(by.uuid(), &key, "refund_payment", &(payment_id, &input))?;
    let find = store::operations::find_payment_of;
    let payment = find(&mut app.database.conn().await?, payment_id, by).await?;
    let (_, payment) = payment.ok_or(NO_PAYMENT)?;
    let refund = operations::RefundPayment {
        payment_id,
        business_id: BusinessId::from_uuid(payment.to.account_id),
        by,
        created_by: Some(by),
        amount: input.amount,
        note: input.reason,
        disputed_after: None,
        level,
    };
    let done = app.group_commit.submit(refund, Some(&keyed), trace).await?;
    let answer = Recorded::of(&RefundBody::read_by(Reader::Shop, done.record)?, done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
