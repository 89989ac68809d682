//! A payer confirms with the PIN what they saw.

use serde::{Deserialize, Serialize};
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::{
    BusinessId, IdempotencyKey, Money, PaymentConfirmation, PaymentRequestId, PaymentTerms,
};

use super::check_pin::check_pin;
use crate::App;
use crate::domain::Pin;

/// The payment as its payer saw it, and the PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPayment {
    pin: Pin,
    business_id: BusinessId,
    amount: Money,
    payment_request_id: PaymentRequestId,
    /// The `Idempotency-Key` that the payment will be made with.
    idempotency_key: IdempotencyKey,
}

/// The proof of a confirmed payment.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmationBody {
    /// For the payment's `confirmation`, type `pin`.
    token: String,
    /// How long it is valid.
    #[schema(example = 120)]
    expires_in_seconds: u64,
}

/// The token is for this payment and no other.
pub(crate) async fn confirm_payment(
    app: App,
    payer: Consumer,
    Json(input): Json<ConfirmPayment>,
) -> Result<Json<ConfirmationBody>, Error> {
    check_pin(&app, &payer, &input.pin).await?;
    let terms = PaymentTerms {
        payer: payer.user_id,
        payee: input.business_id,
        amount: input.amount,
        payment_request_id: input.payment_request_id,
        idempotency_key: input.idempotency_key,
    };
    let token = app.signer.confirmation_token(terms).map_err(Error::internal)?;
    let expires_in_seconds = PaymentConfirmation::AGE_MAX_SECONDS;
    Ok(Json(ConfirmationBody { token, expires_in_seconds }))
}
