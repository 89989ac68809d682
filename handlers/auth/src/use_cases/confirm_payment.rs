//! A payer confirms with the PIN or a passkey what they saw.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, INVALID_BODY, Json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, IdempotencyKey, Level, Money, OperationConfirmation,
    OperationTerms, Reference, RequestId, SignedAt, VouchedConfirmation,
};
use webauthn_rs::prelude::PublicKeyCredential;

use super::check_pin::check_pin;
use super::sign_by_passkey::sign_by_passkey;
use crate::App;
use crate::domain::Pin;

/// The operation as its payer saw it, and either the PIN or a passkey's assertion of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPayment {
    /// Absent or null where a passkey confirms.
    pin: Option<Pin>,
    /// Absent or null where the PIN confirms.
    passkey: Option<PasskeyConfirmation>,
    #[serde(rename = "type")]
    kind: ConfirmableKind,
    /// Who is paid; of a withdrawal, a pay link, a red packet and an automatic top-up, the payer.
    payee_id: AccountId,
    amount: Money,
    /// As the payer was shown it, besides the amount.
    fee: Fee,
    /// The request that is paid, a shop's or a person's; absent or null where none is.
    payment_request_id: Option<RequestId>,
    /// Absent or null where the payer quotes none; of a withdrawal, the bank account,
    /// `024-123456789`, or the `reference` of a registered one; of a red packet, how it is split,
    /// `random-10`; of a schedule, its dates, `monthly-20261231`.
    reference: Option<Reference>,
    /// The `Idempotency-Key` that the operation will be done with; of a change of a schedule, its
    /// id, a colon and the version that is changed.
    idempotency_key: IdempotencyKey,
}

/// A passkey's signature of the operation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyConfirmation {
    /// The client's clock, at most 60 seconds ahead: UTC with three decimals, and no other
    /// spelling. A passkey confirms one operation at a time.
    signed_at: SignedAt,
    /// What `navigator.credentials.get` gave, as its `toJSON()` writes it. Its challenge was the
    /// SHA-256, 32 bytes, of the eleven lines that a device signs (`payme-confirmation-v3`, as the
    /// operation itself documents them), the last of which is `signed_at`.
    #[schema(value_type = HashMap<String, Value>)]
    credential: PublicKeyCredential,
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
    trace: TraceContext,
    Json(input): Json<ConfirmPayment>,
) -> Result<Json<ConfirmationBody>, Error> {
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
    let (confirmation, acr) = match (input.pin, input.passkey) {
        (Some(pin), None) => {
            check_pin(&app, &payer, &pin).await?;
            let confirmed_at = OffsetDateTime::now_utc().into();
            (OperationConfirmation { terms, confirmed_at }, Level::Pin)
        }
        (None, Some(PasskeyConfirmation { signed_at, credential })) => {
            let confirmation = OperationConfirmation { terms, confirmed_at: signed_at };
            // Before anything is checked, as what signs asks.
            confirmation.require_recent(OffsetDateTime::now_utc())?;
            let signed = (&*confirmation.signing_text(), &confirmation.confirmed_at);
            sign_by_passkey(&app, trace, &payer, signed, &credential).await?;
            (confirmation, Level::Passkey)
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(INVALID_BODY.because("either pin or passkey is expected").into());
        }
    };
    let now = OffsetDateTime::now_utc().unix_timestamp().unsigned_abs();
    let expires_in_seconds = confirmation.expires_at().saturating_sub(now);
    let vouched = VouchedConfirmation { confirmation, acr };
    let token = app.signer.confirmation_token(vouched).map_err(Error::internal)?;
    Ok(Json(ConfirmationBody { token, expires_in_seconds }))
}
