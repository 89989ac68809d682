//! A person sees on any device that a new PIN was asked for.

use service::{Caller, Error, INVALID_TOKEN, Json};

use super::ask_pin_reset::PinResetBody;
use crate::domain::NO_PIN_RESET;
use crate::{App, store};

pub(crate) async fn read_pin_reset(app: App, caller: Caller) -> Result<Json<PinResetBody>, Error> {
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let reset = store::pin_resets::find_pin_reset(&mut conn, caller.user_id).await?;
    Ok(Json(reset.ok_or(NO_PIN_RESET)?.into()))
}
