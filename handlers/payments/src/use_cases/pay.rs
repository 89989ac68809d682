//! A person pays a shop, by its request or its static code: the flow the product exists for.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Caller, Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    AccountId, BusinessId, ConfirmableKind, Fee, IdempotencyKey, Money, OperationConfirmation,
    OperationTerms, Party, PaymentId, PaymentRequestId, Reference, Refusal, SignedAt, Timestamp,
    UserId,
};

use crate::App;
use crate::domain::operations::PayShop;
use crate::domain::{CONFIRMATION_INVALID, ConfirmedBy, Operation, OperationState};

/// What the payer saw and agreed to, and the proof of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    /// Absent or null where no request is paid: the payer says how much.
    payment_request_id: Option<PaymentRequestId>,
    business_id: BusinessId,
    amount: Money,
    /// What the payer quotes; absent or null where they quote nothing.
    reference: Option<Reference>,
    confirmation: Proof,
}

/// How the payer confirmed, at most two minutes ago. Either covers what is done, payer, payee,
/// amount, fee, request, reference and idempotency key; a change of any of them voids it.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Proof {
    /// The device's ES256 signature (`r || s`, 64 bytes) in base64url. It covers eleven lines, with
    /// `\n` between them and none at the end: `payme-confirmation-v3`, `payment`, the payer's
    /// `user_id`, `business_id`, the amount in cents, its currency, the fee in cents (`0`),
    /// `payment_request_id` and `reference`, each an empty line if it is absent, the
    /// `Idempotency-Key` and `signed_at` as it is sent. The reference is signed in its composed
    /// form (NFC).
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
    /// Null if the payer entered the amount: the shop's static code was paid.
    payment_request_id: Option<PaymentRequestId>,
    payer: Party,
    payee: Party,
    amount: Money,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<Reference>,
    /// A payment that is not completed does not exist.
    status: OperationState,
    completed_at: Timestamp,
}

impl Resource for PaymentBody {
    const LOCATION: &'static str = "/api/v1/payments/{payment_id}";
}

impl From<Operation> for PaymentBody {
    fn from(payment: Operation) -> Self {
        Self {
            payment_id: payment.payment_id(),
            payment_request_id: payment.payment_request_id(),
            payer: Party::user(UserId::from_uuid(payment.from.account_id), payment.from.name),
            payee: Party::Business {
                id: BusinessId::from_uuid(payment.to.account_id),
                name: payment.to.name,
            },
            amount: payment.amount,
            status: payment.state,
            completed_at: payment.ended_at.unwrap_or(payment.created_at).into(),
            reference: payment.reference,
        }
    }
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
        payment_request_id: input.payment_request_id,
        reference: input.reference,
        idempotency_key: key.clone(),
    };
    let confirmed = confirmed_by(&app, &payer, &terms, input.confirmation).await?;
    // The proof is not part of the fingerprint: a retry may sign again, or come after its proof has
    // expired, and still reads what was paid.
    let keyed = Keyed::new(payer.user_id.uuid(), &key, "pay", &terms)?;
    let pay = PayShop {
        payer: payer.user_id,
        payee: input.business_id,
        amount: terms.amount,
        payment_request_id: terms.payment_request_id,
        reference: terms.reference,
        confirmed,
    };
    let done = app.group_commit.submit(pay, Some(&keyed), trace).await?;
    let answer = Recorded::of(&PaymentBody::from(done.record), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}

/// How this payment was confirmed, or why the proof does not confirm it.
async fn confirmed_by(
    app: &App,
    payer: &Caller,
    terms: &OperationTerms,
    proof: Proof,
) -> Result<Result<ConfirmedBy, Refusal>, Error> {
    let now = OffsetDateTime::now_utc();
    Ok(match proof {
        Proof::Device { signed_at, signature } => {
            let signed = OperationConfirmation { terms: terms.clone(), confirmed_at: signed_at };
            let text = signed.signing_text();
            match payer.device_key.verify(&text, &signature) {
                // What the payer has sent, put together as it must be signed: with it a mistake in
                // a client is found in minutes.
                Err(_) => Err(CONFIRMATION_INVALID.because(format!("no signature of {text:?}"))),
                Ok(()) => signed.require_recent(now).map(|()| ConfirmedBy::Device),
            }
        }
        Proof::Pin { token } => {
            let audience = OperationConfirmation::TOKEN_AUDIENCE;
            let vouched: Option<OperationConfirmation> =
                app.tokens.verify(&token, audience).await?;
            let vouched = vouched.filter(|vouched| vouched.terms == *terms);
            let recent = vouched.filter(|vouched| vouched.require_recent(now).is_ok());
            let refusal = || CONFIRMATION_INVALID.because("no token for this payment, or too old");
            recent.map(|_| ConfirmedBy::Pin).ok_or_else(refusal)
        }
    })
}
