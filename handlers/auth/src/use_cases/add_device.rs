//! A person logs in on a device that is not theirs yet: with a proved phone number and the PIN.

use serde::Deserialize;
use service::database::Tx;
use service::{Error, Json, Recorded, find_recorded, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, UserId};

use super::begin_session::TokensBody;
use super::check_pin::hold_pin;
use super::register_device::{Registration, register_device};
use crate::domain::PHONE_NOT_REGISTERED;
use crate::{App, store};

/// The proved phone, its user's PIN and the new device.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AddDevice(Registration);

pub(crate) async fn add_device(
    app: App,
    key: IdempotencyKey,
    Json(AddDevice(input)): Json<AddDevice>,
) -> Result<Recorded<TokensBody>, Error> {
    input.device.check()?;
    let keyed = input.keyed(&app, &key, "add_device")?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let phone = app.challenges.check(input.challenge_id, &input.code).await?;
    let mut conn = app.database.conn().await?;
    let user = store::find_user(&mut conn, &phone).await?;
    drop(conn);
    let (user_id, pin_hash) = user.ok_or(PHONE_NOT_REGISTERED)?;
    app.pins.check(user_id, &input.pin, &pin_hash).await?;
    once(&app.database, &keyed, |tx| insert(&app, tx, user_id, &pin_hash, &input)).await
}

async fn insert(
    app: &App,
    mut tx: Tx,
    user_id: UserId,
    pin_hash: &str,
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    hold_pin(&mut tx, user_id, pin_hash).await?;
    let tokens = register_device(app, &mut tx, user_id, input).await?;
    app.challenges.redeem(input.challenge_id).await?;
    Ok((tx, tokens))
}
