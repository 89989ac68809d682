//! A payer confirms with the PIN what they saw.

use serde::Deserialize;
use service::Caller;
use utoipa::ToSchema;
use values::{BusinessId, IdempotencyKey, Money, PaymentConfirmation, PaymentRequestId};

use super::check_pin::check_pin;
use crate::App;
use crate::domain::Pin;
use crate::error::Error;

/// The payment as its payer saw it, and the PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPayment {
    pin: Pin,
    payee: BusinessId,
    amount: Money,
    payment_request_id: PaymentRequestId,
    /// The `Idempotency-Key` that the payment will be made with.
    nonce: IdempotencyKey,
}

/// The token for this payment and no other.
pub(crate) async fn confirm_payment(
    app: &App,
    caller: &Caller,
    input: ConfirmPayment,
) -> Result<String, Error> {
    check_pin(app, caller, input.pin).await?;
    Ok(app.signer.confirmation_token(PaymentConfirmation {
        payer: caller.user_id,
        payee: input.payee,
        amount: input.amount,
        payment_request_id: input.payment_request_id,
        nonce: input.nonce,
    })?)
}
