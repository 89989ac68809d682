//! Somebody asks for a code to prove a phone number, registered or not: nobody learns which.

use std::net::IpAddr;

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use values::Phone;

use crate::App;
use crate::error::Error;
use crate::otp_challenges::LIFETIME_SECONDS;

/// The phone to prove.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendOtpChallenge {
    phone: Phone,
}

/// The id of the challenge whose code was sent.
pub(crate) async fn send_otp_challenge(
    app: &App,
    input: SendOtpChallenge,
    address: Option<IpAddr>,
) -> Result<Uuid, Error> {
    app.throttle.count(&input.phone, address).await?;
    let (challenge_id, code) = app.challenges.create(&input.phone).await?;
    let message = code.message(LIFETIME_SECONDS / 60);
    if let Err(error) = app.sms.send(&input.phone, &message).await {
        // The message may be on its way all the same; its code must not work then.
        app.challenges.redeem(challenge_id).await?;
        return Err(error.into());
    }
    Ok(challenge_id)
}
