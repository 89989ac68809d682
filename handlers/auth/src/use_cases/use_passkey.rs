//! A passkey shows that it is there and has verified its user.

use service::Error;
use service::database::Tx;
use service::trace::TraceContext;
use webauthn_rs::prelude::{PublicKeyCredential, WebauthnError};

use crate::domain::{PASSKEY_UNKNOWN, SecurityEvent, SecurityEventType};
use crate::relying_party::refusal;
use crate::store::passkeys::KnownPasskey;
use crate::{App, store};

/// Whose passkey signed `challenge` (base64url). Nobody removes it, and no copy of it is used,
/// until the transaction ends: of two with one counter the second is refused.
pub(super) async fn use_passkey(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    assertion: &PublicKeyCredential,
    challenge: &str,
) -> Result<KnownPasskey, Error> {
    let found = store::passkeys::lock_passkey(tx, assertion.get_credential_id()).await?;
    let mut known = found.ok_or(PASSKEY_UNKNOWN)?;
    let (account, passkey) = (known.user_id.uuid(), &mut known.passkey);
    if let Err(error) = app.relying_party.check(account, passkey, assertion, challenge) {
        if matches!(error, WebauthnError::CredentialPossibleCompromise) {
            let kind = SecurityEventType::PasskeyCloned;
            let (user_id, device_id) = (known.user_id, Some(known.device_id));
            app.trail.record_apart(
                app.database.clone(),
                trace,
                SecurityEvent { kind, user_id, device_id },
            );
        }
        return Err(refusal(&error).into());
    }
    store::passkeys::update_passkey(tx, &known).await?;
    Ok(known)
}
