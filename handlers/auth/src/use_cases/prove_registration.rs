//! Somebody shows that they hold a number, and chooses the PIN of the account that it has from then
//! on: the part that signing up and getting an account back share.

use service::Error;
use uuid::Uuid;
use values::{Phone, Refusal, UserId};

use super::register_device::Registration;
use crate::App;
use crate::domain::{CodePurpose, OTP_INVALID, SealedPhone};
use crate::phone_guard::CodeGuess;

/// What came with a right code.
pub(super) struct Proved {
    pub(super) phone: Phone,
    pub(super) guess: CodeGuess,
    pub(super) pin_hash: String,
}

/// The code stays good until it is redeemed. Nothing is looked up of whoever has the number, so all
/// that comes to this end takes the same time.
pub(super) async fn prove_registration(
    app: &App,
    registration: &Registration,
    purpose: CodePurpose,
) -> Result<Proved, Error> {
    let Registration { challenge_id, code, pin, .. } = registration;
    let phone = app.challenges.find_phone(*challenge_id).await?.ok_or(OTP_INVALID)?;
    pin.require_strong(Some(&phone))?;
    // First the turn, then the count, or a busy server would lock people out.
    let turn = app.pins.turn().await?;
    let guess = app.phones.guess(&phone, *challenge_id, code, purpose).await?;
    if !guess.is_code_right {
        app.phones.was_wrong(guess);
        return Err(OTP_INVALID.into());
    }
    let pin_hash = turn.hash(pin.clone()).await?;
    Ok(Proved { phone, guess, pin_hash })
}

/// The number sealed for the account's user.
pub(super) async fn seal_proved(
    app: &App,
    user_id: UserId,
    challenge_id: Uuid,
    Proved { phone, guess, .. }: &Proved,
) -> Result<SealedPhone, Error> {
    let sealed = app.phone_vault.seal(user_id, phone).await;
    give_back_proved_unless(app, challenge_id, guess, sealed).await
}

/// What was done, or its failure: then neither the guess counts nor the attempt at the challenge,
/// for the code was right, and can be sent again.
pub(super) async fn give_back_proved_unless<T: Send>(
    app: &App,
    challenge_id: Uuid,
    guess: &CodeGuess,
    done: Result<T, Error>,
) -> Result<T, Error> {
    if done.is_err() {
        app.phones.take_back(guess).await?;
        app.challenges.give_back(challenge_id).await?;
    }
    done
}

/// A refusal that tells that the code was right, so it must not serve any more: on a new device
/// nobody learns that without the PIN.
pub(super) async fn refuse_proved(
    app: &App,
    registration: &Registration,
    guess: &CodeGuess,
    refusal: Refusal,
) -> Error {
    let spent = async {
        app.challenges.redeem(registration.challenge_id).await?;
        app.phones.take_back(guess).await
    };
    match spent.await {
        Ok(()) => refusal.into(),
        Err(error) => error,
    }
}
