//! A passkey signs a text: the text's digest is the challenge, so none is asked for first.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN};
use values::SignedAt;
use webauthn_rs::prelude::PublicKeyCredential;

use super::refuse_duplicate::refuse_duplicate;
use super::use_passkey::use_passkey;
use crate::domain::{PASSKEY_CHALLENGE_INVALID, PASSKEY_UNKNOWN};
use crate::{App, store};

/// Refuses an assertion of anything but this text, whose last line is `signed_at`, and of anybody
/// but the caller. It is good once, like a device's log-in, by passkey and moment: the caller of
/// this function has refused what was not signed just now, since what is spent is not remembered
/// for ever, and to its counter a passkey's own repeat looks like a copy's.
pub(super) async fn sign_by_passkey(
    app: &App,
    trace: TraceContext,
    caller: &Caller,
    (text, signed_at): (&str, &SignedAt),
    assertion: &PublicKeyCredential,
) -> Result<(), Error> {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    let mut tx = app.database.begin().await?;
    // The passkey before any login, as a log-in locks them.
    let found = store::passkeys::lock_passkey(&mut tx, assertion.get_credential_id()).await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let mut own = found.filter(|known| known.user_id == caller.user_id).ok_or(PASSKEY_UNKNOWN)?;
    let spent = store::insert_spent_proof(&mut tx, own.device_id, signed_at).await;
    let again = PASSKEY_CHALLENGE_INVALID.because("this was signed before; sign anew");
    spent.map_err(refuse_duplicate(again))?;
    let used = use_passkey(app, &mut tx, trace, &mut own, (assertion, &challenge)).await;
    if let Err(Error::Refused(refusal)) = &used
        && refusal.code() == PASSKEY_CHALLENGE_INVALID.code()
    {
        // What was sent, put together as it must be signed: with it a mistake in a client is found
        // in minutes.
        return Err(PASSKEY_CHALLENGE_INVALID.because(format!("no SHA-256 of {text:?}")).into());
    }
    used?;
    Ok(tx.commit().await?)
}
