//! A person pays a shop's request: the flow the product exists for.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Caller, Consumer, Error, Json, Keyed, Recorded, Resource, once};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    BusinessId, IdempotencyKey, Money, NO_PAYMENT_REQUEST, Party, PaymentConfirmation, PaymentId,
    PaymentRequestId, PaymentTerms, Refusal, RequestStatus, SignedAt, Timestamp, TransferId,
};

use crate::domain::{
    CONFIRMATION_INVALID, ConfirmedBy, NO_WALLET, PAYEE_UNAVAILABLE, Payment, PaymentStatus,
    Transfer, TransferCode,
};
use crate::{App, store};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    payment_request_id: PaymentRequestId,
    business_id: BusinessId,
    amount: Money,
    confirmation: Proof,
}

/// How the payer confirmed, at most two minutes ago. Either covers payer, payee, amount, request
/// and idempotency key; a change of any of them voids it.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Proof {
    /// The device's ES256 signature (`r || s`, 64 bytes) in base64url. It covers the lines
    /// `payme-payment-v2`, the payer's `user_id`, `business_id`, the amount in cents, its currency,
    /// `payment_request_id`, the `Idempotency-Key` and `signed_at` as it is sent, with `\n` between
    /// them and none at the end.
    Device {
        /// The device's clock, RFC 3339, at most 60 seconds ahead.
        #[schema(value_type = String, format = "date-time")]
        signed_at: SignedAt,
        signature: String,
    },
    /// The token that the auth service gave for the PIN.
    Pin { token: String },
}

/// A completed payment.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentBody {
    payment_id: PaymentId,
    payment_request_id: PaymentRequestId,
    payer: Party,
    payee: Party,
    amount: Money,
    /// A payment that is not completed does not exist.
    status: PaymentStatus,
    completed_at: Timestamp,
}

impl Resource for PaymentBody {
    const LOCATION: &'static str = "/api/v1/payments/{payment_id}";
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> Self {
        Self {
            payment_id: payment.id,
            payment_request_id: payment.payment_request_id,
            payer: Party::user(payment.payer_user_id, payment.payer_name),
            payee: Party::Business { id: payment.business_id, name: payment.shop_name },
            amount: payment.amount,
            status: PaymentStatus::Completed,
            completed_at: payment.completed_at.into(),
        }
    }
}

pub(crate) async fn pay(
    app: App,
    payer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<Pay>,
) -> Result<Recorded<PaymentBody>, Error> {
    let terms = PaymentTerms {
        payer: payer.user_id,
        payee: input.business_id,
        amount: input.amount,
        payment_request_id: input.payment_request_id,
        idempotency_key: key.clone(),
    };
    let confirmed_by = confirmed_by(&app, &payer, &terms, input.confirmation).await?;
    // The proof is not part of the fingerprint: a retry may sign again, or come after its proof has
    // expired, and still reads what was paid.
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "pay", &terms)?;
    let transfer = |tx| transfer(&app, tx, &terms, confirmed_by.clone(), trace);
    let paid = once(&app.database, &keyed, transfer).await?;
    app.outbox.nudge();
    Ok(paid)
}

/// How this payment was confirmed, or why the proof does not confirm it.
async fn confirmed_by(
    app: &App,
    payer: &Caller,
    terms: &PaymentTerms,
    proof: Proof,
) -> Result<Result<ConfirmedBy, Refusal>, Error> {
    let now = OffsetDateTime::now_utc();
    Ok(match proof {
        Proof::Device { signed_at, signature } => {
            let signed = PaymentConfirmation { terms: terms.clone(), confirmed_at: signed_at };
            let text = signed.signing_text();
            match payer.device_key.verify(&text, &signature) {
                // What the payer has sent, put together as it must be signed: with it a mistake in
                // a client is found in minutes.
                Err(_) => Err(CONFIRMATION_INVALID.because(format!("no signature of {text:?}"))),
                Ok(()) => signed.require_recent(now).map(|()| ConfirmedBy::Device),
            }
        }
        Proof::Pin { token } => {
            let audience = PaymentConfirmation::TOKEN_AUDIENCE;
            let vouched: Option<PaymentConfirmation> = app.tokens.verify(&token, audience).await?;
            let vouched = vouched.filter(|vouched| vouched.terms == *terms);
            let recent = vouched.filter(|vouched| vouched.require_recent(now).is_ok());
            let refusal = || CONFIRMATION_INVALID.because("no token for this payment, or too old");
            recent.map(|_| ConfirmedBy::Pin).ok_or_else(refusal)
        }
    })
}

/// Moves the money if the payment was confirmed. The proof's age is judged when the request
/// arrives; only its refusal happens here, in the key's transaction, so that a retry of a payment
/// that was made still reads it.
async fn transfer(
    app: &App,
    mut tx: Tx,
    terms: &PaymentTerms,
    confirmed_by: Result<ConfirmedBy, Refusal>,
    trace: TraceContext,
) -> Result<(Tx, PaymentBody), Error> {
    let confirmed_by = confirmed_by?;
    let (payer, payee, amount) = (terms.payer, terms.payee, terms.amount);
    let id = terms.payment_request_id;
    let locked = store::payment_requests::lock_payment_request(&mut tx, id).await?;
    let mut request = locked.ok_or(NO_PAYMENT_REQUEST)?;
    // Only now: the wait for the lock may have outlasted the request.
    let now = now();
    request.accept(amount, payee, now)?;
    let shop = store::read_models::find_shop(&mut tx, payee).await?.ok_or(NO_PAYMENT_REQUEST)?;
    if shop.is_closed {
        return Err(PAYEE_UNAVAILABLE.into());
    }

    let accounts = [payer.uuid(), payee.uuid()];
    let mut ledger = store::ledger::lock_accounts(&mut tx, &accounts).await?;
    ledger.account(payer.uuid()).ok_or(NO_WALLET)?;
    let payment = Payment {
        id: PaymentId::new(),
        payment_request_id: request.id,
        payer_user_id: payer,
        payer_name: store::read_models::find_person_name(&mut tx, payer).await?,
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
    store::ledger::write_ledger(&mut tx, &ledger).await?;
    store::payments::insert_payment(&mut tx, &payment, confirmed_by).await?;
    request.status = RequestStatus::Paid;
    request.payment_id = Some(payment.id);
    store::payment_requests::close_payment_request(&mut tx, &request).await?;

    let completed = payment.completed_event(shop.owner_user_id);
    let completed = app.outbox.envelope(trace, payment.id.to_string(), &completed)?;
    let closed = app.outbox.envelope(trace, request.id.to_string(), &request.closed_event())?;
    app.outbox.append(&mut tx, &[completed, closed]).await?;
    Ok((tx, PaymentBody::from(payment)))
}
