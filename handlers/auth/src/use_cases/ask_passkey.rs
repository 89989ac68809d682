//! A passkey is asked to sign: the end of every use case that begins a ceremony.

use serde::Serialize;
use serde_json::Value;
use service::{Error, Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::App;
use crate::domain::Ceremony;
use crate::passkey_challenges::LIFETIME_SECONDS;

/// What a passkey is asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyChallengeBody {
    /// The answer names it. It is good for one answer.
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// How long it can be answered.
    #[schema(example = 300)]
    expires_in_seconds: u64,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` where a passkey is made, otherwise
    /// for `parseRequestOptionsFromJSON` (WebAuthn Level 3).
    #[schema(value_type = HashMap<String, Value>)]
    public_key: Value,
}

/// Keeps the ceremony until its answer comes; `public_key` is what the browser needs for it.
pub(super) async fn ask_passkey(
    app: &App,
    public_key: Value,
    ceremony: Ceremony,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    let challenge_id = app.passkey_challenges.create(&ceremony).await?;
    let expires_in_seconds = LIFETIME_SECONDS;
    Ok(Json(PasskeyChallengeBody { challenge_id, expires_in_seconds, public_key }))
}
