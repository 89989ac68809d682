//! A person who is logged in asks to make a passkey, with the PIN: whoever only stole a token must
//! not get a lasting way in.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Caller, Error, INVALID_TOKEN, Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::check_pin::check_pin;
use crate::domain::{Ceremony, PASSKEYS_MAX, PASSKEYS_TOO_MANY, Pin, account_label};
use crate::passkey_challenges::LIFETIME_SECONDS;
use crate::{App, store};

/// The PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginPasskeyRegistration {
    pin: Pin,
}

/// What a passkey is asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyChallengeBody {
    /// The answer names it. It is good for one answer.
    #[schema(value_type = String, format = "uuid")]
    pub(super) challenge_id: Uuid,
    /// How long it can be answered.
    #[schema(example = 300)]
    pub(super) expires_in_seconds: u64,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` where a passkey is made, otherwise
    /// for `parseRequestOptionsFromJSON` (WebAuthn Level 3).
    #[schema(value_type = HashMap<String, Value>)]
    pub(super) public_key: Value,
}

pub(crate) async fn begin_passkey_registration(
    app: App,
    caller: Caller,
    Json(input): Json<BeginPasskeyRegistration>,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    check_pin(&app, &caller, &input.pin).await?;
    let mut conn = app.database.conn().await?;
    let registration = store::find_registration(&mut conn, caller.user_id).await?;
    let (phone, _) = registration.ok_or(INVALID_TOKEN)?;
    let known = store::passkeys::find_credential_ids(&mut conn, caller.user_id).await?;
    drop(conn);
    if known.len() >= PASSKEYS_MAX {
        return Err(PASSKEYS_TOO_MANY.into());
    }
    let (account, label) = (caller.user_id.uuid(), account_label(&phone));
    let (public_key, state) = app.relying_party.begin_registration(account, &label, known)?;
    let ceremony = Ceremony::Registration { session_id: caller.session_id, state };
    let challenge_id = app.passkey_challenges.create(&ceremony).await?;
    let expires_in_seconds = LIFETIME_SECONDS;
    Ok(Json(PasskeyChallengeBody { challenge_id, expires_in_seconds, public_key }))
}
