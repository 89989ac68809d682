//! A payer confirms with the PIN what they saw.

use serde::{Deserialize, Serialize};
use service::{Consumer, Error, Json};
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, IdempotencyKey, Money, OperationConfirmation, OperationTerms,
    Reference, RequestId,
};

use super::check_pin::check_pin;
use crate::App;
use crate::domain::Pin;

/// The operation as its payer saw it, and the PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPayment {
    pin: Pin,
    #[serde(rename = "type")]
    kind: ConfirmableKind,
    /// Who is paid; of a withdrawal, a pay link and a red packet, the payer.
    payee_id: AccountId,
    amount: Money,
    /// As the payer was shown it, besides the amount.
    fee: Fee,
    /// The request that is paid, a shop's or a person's; absent or null where none is.
    payment_request_id: Option<RequestId>,
    /// Absent or null where the payer quotes none; of a withdrawal, the bank account,
    /// `024-123456789`; of a red packet, how it is split, `random-10`.
    reference: Option<Reference>,
    /// The `Idempotency-Key` that the operation will be done with.
    idempotency_key: IdempotencyKey,
}

/// The proof of a confirmed operation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmationBody {
    /// For the operation's `confirmation`, type `pin`.
    token: String,
    /// How long it is valid.
    #[schema(example = 120)]
    expires_in_seconds: u64,
}

/// The token is for this operation and no other.
pub(crate) async fn confirm_payment(
    app: App,
    payer: Consumer,
    Json(input): Json<ConfirmPayment>,
) -> Result<Json<ConfirmationBody>, Error> {
    check_pin(&app, &payer, &input.pin).await?;
    let terms = OperationTerms {
        kind: input.kind,
        payer: payer.user_id,
        payee: input.payee_id,
        amount: input.amount,
        fee: input.fee,
        payment_request_id: input.payment_request_id,
        reference: input.reference,
        idempotency_key: input.idempotency_key,
    };
    let token = app.signer.confirmation_token(terms).map_err(Error::internal)?;
    let expires_in_seconds = OperationConfirmation::AGE_MAX_SECONDS;
    Ok(Json(ConfirmationBody { token, expires_in_seconds }))
}
