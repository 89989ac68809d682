//! A person proves a phone number, chooses a PIN and registers the first device.

use events::auth::UserRegisteredV1;
use mysql_async::TxOpts;
use service::database;
use values::UserId;

use super::begin_session::Tokens;
use super::register_device::{Registration, register_device};
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn sign_up(app: &App, input: Registration) -> Result<Tokens, Error> {
    input.device.check()?;
    if input.pin.is_weak() {
        return Err(Error::PinTooWeak);
    }
    let phone = app.challenges.check(input.challenge_id, &input.code).await?;
    let pin_hash = app.pins.hash(input.pin).await?;

    let user_id = UserId::new();
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::insert_user(&mut tx, user_id, &phone, &pin_hash).await.map_err(|error| {
        if database::is_duplicate(&error) { Error::PhoneAlreadyRegistered } else { error.into() }
    })?;
    let tokens = register_device(app, &mut tx, user_id, input.product, input.device).await?;
    let registered = UserRegisteredV1 { user_id: user_id.to_string(), phone: phone.to_string() };
    let event = app.outbox.envelope(user_id.to_string(), &registered)?;
    app.outbox.append(&mut tx, &[event]).await?;
    // Last, so that a refusal above leaves the code for logging in on this device instead.
    app.challenges.redeem(input.challenge_id).await?;
    app.outbox.commit(tx).await?;
    Ok(tokens)
}
