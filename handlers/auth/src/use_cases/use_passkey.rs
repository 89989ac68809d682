//! A passkey shows that it is there and has verified its user.

use service::Error;
use service::database::Tx;
use service::trace::TraceContext;
use webauthn_rs::prelude::{PublicKeyCredential, WebauthnError};

use crate::domain::{SecurityEvent, SecurityEventType};
use crate::relying_party::refusal;
use crate::store::passkeys::KnownPasskey;
use crate::{App, store};

/// Refuses an assertion of anything but `challenge` (base64url), or by another than the `known`
/// passkey, which this transaction has locked: of two copies with one counter the second is
/// refused.
pub(super) async fn use_passkey(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    known: &mut KnownPasskey,
    (assertion, challenge): (&PublicKeyCredential, &str),
) -> Result<(), Error> {
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
    Ok(store::passkeys::update_passkey(tx, known).await?)
}
