//! A person proves a phone number, chooses a PIN and registers the first device.

use events::auth::UserRegisteredV1;
use serde::Deserialize;
use service::database::{Tx, is_duplicate};
use service::trace::TraceContext;
use service::{Error, Json, Recorded, find_recorded, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, Phone, UserId};

use super::begin_session::TokensBody;
use super::register_device::{Registration, register_device};
use crate::domain::{PHONE_ALREADY_REGISTERED, PIN_TOO_WEAK};
use crate::{App, store};

/// The proved phone, the chosen PIN and the first device.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct SignUp(Registration);

pub(crate) async fn sign_up(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(SignUp(input)): Json<SignUp>,
) -> Result<Recorded<TokensBody>, Error> {
    input.device.check()?;
    if input.pin.is_weak() {
        return Err(PIN_TOO_WEAK.into());
    }
    let keyed = input.keyed(&app, &key, "sign_up")?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let phone = app.challenges.check(input.challenge_id, &input.code).await?;
    let pin_hash = app.pins.hash(&input.pin).await?;
    let insert = |tx| insert(&app, tx, trace, &phone, &pin_hash, &input);
    let signed_up = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(signed_up)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    phone: &Phone,
    pin_hash: &str,
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    let user_id = UserId::new();
    let inserted = store::insert_user(&mut tx, user_id, phone, pin_hash).await;
    inserted.map_err(|error| match is_duplicate(&error) {
        true => PHONE_ALREADY_REGISTERED.into(),
        false => Error::from(error),
    })?;
    let tokens = register_device(app, &mut tx, user_id, input).await?;
    let registered = UserRegisteredV1 { user_id: user_id.to_string() };
    let event = app.outbox.envelope(trace, user_id.to_string(), &registered)?;
    app.outbox.append(&mut tx, &[event]).await?;
    // Last, so that a refusal above leaves the code for logging in on this device instead.
    app.challenges.redeem(input.challenge_id).await?;
    Ok((tx, tokens))
}
