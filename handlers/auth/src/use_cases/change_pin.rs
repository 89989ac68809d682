//! A person changes the PIN.

use serde::Deserialize;
use service::Caller;
use utoipa::ToSchema;

use super::check_pin::check_pin;
use crate::domain::Pin;
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
    let mut conn = app.pool.get_conn().await?;
    Ok(store::update_pin_hash(&mut conn, caller.user_id, &pin_hash).await?)
}
