//! A person pays a person.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, IdempotencyKey, Money, MoneyRequestId, Note, OperationTerms,
    Party, PeerPaymentId, RequestId, Timestamp, UserId,
};

use super::check_confirmation::{Proof, check_confirmation};
use super::top_up_missing::submit_payment;
use crate::App;
use crate::domain::operations::SendMoney as SendMoneyOperation;
use crate::domain::{Operation, OperationState, Side};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMoney {
    /// Who is paid; `GET /api/v1/payees/{user_id}` says what to show before.
    payee_id: UserId,
    amount: Money,
    /// What the payee reads with it; absent or null if nothing. It is not part of the proof.
    note: Option<Note>,
    /// What the payee has asked for, with its amount; absent or null where nobody asked.
    money_request_id: Option<MoneyRequestId>,
    confirmation: Proof,
}

/// A completed payment between people.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerPaymentBody {
    peer_payment_id: PeerPaymentId,
    payer: Party,
    payee: Party,
    amount: Money,
    /// What the payer said; null if nothing.
    note: Option<Note>,
    /// The payee's request that it paid; null if nobody asked.
    money_request_id: Option<MoneyRequestId>,
    /// A payment that is not completed does not exist.
    status: OperationState,
    completed_at: Timestamp,
}

impl Resource for PeerPaymentBody {
    const LOCATION: &'static str = "/api/v1/peer-payments/{peer_payment_id}";
}

impl From<Operation> for PeerPaymentBody {
    fn from(payment: Operation) -> Self {
        let money_request_id = payment.money_request_id();
        let person = |side: Side| Party::user(UserId::from_uuid(side.account_id), side.name);
        Self {
            peer_payment_id: payment.peer_payment_id(),
            payer: person(payment.from),
            payee: person(payment.to),
            amount: payment.amount,
            note: payment.note,
            money_request_id,
            status: payment.state,
            completed_at: payment.ended_at.unwrap_or(payment.created_at).into(),
        }
    }
}

pub(crate) async fn send_money(
    app: App,
    payer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<SendMoney>,
) -> Result<Written<Recorded<PeerPaymentBody>>, Error> {
    let terms = OperationTerms {
        kind: ConfirmableKind::PeerPayment,
        payer: payer.user_id,
        payee: AccountId::User(input.payee_id),
        amount: input.amount,
        fee: Fee::NONE,
        payment_request_id: input.money_request_id.map(RequestId::Money),
        reference: None,
        idempotency_key: key.clone(),
    };
    let confirmed = check_confirmation(&app, &payer, &terms, input.confirmation).await?;
    // Without the proof, as in `pay`.
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "send_money", &(&terms, &input.note))?;
    let wanted = SendMoneyOperation {
        payer: payer.user_id,
        payee: input.payee_id,
        amount: terms.amount,
        note: input.note,
        money_request_id: input.money_request_id,
        confirmed,
        is_new_device: payer.limited_until.is_some(),
    };
    let (payer, amount) = (payer.user_id, terms.amount);
    let done = submit_payment(&app, payer, amount, wanted, &keyed, trace).await?;
    let answer = Recorded::of(&PeerPaymentBody::from(done.record), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
