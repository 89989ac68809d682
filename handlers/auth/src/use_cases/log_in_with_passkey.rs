//! A person logs in with a passkey, in any browser. It stands for the PIN, since it has verified
//! them itself.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Keyed, Recorded, find_recorded, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{IdempotencyKey, Product, SessionId};
use webauthn_rs::prelude::PublicKeyCredential;

use super::begin_session::{TOKENS_REPLAYED_SECONDS, TokensBody, begin_session};
use super::use_passkey::use_passkey;
use crate::domain::{
    Ceremony, PASSKEY_CHALLENGE_INVALID, PASSKEY_UNKNOWN, SecurityEvent, SecurityEventType,
    Session, limited_until,
};
use crate::{App, store};

/// What a passkey answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogInWithPasskey {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    product: Product,
    /// What `navigator.credentials.get` gave, as its `toJSON()` writes it.
    #[schema(value_type = HashMap<String, Value>)]
    credential: PublicKeyCredential,
}

pub(crate) async fn log_in_with_passkey(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<LogInWithPasskey>,
) -> Result<Recorded<TokensBody>, Error> {
    let keyed = Keyed::new(input.challenge_id, &key, "log_in_with_passkey", &input)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let Some(Ceremony::LogIn { challenge }) =
        app.passkey_challenges.find(input.challenge_id).await?
    else {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    };
    let insert = |tx| insert(&app, tx, trace, &challenge, &input);
    let begun = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(begun)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    challenge: &str,
    input: &LogInWithPasskey,
) -> Result<(Tx, TokensBody), Error> {
    let assertion = &input.credential;
    let found = store::passkeys::lock_passkey(&mut tx, assertion.get_credential_id()).await?;
    let mut known = found.ok_or(PASSKEY_UNKNOWN)?;
    use_passkey(app, &mut tx, trace, &mut known, (assertion, challenge)).await?;
    let session = Session {
        session_id: SessionId::new(),
        user_id: known.user_id,
        device_id: known.device_id,
        product: input.product,
        device_key: None,
        limited_until: limited_until(known.registered_at, false),
    };
    let (kind, device_id) = (SecurityEventType::LoggedIn, Some(known.device_id));
    let event = SecurityEvent { kind, user_id: known.user_id, device_id };
    app.trail.record(&mut tx, trace, event).await?;
    let tokens = begin_session(app, &mut tx, trace, session).await?;
    // Last, so that a failure above leaves the challenge.
    if !app.passkey_challenges.redeem(input.challenge_id).await? {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    }
    Ok((tx, tokens))
}
