//! Whether a payer has confirmed what is to be done with their money.

use serde::Deserialize;
use service::{Caller, Error};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    Level, OperationConfirmation, OperationTerms, Refusal, SignedAt, VouchedConfirmation,
};

use crate::App;
use crate::domain::{CONFIRMATION_INVALID, ConfirmedBy};

/// How the payer confirmed, at most two minutes ago. Either covers what is done, payer, payee,
/// amount, fee, request, reference (of a withdrawal: the bank account; of a payment by FPS: whom it
/// pays; of a red packet: how it is split; of a schedule: its dates) and idempotency key; a change
/// of any of them voids it. Where the device's signature is not enough, the answer is 401
/// `step-up-required` (RFC 9470), nothing is done, and the same is sent again under the same key
/// with a token.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Proof {
    /// The device's ES256 signature (`r || s`, 64 bytes) in base64url. It covers eleven lines, with
    /// `\n` between them and none at the end: `payme-confirmation-v3`, what is done (`payment`,
    /// `peer-payment`, `withdrawal`, `fps-payment`, `pay-link`, `red-packet`, `schedule` or
    /// `automatic-top-up`), the payer's `user_id`, the payee's id, the amount in cents, its
    /// currency, the fee in cents (`0`), the id of the request that is paid (`preq_…` or `mreq_…`)
    /// and `reference`, each an empty line if it is absent, the `Idempotency-Key` and `signed_at`
    /// as it is sent. The reference is signed in its composed form (NFC). The payee of a withdrawal
    /// is the payer, and its reference the bank account, `024-123456789`: bank code, hyphen,
    /// account number; of a registered one its `reference`. The payee of a payment by FPS is the
    /// payer as well, and its reference the `confirmation_reference` of whom it pays. The payee of
    /// a pay link, red packet or automatic top-up is the payer too, since nobody else is known; the
    /// reference of a red packet is how it is split, `random-10`: split, hyphen, shares; that of a
    /// schedule its dates, as it says itself.
    Device {
        /// The device's clock, at most 60 seconds ahead: UTC with three decimals, and no other
        /// spelling.
        signed_at: SignedAt,
        #[schema(
            example = "MEUCIQDv3m0xM2l9bq1m5o0F3b7f1mJQ2n4l6z8x9c1v3b5n7mAiEA2k4h6g8f0d2s4a6q8w0"
        )]
        signature: String,
    },
    /// The token that the auth service gave for the PIN or a passkey.
    Pin {
        /// As `POST /api/v1/auth/payment-confirmations` has answered it.
        #[schema(example = "eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJwYXltZW50cyJ9.c2lnbmF0dXJl")]
        token: String,
    },
}

/// How the operation was confirmed, or why the proof does not confirm it.
pub(super) async fn check_confirmation(
    app: &App,
    payer: &Caller,
    terms: &OperationTerms,
    proof: Proof,
) -> Result<Result<ConfirmedBy, Refusal>, Error> {
    let dated = check_dated_confirmation(app, payer, terms, proof).await?;
    Ok(dated.map(|(confirmed_by, _)| confirmed_by))
}

/// The same, and when it was, for what a later confirmation must not be overtaken by.
pub(super) async fn check_dated_confirmation(
    app: &App,
    payer: &Caller,
    terms: &OperationTerms,
    proof: Proof,
) -> Result<Result<(ConfirmedBy, OffsetDateTime), Refusal>, Error> {
    let now = OffsetDateTime::now_utc();
    Ok(match proof {
        Proof::Device { signed_at, signature } => {
            let signed = OperationConfirmation { terms: terms.clone(), confirmed_at: signed_at };
            let text = signed.signing_text();
            match payer.verify(&text, &signature) {
                // What the payer has sent, put together as it must be signed: with it a mistake in
                // a client is found in minutes.
                Err(_) => Err(CONFIRMATION_INVALID.because(format!("no signature of {text:?}"))),
                Ok(()) => {
                    let signed_at = signed.confirmed_at.moment();
                    signed.require_recent(now).map(|()| (ConfirmedBy::Device, signed_at))
                }
            }
        }
        Proof::Pin { token } => {
            let audience = OperationConfirmation::TOKEN_AUDIENCE;
            let vouched: Option<VouchedConfirmation> = app.tokens.verify(&token, audience).await?;
            let covers = |said: &OperationConfirmation| {
                said.terms == *terms && said.require_recent(now).is_ok()
            };
            let vouched = vouched.filter(|vouched| covers(&vouched.confirmation));
            let refusal = || CONFIRMATION_INVALID.because("no token for this payment, or too old");
            let dated = |vouched: VouchedConfirmation| {
                (confirmed_by(vouched.acr), vouched.confirmation.confirmed_at.moment())
            };
            vouched.map(dated).ok_or_else(refusal)
        }
    })
}

const fn confirmed_by(level: Level) -> ConfirmedBy {
    match level {
        Level::Device => ConfirmedBy::Device,
        Level::Pin => ConfirmedBy::Pin,
        Level::Passkey => ConfirmedBy::Passkey,
    }
}
