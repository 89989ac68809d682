//! Somebody asks for a code to prove a phone number, registered or not: nobody learns which.

use serde::{Deserialize, Serialize};
use service::{Accepted, ClientAddress, Error, Json, causes};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Language, Phone};

use crate::domain::{CodePurpose, PHONE_INVALID, PHONE_UNREACHABLE};
use crate::otp_challenges::LIFETIME_SECONDS;
use crate::sms::SmsError;
use crate::{App, observe};

/// The phone to prove.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendOtpChallenge {
    /// As people write it: with or without +852, spaces, hyphens.
    #[schema(max_length = 64, example = "+852 6123 4567")]
    phone: String,
    /// What the code is for: the message says so, and it is good for nothing else. Without it the
    /// message warns of the worst.
    purpose: Option<CodePurpose>,
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
    app: App,
    ClientAddress(address): ClientAddress,
    language: Language,
    Json(input): Json<SendOtpChallenge>,
) -> Result<Accepted<OtpChallengeBody>, Error> {
    let phone: Phone = input.phone.parse().map_err(|_| PHONE_INVALID)?;
    app.phones.require_unlocked(&phone).await?;
    app.throttle.count_message(&phone, address).await?;
    let (challenge_id, code) = app.challenges.create(&phone, input.purpose).await?;
    let message = code.message(input.purpose, language, LIFETIME_SECONDS / 60);
    if let Err(error) = app.sms.send(&phone, &message).await {
        // The message may arrive all the same; its code must not work then.
        app.challenges.withdraw(challenge_id).await?;
        return Err(match error {
            SmsError::NotAccepted => PHONE_UNREACHABLE.into(),
            error @ (SmsError::Identity(_) | SmsError::Http(_) | SmsError::Timeout(_)) => {
                tracing::error!(causes = causes(&error), "cannot send a text message");
                Error::Unavailable("The message cannot be sent at the moment.")
            }
        });
    }
    observe::code_sent(&phone);
    Ok(Accepted(OtpChallengeBody { challenge_id, expires_in_seconds: LIFETIME_SECONDS }))
}
