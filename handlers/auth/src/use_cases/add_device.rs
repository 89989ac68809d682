//! A person logs in on a device that is not theirs yet: with a proved phone number and the PIN.

use mysql_async::TxOpts;

use super::begin_session::Tokens;
use super::register_device::{Registration, register_device};
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn add_device(app: &App, input: Registration) -> Result<Tokens, Error> {
    input.device.check()?;
    let phone = app.challenges.check(input.challenge_id, &input.code).await?;
    let mut conn = app.pool.get_conn().await?;
    let user = store::find_user(&mut conn, &phone).await?;
    drop(conn);
    let (user_id, pin_hash) = user.ok_or(Error::PhoneNotRegistered)?;
    app.pins.check(user_id, input.pin, pin_hash).await?;

    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    let tokens = register_device(app, &mut tx, user_id, input.product, input.device).await?;
    app.challenges.redeem(input.challenge_id).await?;
    tx.commit().await?;
    Ok(tokens)
}
