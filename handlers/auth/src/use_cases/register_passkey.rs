//! A passkey that a person's authenticator has made becomes a way to log in.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Json, Keyed, Recorded, Resource, find_recorded, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{DeviceId, DisplayName, IdempotencyKey};
use webauthn_rs::prelude::{Passkey, RegisterPublicKeyCredential};

use super::refuse_duplicate::refuse_duplicate;
use crate::domain::{
    Ceremony, PASSKEY_ALREADY_REGISTERED, PASSKEY_CHALLENGE_INVALID, PASSKEYS_MAX,
    PASSKEYS_TOO_MANY, SecurityEvent, SecurityEventType,
};
use crate::{App, store};

/// A new passkey.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterPasskey {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// What its owner reads in the list of devices.
    name: DisplayName,
    /// What `navigator.credentials.create` gave, as its `toJSON()` writes it.
    #[schema(value_type = HashMap<String, Value>)]
    credential: RegisterPublicKeyCredential,
}

/// A passkey that can log in from now on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyBody {
    /// By which it is named and removed, like any device.
    device_id: DeviceId,
    name: DisplayName,
}

impl Resource for PasskeyBody {
    const LOCATION: &'static str = "/api/v1/auth/devices";
}

pub(crate) async fn register_passkey(
    app: App,
    caller: Caller,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<RegisterPasskey>,
) -> Result<Recorded<PasskeyBody>, Error> {
    let keyed = Keyed::new(caller.user_id.uuid(), &key, "register_passkey", &input)?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let state = match app.passkey_challenges.find(input.challenge_id).await? {
        Some(Ceremony::Registration { session_id, state }) if session_id == caller.session_id => {
            state
        }
        _ => return Err(PASSKEY_CHALLENGE_INVALID.into()),
    };
    let passkey = app.relying_party.finish_registration(&input.credential, &state)?;
    let insert = |tx| insert(&app, tx, trace, &caller, &passkey, &input);
    let registered = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(registered)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    caller: &Caller,
    passkey: &Passkey,
    input: &RegisterPasskey,
) -> Result<(Tx, PasskeyBody), Error> {
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    if store::passkeys::lock_and_count(&mut tx, caller.user_id).await? >= PASSKEYS_MAX {
        return Err(PASSKEYS_TOO_MANY.into());
    }
    let (device_id, user_id) = (DeviceId::new(), caller.user_id);
    let ids = (device_id, user_id);
    let inserted = store::passkeys::insert_passkey(&mut tx, ids, passkey, &input.name).await;
    inserted.map_err(refuse_duplicate(PASSKEY_ALREADY_REGISTERED))?;
    store::limits::limit_new_device(&mut tx, user_id).await?;
    let kind = SecurityEventType::PasskeyAdded;
    let event = SecurityEvent { kind, user_id, device_id: Some(device_id) };
    app.trail.record(&mut tx, trace, event).await?;
    // Last, so that a failure above leaves the challenge.
    if !app.passkey_challenges.redeem(input.challenge_id).await? {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    }
    Ok((tx, PasskeyBody { device_id, name: input.name.clone() }))
}
