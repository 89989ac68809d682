//! A person proves a phone number, chooses a PIN and registers the first device.

use events::auth::UserRegisteredV1;
use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Recorded, find_recorded, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, UserId};

use super::begin_session::TokensBody;
use super::prove_registration::{Proved, prove_registration, refuse_proved, seal_proved};
use super::register_device::{Registration, register_device};
use crate::domain::{
    CodePurpose, OTP_INVALID, PHONE_ALREADY_REGISTERED, SealedPhone, SecurityEventType,
};
use crate::store::users::PhoneClaim;
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
    let proved = prove_registration(&app, &input, CodePurpose::LogIn).await?;
    let user_id = UserId::new();
    let sealed = seal_proved(&app, user_id, input.challenge_id, &proved).await?;
    let insert = |tx| insert(&app, tx, trace, (user_id, &sealed, &proved), &input);
    let signed_up = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(signed_up)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    (user_id, sealed, proved): (UserId, &SealedPhone, &Proved),
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    let Proved { phone, guess, pin_hash } = proved;
    let claim = store::users::insert_user(&mut tx, user_id, sealed, pin_hash).await?;
    if claim != PhoneClaim::Claimed {
        return Err(refuse_proved(app, input, guess, PHONE_ALREADY_REGISTERED).await);
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
