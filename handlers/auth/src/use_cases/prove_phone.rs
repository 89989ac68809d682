//! Somebody shows that they hold a phone number.

use service::Error;
use uuid::Uuid;
use values::Phone;

use crate::App;
use crate::domain::{CodePurpose, OTP_INVALID, OtpCode};

/// The phone that a right code was sent to. The code stays good until it is redeemed.
pub(super) async fn prove_phone(
    app: &App,
    challenge_id: Uuid,
    code: &OtpCode,
    purpose: CodePurpose,
) -> Result<Phone, Error> {
    let phone = app.challenges.find_phone(challenge_id).await?.ok_or(OTP_INVALID)?;
    let guess = app.phones.guess(&phone, challenge_id, code, purpose).await?;
    if !guess.is_code_right {
        app.phones.was_wrong(guess);
        return Err(OTP_INVALID.into());
    }
    app.phones.take_back(&guess).await?;
    Ok(phone)
}

/// What was done, or its failure: then the attempts at these challenges, whose codes were right,
/// count no longer.
pub(super) async fn give_back_unless<T: Send>(
    app: &App,
    challenge_ids: &[Uuid],
    done: Result<T, Error>,
) -> Result<T, Error> {
    if done.is_err() {
        for challenge_id in challenge_ids {
            app.challenges.give_back(*challenge_id).await?;
        }
    }
    done
}
