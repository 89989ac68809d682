//! A person logs in on a device that is not theirs yet: with a proved phone number and the PIN.

use mysql_async::TxOpts;
use serde::Deserialize;
use utoipa::ToSchema;

use super::begin_session::TokensBody;
use super::register_device::{Registration, register_device};
use crate::error::Error;
use crate::{App, store};

/// The proved phone, its user's PIN and the new device.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AddDevice(Registration);

pub(crate) async fn add_device(app: &App, input: AddDevice) -> Result<TokensBody, Error> {
    let AddDevice(Registration { challenge_id, code, pin, product, device }) = input;
    device.check()?;
    let phone = app.challenges.check(challenge_id, &code).await?;
    let mut conn = app.pool.get_conn().await?;
    let user = store::find_user(&mut conn, &phone).await?;
    drop(conn);
    let (user_id, pin_hash) = user.ok_or(Error::PhoneNotRegistered)?;
    app.pins.check(user_id, pin, pin_hash).await?;

    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    let tokens = register_device(app, &mut tx, user_id, product, device).await?;
    app.challenges.redeem(challenge_id).await?;
    tx.commit().await?;
    Ok(tokens)
}
