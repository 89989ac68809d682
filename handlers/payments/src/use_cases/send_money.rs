//! A person pays a person.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, IdempotencyKey, Money, MoneyRequestId, Note, OperationTerms,
    Party, PeerPaymentId, RequestId, Sticker, Timestamp, UserId, code_enum, masked,
};

use super::check_confirmation::{Proof, check_confirmation};
use super::top_up_missing::submit_payment;
use crate::domain::operations::SendMoney as SendMoneyOperation;
use crate::domain::{
    AcceptedWarning, Operation, OperationState, PayeeWarningReason, Side, Visibility,
};
use crate::{App, store};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMoney {
    /// Who is paid; `GET /api/v1/payees/{user_id}` says what to show before.
    payee_id: UserId,
    amount: Money,
    /// What the payee reads with it; absent or null if nothing. It is not part of the proof.
    note: Option<Note>,
    /// The picture that the payee sees with it; absent or null if none. Not part of the proof.
    sticker: Option<Sticker>,
    /// Who may see it beside the two of them, `private` if absent or null: nobody. Either of them
    /// can make it private later, for good. It is not part of the proof.
    visibility: Option<Visibility>,
    /// What the payee has asked for, with its amount; absent or null where nobody asked.
    money_request_id: Option<MoneyRequestId>,
    /// The reason of the warning of the payee that the payer has read, if they go on; absent or
    /// null if there was none. It is kept with the payment, and is not part of the proof.
    accepted_warning: Option<PayeeWarningReason>,
    confirmation: Proof,
}

/// A payment between people.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerPaymentBody {
    peer_payment_id: PeerPaymentId,
    payer: Party,
    payee: Party,
    amount: Money,
    /// What the payer said; null if nothing.
    note: Option<Note>,
    /// The picture that goes with it; null if none.
    sticker: Option<Sticker>,
    /// The payee's request that it paid; null if nobody asked.
    money_request_id: Option<MoneyRequestId>,
    /// Who may see it beside the two of them.
    visibility: Visibility,
    /// `completed` at once, unless it is held for a reviewer.
    status: PeerPaymentStatus,
    /// Null unless it is completed.
    completed_at: Option<Timestamp>,
    /// Until when it is completed or returned, while it is held; null otherwise.
    returns_at: Option<Timestamp>,
}

code_enum! {
    /// Where a payment between people stands. Only one that is held gets another state.
    pub(crate) enum PeerPaymentStatus {
        /// For the payer alone: the money is set aside until a reviewer has looked at it.
        Held = "held",
        /// The payee has the money.
        Completed = "completed",
        /// For the payer alone: it was held, and the money is in their wallet again.
        Returned = "returned",
    }
}

impl From<OperationState> for PeerPaymentStatus {
    fn from(state: OperationState) -> Self {
        match state {
            OperationState::Pending => Self::Held,
            OperationState::Completed => Self::Completed,
            OperationState::Failed | OperationState::Expired => Self::Returned,
        }
    }
}

impl Resource for PeerPaymentBody {
    const LOCATION: &'static str = "/api/v1/peer-payments/{peer_payment_id}";
}

impl PeerPaymentBody {
    pub(super) fn of(payment: Operation, visibility: Visibility) -> Self {
        let money_request_id = payment.money_request_id();
        let person = |side: Side| Party::user(UserId::from_uuid(side.account_id), side.name);
        let status = PeerPaymentStatus::from(payment.state);
        // Only whom they have paid does a payer know by name.
        let is_completed = status == PeerPaymentStatus::Completed;
        let name = if is_completed { payment.to.name.clone() } else { masked(&payment.to.name) };
        let completed_at = payment.ended_at.filter(|_| is_completed);
        Self {
            peer_payment_id: payment.peer_payment_id(),
            payer: person(payment.from),
            payee: person(Side { name, ..payment.to.clone() }),
            amount: payment.amount,
            note: payment.note,
            sticker: payment.sticker,
            money_request_id,
            visibility,
            status,
            completed_at: completed_at.map(Timestamp::from),
            returns_at: payment.expires_at.map(Timestamp::from),
        }
    }
}

/// What one key stands for. Of what is private, or without a sticker, it is what it was before
/// there was a choice.
#[derive(Serialize)]
#[serde(untagged)]
enum Wish<'a> {
    Private(&'a OperationTerms, Option<&'a Note>),
    Shown(&'a OperationTerms, Option<&'a Note>, Visibility),
    WithSticker(&'a OperationTerms, Option<&'a Note>, Visibility, Sticker),
}

impl<'a> Wish<'a> {
    fn of(
        terms: &'a OperationTerms,
        note: Option<&'a Note>,
        visibility: Visibility,
        sticker: Option<Sticker>,
    ) -> Self {
        match (visibility, sticker) {
            (_, Some(sticker)) => Self::WithSticker(terms, note, visibility, sticker),
            (Visibility::Private, None) => Self::Private(terms, note),
            (Visibility::Friends, None) => Self::Shown(terms, note, visibility),
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
    let visibility = input.visibility.unwrap_or(Visibility::Private);
    let confirmed = check_confirmation(&app, &payer, &terms, input.confirmation).await?;
    // Without the proof, as in `pay`, and without what of it is accepted: a repeat is the same.
    let wish = Wish::of(&terms, input.note.as_ref(), visibility, input.sticker);
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "send_money", &wish)?;
    let accepted = |reason| AcceptedWarning { reason, device_id: payer.device_id };
    let wanted = SendMoneyOperation {
        payer: payer.user_id,
        payee: input.payee_id,
        amount: terms.amount,
        note: input.note,
        sticker: input.sticker,
        visibility,
        money_request_id: input.money_request_id,
        accepted_warning: input.accepted_warning.map(accepted),
        confirmed,
        is_new_device: payer.limited_until.is_some(),
    };
    let (payer, amount) = (payer.user_id, terms.amount);
    let done = submit_payment(&app, payer, amount, wanted, &keyed, trace).await?;
    let id = done.record.peer_payment_id();
    // Somebody may have hidden it since it was made; what was private before is so still.
    let visibility = if done.is_repeat && visibility == Visibility::Friends {
        let mut conn = app.database.conn().await?;
        store::visibility::find_visibility(&mut conn, id).await?
    } else {
        visibility
    };
    let answer = Recorded::of(&PeerPaymentBody::of(done.record, visibility), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn a_key_of_what_is_private_stands_for_what_it_stood_for_before_there_was_a_choice() {
        let terms = OperationTerms {
            kind: ConfirmableKind::PeerPayment,
            payer: UserId::new(),
            payee: AccountId::User(UserId::new()),
            amount: Money::hkd(12_850).unwrap(),
            fee: Fee::NONE,
            payment_request_id: None,
            reference: None,
            idempotency_key: "k".repeat(22).parse().unwrap(),
        };
        for note in [None, Some(Note::try_from("午飯".to_owned()).unwrap())] {
            let of = |visibility, sticker| {
                to_value(Wish::of(&terms, note.as_ref(), visibility, sticker)).unwrap()
            };
            assert_eq!(of(Visibility::Private, None), to_value((&terms, &note)).unwrap());
            assert_eq!(of(Visibility::Friends, None), json!([&terms, &note, "friends"]));
            let with_sticker = of(Visibility::Private, Some(Sticker::Tram));
            assert_eq!(with_sticker, json!([&terms, &note, "private", "tram"]));
        }
    }
}
