//! Somebody asks for a code to prove a phone number, registered or not: nobody learns which.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
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

/// A code is on its way.
#[derive(Serialize, ToSchema)]
pub(crate) struct OtpChallengeBody {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// How long the code is valid.
    #[schema(example = 300)]
    expires_in_seconds: u64,
}

pub(crate) async fn send_otp_challenge(
    app: &App,
    input: SendOtpChallenge,
    address: Option<IpAddr>,
) -> Result<OtpChallengeBody, Error> {
    app.throttle.count(&input.phone, address).await?;
    let (challenge_id, code) = app.challenges.create(&input.phone).await?;
    let message = code.message(LIFETIME_SECONDS / 60);
    if let Err(error) = app.sms.send(&input.phone, &message).await {
        // The message may be on its way all the same; its code must not work then.
        app.challenges.redeem(challenge_id).await?;
        return Err(error.into());
    }
    Ok(OtpChallengeBody { challenge_id, expires_in_seconds: LIFETIME_SECONDS })
}
