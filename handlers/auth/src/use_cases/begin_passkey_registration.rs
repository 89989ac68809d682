//! A person who is logged in asks to make a passkey, with the PIN: whoever only stole a token must
//! not get a lasting way in.

use serde::Deserialize;
use service::{Caller, Error, INVALID_TOKEN, Json};
use utoipa::ToSchema;

use super::ask_passkey::{PasskeyChallengeBody, ask_passkey};
use super::check_pin::check_pin;
use crate::domain::{Ceremony, PASSKEYS_MAX, PASSKEYS_TOO_MANY, Pin, account_label};
use crate::{App, store};

/// The PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginPasskeyRegistration {
    pin: Pin,
}

pub(crate) async fn begin_passkey_registration(
    app: App,
    caller: Caller,
    Json(input): Json<BeginPasskeyRegistration>,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    check_pin(&app, &caller, &input.pin).await?;
    let mut conn = app.database.conn().await?;
    let registration = store::users::find_registration(&mut conn, caller.user_id).await?;
    let registration = registration.ok_or(INVALID_TOKEN)?;
    let known = store::passkeys::find_credential_ids(&mut conn, caller.user_id).await?;
    drop(conn);
    if known.len() >= PASSKEYS_MAX {
        return Err(PASSKEYS_TOO_MANY.into());
    }
    let phone = app.phone_vault.open(caller.user_id, &registration).await?;
    let (account, label) = (caller.user_id.uuid(), account_label(&phone));
    let (public_key, state) = app.relying_party.begin_registration(account, &label, known)?;
    let ceremony = Ceremony::Registration { session_id: caller.session_id, state };
    ask_passkey(&app, public_key, ceremony).await
}
