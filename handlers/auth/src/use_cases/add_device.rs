//! A person logs in on a device that is not theirs yet: with a proved phone number and the PIN.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Recorded, find_recorded, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{IdempotencyKey, Phone, UserId};

use super::begin_session::TokensBody;
use super::check_pin::hold_pin;
use super::register_device::{Registration, register_device};
use crate::domain::{
    CodePurpose, Guessed, OTP_OR_PIN_INVALID, PHONE_NOT_REGISTERED, PIN_LOCKED, SecurityEventType,
};
use crate::{App, store};

/// The proved phone, its user's PIN and the new device.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AddDevice(Registration);

pub(crate) async fn add_device(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(AddDevice(input)): Json<AddDevice>,
) -> Result<Recorded<TokensBody>, Error> {
    input.device.check()?;
    let keyed = input.keyed(&app, &key, "add_device")?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let challenge_id = input.challenge_id;
    let phone = app.challenges.find_phone(challenge_id).await?.ok_or(OTP_OR_PIN_INVALID)?;
    // As for any PIN: first the turn, then the count, or a busy server would lock people out.
    let turn = app.pins.turn().await?;
    let guess = app.phones.guess(&phone, challenge_id, &input.code, CodePurpose::LogIn).await?;
    // From here on whoever guesses waits for the same work, whatever is right or registered.
    let indexed = app.phone_vault.indexed(&phone).await?;
    let mut conn = app.database.conn().await?;
    let user = store::users::find_user(&mut conn, indexed).await?;
    let anybody = user.as_ref().map_or(UserId::from_uuid(Uuid::nil()), |(user_id, _)| *user_id);
    let mut locked = None;
    for guessed in [Guessed::PinOf(anybody), Guessed::PinOnNewDevices(anybody)] {
        locked = locked.max(store::guesses::find_locked_seconds(&mut conn, guessed).await?);
    }
    drop(conn);
    let pin_hash = user.as_ref().map(|(_, pin)| pin.hash.clone());
    let is_pin_right = turn.verify_or_pretend(input.pin.clone(), pin_hash).await?;
    match user {
        None if guess.is_code_right => {
            app.phones.take_back(&guess).await?;
            Err(PHONE_NOT_REGISTERED.into())
        }
        Some(_)
            if guess.is_code_right
                && let Some(seconds) = locked =>
        {
            // This answer tells that the code was right, so it must not serve any more.
            app.challenges.redeem(challenge_id).await?;
            app.phones.take_back(&guess).await?;
            Err(PIN_LOCKED.for_seconds(seconds).into())
        }
        Some((user_id, pin)) if guess.is_code_right && is_pin_right => {
            let owner = Owner { phone: &phone, user_id, pin_version: pin.version };
            let insert = |tx| insert(&app, tx, trace, owner, &input);
            let added = once(&app.database, &keyed, insert).await?;
            app.outbox.nudge();
            Ok(added)
        }
        user => {
            if let Some((user_id, _)) = user
                && guess.is_code_right
            {
                app.pins.count_wrong_pin(user_id);
            }
            app.phones.was_wrong(guess);
            Err(OTP_OR_PIN_INVALID.into())
        }
    }
}

/// Whose device it becomes.
#[derive(Clone, Copy)]
struct Owner<'a> {
    phone: &'a Phone,
    user_id: UserId,
    pin_version: u32,
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    Owner { phone, user_id, pin_version }: Owner<'_>,
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    if !hold_pin(&mut tx, user_id, pin_version).await? {
        return Err(OTP_OR_PIN_INVALID.into());
    }
    let tokens =
        register_device(app, &mut tx, trace, (SecurityEventType::DeviceAdded, user_id), input)
            .await?;
    app.phones.forget_wrong_codes(&mut tx, phone).await?;
    let guessed = Guessed::PinOnNewDevices(user_id);
    store::guesses::forget_wrong_guesses(&mut tx, guessed).await?;
    if !app.challenges.redeem(input.challenge_id).await? {
        return Err(OTP_OR_PIN_INVALID.into());
    }
    Ok((tx, tokens))
}
