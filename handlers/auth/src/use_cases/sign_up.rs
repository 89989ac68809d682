//! A person proves a phone number, chooses a PIN and registers the first device.

use events::auth::UserRegisteredV1;
use mysql_async::TxOpts;
use serde::Deserialize;
use service::database;
use utoipa::ToSchema;
use values::UserId;

use super::begin_session::TokensBody;
use super::register_device::{Registration, register_device};
use crate::error::Error;
use crate::{App, store};

/// The proved phone, the PIN chosen and the first device.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct SignUp(Registration);

pub(crate) async fn sign_up(app: &App, input: SignUp) -> Result<TokensBody, Error> {
    let SignUp(Registration { challenge_id, code, pin, product, device }) = input;
    device.check()?;
    if pin.is_weak() {
        return Err(Error::PinTooWeak);
    }
    let phone = app.challenges.check(challenge_id, &code).await?;
    let pin_hash = app.pins.hash(pin).await?;

    let user_id = UserId::new();
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::insert_user(&mut tx, user_id, &phone, &pin_hash).await.map_err(|error| {
        if database::is_duplicate(&error) { Error::PhoneAlreadyRegistered } else { error.into() }
    })?;
    let tokens = register_device(app, &mut tx, user_id, product, device).await?;
    let registered = UserRegisteredV1 { user_id: user_id.to_string(), phone: phone.to_string() };
    let event = app.outbox.envelope(user_id.to_string(), &registered)?;
    app.outbox.append(&mut tx, &[event]).await?;
    // Last, so that a refusal above leaves the code for logging in on this device instead.
    app.challenges.redeem(challenge_id).await?;
    app.outbox.commit(tx).await?;
    Ok(tokens)
}
