//! A person proves a phone number, chooses a PIN and registers the first device.

use events::auth::UserRegisteredV1;
use serde::Deserialize;
use service::database::{Tx, is_duplicate};
use service::trace::TraceContext;
use service::{Error, Json, Recorded, find_recorded, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, UserId};

use super::begin_session::TokensBody;
use super::prove_registration::{Proved, prove_registration, refuse_proved};
use super::register_device::{Registration, register_device};
use crate::domain::{OTP_INVALID, PHONE_ALREADY_REGISTERED, SecurityEventType};
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
    let keyed = input.keyed(&app, &key, "sign_up")?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let proved = prove_registration(&app, &input).await?;
    let insert = |tx| insert(&app, tx, trace, &proved, &input);
    let signed_up = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(signed_up)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    Proved { phone, guess, pin_hash }: &Proved,
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    let user_id = UserId::new();
    match store::insert_user(&mut tx, user_id, phone, pin_hash).await {
        Err(error) if is_duplicate(&error) => {
            return Err(refuse_proved(app, input, guess, PHONE_ALREADY_REGISTERED).await);
        }
        inserted => inserted?,
    }
    let tokens =
        register_device(app, &mut tx, trace, (SecurityEventType::SignedUp, user_id), input).await?;
    let registered = UserRegisteredV1 { user_id: user_id.to_string() };
    let event = app.outbox.envelope(trace, user_id.to_string(), &registered)?;
    app.outbox.append(&mut tx, &[event]).await?;
    app.phones.forget_wrong_codes(&mut tx, phone).await?;
    // Last, so that a failure above leaves the code.
    if !app.challenges.redeem(input.challenge_id).await? {
        return Err(OTP_INVALID.into());
    }
    Ok((tx, tokens))
}
