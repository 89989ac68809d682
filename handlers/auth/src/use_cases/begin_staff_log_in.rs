//! A member of staff wants to log in. Nobody asks who: the passkey says it.

use service::{ClientAddress, Error, Json};

use super::ask_passkey::{PasskeyChallengeBody, ask_passkey};
use crate::App;
use crate::domain::{Ceremony, STAFF_LOG_IN_ELSEWHERE};

pub(crate) async fn begin_staff_log_in(
    app: App,
    ClientAddress(address): ClientAddress,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    if app.entra_id.is_some() {
        return Err(STAFF_LOG_IN_ELSEWHERE.into());
    }
    app.throttle.count_passkey_challenge(address).await?;
    let (public_key, challenge) = app.relying_party.begin_log_in()?;
    ask_passkey(&app, public_key, Ceremony::StaffLogIn { challenge }).await
}
