//! A person pays a shop's request: the flow the product exists for.

use outbox::Tx;
use serde::{Deserialize, Serialize};
use service::{Caller, database};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    BusinessId, IdempotencyKey, Money, PaymentConfirmation, PaymentId, PaymentRequestId,
    RequestStatus, SessionId, TransferId,
};

use super::once::{Request, answer, once};
use crate::domain::{ConfirmedBy, Payment, Transfer, TransferCode};
use crate::error::Error;
use crate::store::idempotency_keys::Answer;
use crate::{App, store};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    payment_request_id: PaymentRequestId,
    payee: BusinessId,
    amount: Money,
    confirmation: Proof,
}

/// How the payer confirmed. Either covers payer, payee, amount, request and idempotency key; a
/// change of any of them voids it.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Proof {
    /// The device's ES256 signature, in base64url, over the lines `payme-payment-v1`, payer, payee,
    /// amount in minor units, currency, payment request and idempotency key.
    Device { signature: String },
    /// The token that the auth service gave for the PIN.
    Pin { token: String },
}

/// A completed payment.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentBody {
    payment_id: PaymentId,
    payment_request_id: PaymentRequestId,
    payee: BusinessId,
    shop_name: String,
    amount: Money,
    /// Always `completed`: a payment that is not does not exist.
    #[schema(example = "completed")]
    status: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    completed_at: OffsetDateTime,
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> Self {
        Self {
            payment_id: payment.id,
            payment_request_id: payment.payment_request_id,
            payee: payment.business_id,
            shop_name: payment.shop_name,
            amount: payment.amount,
            status: "completed",
            completed_at: payment.completed_at,
        }
    }
}

pub(crate) async fn pay(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    input: Pay,
) -> Result<Answer, Error> {
    let confirmation = PaymentConfirmation {
        payer: caller.user_id,
        payee: input.payee,
        amount: input.amount,
        payment_request_id: input.payment_request_id,
        nonce: key.clone(),
    };
    let confirmed_by = confirmed_by(app, caller, &confirmation, &input.confirmation).await?;
    // The proof is not part of the fingerprint: a retry may sign again.
    let request = Request { caller: caller.user_id, key, operation: "pay", input: &confirmation };
    let order = Order { confirmation: &confirmation, confirmed_by, session_id: caller.session_id };
    once(app, request, &order, |app, tx, order| Box::pin(transfer(app, tx, order))).await
}

/// How this very payment was confirmed, if it was.
async fn confirmed_by(
    app: &App,
    caller: &Caller,
    confirmation: &PaymentConfirmation,
    proof: &Proof,
) -> Result<Option<ConfirmedBy>, Error> {
    match proof {
        Proof::Device { signature } => {
            let verified = caller.device_key.verify(&confirmation.signing_text(), signature);
            Ok(verified.is_ok().then_some(ConfirmedBy::Device))
        }
        Proof::Pin { token } => {
            let vouched: Option<PaymentConfirmation> = app
                .tokens
                .verify(token, PaymentConfirmation::TOKEN_AUDIENCE)
                .await
                .map_err(Error::Unverifiable)?;
            let is_same = vouched.is_some_and(|vouched| vouched == *confirmation);
            Ok(is_same.then_some(ConfirmedBy::Pin))
        }
    }
}

/// What is to be paid, and on whose word.
struct Order<'a> {
    confirmation: &'a PaymentConfirmation,
    /// None if the proof covers another payment.
    confirmed_by: Option<ConfirmedBy>,
    session_id: SessionId,
}

async fn transfer(app: &App, tx: &mut Tx, order: &Order<'_>) -> Result<Answer, Error> {
    let confirmed_by = order.confirmed_by.ok_or(Error::WrongConfirmation)?;
    if store::read_models::is_session_revoked(tx, order.session_id).await? {
        return Err(Error::SessionRevoked);
    }
    let confirmation = order.confirmation;
    let (payer, payee, amount) = (confirmation.payer, confirmation.payee, confirmation.amount);
    let mut request =
        store::payment_requests::lock_payment_request(tx, confirmation.payment_request_id)
            .await?
            .ok_or(Error::NoPaymentRequest)?;
    // Only now: the wait for the lock may have outlasted the request.
    let now = database::now();
    request.accept(amount, payee, now)?;
    let shop = store::read_models::find_shop(tx, payee).await?.ok_or(Error::NoPaymentRequest)?;

    let mut ledger = store::ledger::lock_accounts(tx, &[payer.uuid(), payee.uuid()]).await?;
    ledger.account(payer.uuid()).ok_or(Error::NoWallet)?;
    let payment = Payment {
        id: PaymentId::new(),
        payment_request_id: request.id,
        payer_user_id: payer,
        business_id: payee,
        shop_name: request.shop_name.clone(),
        amount,
        transfer_id: TransferId::new(),
        completed_at: now,
    };
    ledger.post(Transfer {
        id: payment.transfer_id,
        debit: payer.uuid(),
        credit: payee.uuid(),
        amount,
        code: TransferCode::Payment(payment.id),
        at: now,
    })?;
    store::ledger::write_ledger(tx, &ledger).await?;
    store::payments::insert_payment(tx, &payment, confirmed_by).await?;
    request.status = RequestStatus::Paid;
    request.payment_id = Some(payment.id);
    store::payment_requests::close_payment_request(tx, &request).await?;

    let payer_name = store::read_models::find_person_name(tx, payer).await?;
    let completed = payment.completed_event(payer_name, shop.owner_user_id);
    let completed = app.outbox.envelope(payment.id.to_string(), &completed)?;
    let closed = app.outbox.envelope(request.id.to_string(), &request.closed_event())?;
    app.outbox.append(tx, &[completed, closed]).await?;
    answer(201, &PaymentBody::from(payment))
}
