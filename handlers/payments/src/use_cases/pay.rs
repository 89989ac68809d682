//! A person pays a shop, by its request or its static code: the flow the product exists for.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    AccountId, Balance, BusinessId, CaptureMethod, ConfirmableKind, Fee, IdempotencyKey, Money,
    OperationTerms, Party, PaymentId, PaymentRequestId, Reference, RequestId, Timestamp, UserId,
};

use super::check_confirmation::{Proof, check_confirmation};
use super::top_up_missing::submit_payment;
use crate::App;
use crate::domain::operations::PayShop;
use crate::domain::{Operation, OperationState, Reader};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    /// Absent or null where no request is paid: the payer says how much.
    payment_request_id: Option<PaymentRequestId>,
    business_id: BusinessId,
    /// All that is paid, the tip included.
    amount: Money,
    /// How much of that is a tip; absent or null if nothing. A request takes one only if it says
    /// `tip_allowed`, and is paid what it asks for and the tip.
    tip: Option<Money>,
    /// What the request says, so that nobody agrees to a hold without knowing it; `automatic` if
    /// absent.
    capture_method: Option<CaptureMethod>,
    /// What the payer quotes; absent or null where they quote nothing.
    reference: Option<Reference>,
    confirmation: Proof,
}

/// A payment. It is `completed` at once, unless the request said that the shop captures it later:
/// then it is `pending` and the money is held, until the shop captures it (`completed`), lets go of
/// it (`failed`), or its time is over (`expired`).
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentBody {
    payment_id: PaymentId,
    /// Null if the payer entered the amount: the shop's static code was paid.
    payment_request_id: Option<PaymentRequestId>,
    payer: Party,
    payee: Party,
    /// What the payer agreed to, the tip included.
    amount: Money,
    /// How much of that is a tip; null if nothing.
    tip: Option<Money>,
    /// What the shop has taken: all of it unless it captured a part; null if nothing.
    captured: Option<Money>,
    /// Of a pending payment: when the payer has the money back unless the shop captures it before.
    capture_before: Option<Timestamp>,
    /// What the shop has given back of it so far; zero if nothing.
    refunded: Balance,
    /// What the shop pays for what it has taken. Null while it has taken nothing, and for the
    /// payer, who neither pays nor sees it.
    fee: Option<Balance>,
    /// What the shop has taken less the fee, before refunds. Null where the fee is.
    net: Option<Balance>,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<Reference>,
    status: OperationState,
    /// When the money has moved; null if none has.
    completed_at: Option<Timestamp>,
}

impl Resource for PaymentBody {
    const LOCATION: &'static str = "/api/v1/payments/{payment_id}";
}

impl PaymentBody {
    pub(crate) fn read_by(reader: Reader, payment: Operation) -> Self {
        let taken = payment.moved.filter(|_| reader == Reader::Shop).map(Money::minor_units);
        Self {
            payment_id: payment.payment_id(),
            payment_request_id: payment.payment_request_id(),
            payer: Party::user(UserId::from_uuid(payment.from.account_id), payment.from.name),
            payee: Party::Business {
                id: BusinessId::from_uuid(payment.to.account_id),
                name: payment.to.name,
            },
            amount: payment.amount,
            tip: payment.tip,
            captured: payment.moved,
            capture_before: payment.expires_at.map(Timestamp::from),
            refunded: Balance::hkd(payment.refunded),
            fee: taken.map(|_| Balance::hkd(payment.fee)),
            net: taken.map(|taken| Balance::hkd(taken.saturating_sub(payment.fee))),
            status: payment.state,
            completed_at: payment.moved.and(payment.ended_at).map(Timestamp::from),
            reference: payment.reference,
        }
    }
}

/// What one key stands for. The payer confirms the amount, which includes the tip. Without one it
/// is what it was before there were tips.
#[derive(Serialize)]
struct Tipped<'a> {
    #[serde(flatten)]
    terms: &'a OperationTerms,
    #[serde(skip_serializing_if = "Option::is_none")]
    tip: Option<Money>,
}

pub(crate) async fn pay(
    app: App,
    payer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<Pay>,
) -> Result<Written<Recorded<PaymentBody>>, Error> {
    let terms = OperationTerms {
        kind: ConfirmableKind::Payment,
        payer: payer.user_id,
        payee: AccountId::Business(input.business_id),
        amount: input.amount,
        fee: Fee::NONE,
        payment_request_id: input.payment_request_id.map(RequestId::Payment),
        reference: input.reference,
        idempotency_key: key.clone(),
    };
    let confirmed = check_confirmation(&app, &payer, &terms, input.confirmation).await?;
    // The proof is not part of the fingerprint: a retry may sign again, or come after its proof has
    // expired, and still reads what was paid.
    let tipped = Tipped { terms: &terms, tip: input.tip };
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "pay", &tipped)?;
    let pay = PayShop {
        payer: payer.user_id,
        payee: input.business_id,
        amount: terms.amount,
        tip: input.tip,
        capture_method: input.capture_method.unwrap_or(CaptureMethod::Automatic),
        payment_request_id: input.payment_request_id,
        reference: terms.reference,
        confirmed,
        is_new_device: payer.limited_until.is_some(),
    };
    let (payer, amount) = (payer.user_id, terms.amount);
    let done = submit_payment(&app, payer, amount, pay, &keyed, trace).await?;
    let answer = Recorded::of(&PaymentBody::read_by(Reader::Payer, done.record), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn a_key_without_a_tip_stands_for_what_it_stood_for_before_there_were_tips() {
        let terms = OperationTerms {
            kind: ConfirmableKind::Payment,
            payer: UserId::new(),
            payee: AccountId::Business(BusinessId::new()),
            amount: Money::hkd(12_850).unwrap(),
            fee: Fee::NONE,
            payment_request_id: None,
            reference: None,
            idempotency_key: "k".repeat(22).parse().unwrap(),
        };
        let of = |tip| to_value(Tipped { terms: &terms, tip }).unwrap();
        assert_eq!(of(None), to_value(&terms).unwrap());
        let tip = Money::hkd(1_000).unwrap();
        assert_eq!(of(Some(tip))["tip"], json!(tip));
    }
}
