//! A person changes the PIN. Whoever else is logged in with the old one is logged out.

use mysql_async::TxOpts;
use serde::Deserialize;
use service::Caller;
use utoipa::ToSchema;

use super::check_pin::check_pin;
use super::end_sessions::end_sessions;
use crate::domain::{Pin, SessionsOf};
use crate::error::Error;
use crate::{App, store};

/// The PIN as it is and as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePin {
    current_pin: Pin,
    new_pin: Pin,
}

pub(crate) async fn change_pin(app: &App, caller: &Caller, input: ChangePin) -> Result<(), Error> {
    if input.new_pin.is_weak() {
        return Err(Error::PinTooWeak);
    }
    check_pin(app, caller, input.current_pin).await?;
    let pin_hash = app.pins.hash(input.new_pin).await?;
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::update_pin_hash(&mut tx, caller.user_id, &pin_hash).await?;
    let others = SessionsOf::UserBut { user_id: caller.user_id, kept: caller.session_id };
    end_sessions(app, &mut tx, others).await?;
    Ok(app.outbox.commit(tx).await?)
}
