//! A member of staff wants to log in. Nobody asks who: the passkey says it.

use service::{Error, Json};

use super::begin_passkey_registration::PasskeyChallengeBody;
use crate::App;
use crate::client_address::ClientAddress;
use crate::domain::Ceremony;
use crate::passkey_challenges::LIFETIME_SECONDS;

pub(crate) async fn begin_staff_log_in(
    app: App,
    ClientAddress(address): ClientAddress,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    app.throttle.count_passkey_challenge(address).await?;
    let (public_key, challenge) = app.relying_party.begin_log_in()?;
    let challenge_id = app.passkey_challenges.create(&Ceremony::StaffLogIn { challenge }).await?;
    let expires_in_seconds = LIFETIME_SECONDS;
    Ok(Json(PasskeyChallengeBody { challenge_id, expires_in_seconds, public_key }))
}
