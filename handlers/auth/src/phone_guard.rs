//! The only place where a code is checked: ten wrong answers for one phone, whatever challenges and
//! days they are spread over, then a pause.
//!
//! On a new device the PIN is judged together with the code, in one answer that takes the same time
//! whichever is wrong: whoever guesses never learns that the code was right. Nor whether the phone
//! is registered: until the code is proved, every answer is the same either way.

use std::sync::Arc;

use aws_lc_rs::hmac;
use service::database::{Database, Tx};
use service::trace::{self, TraceContext};
use service::{Error, causes};
use uuid::Uuid;
use values::Phone;

use crate::domain::{
    CodePurpose, Guessed, OTP_LOCKED, OtpCode, SecurityEvent, SecurityEventType, WRONG_CODES_NOTICE,
};
use crate::guess_counts::{Reserved, reserve_guess};
use crate::otp_challenges::OtpChallenges;
use crate::phone_vault::PhoneVault;
use crate::security_trail::SecurityTrail;
use crate::sms::Sms;
use crate::store;

/// Checks codes.
#[derive(Clone)]
pub(crate) struct PhoneGuard {
    database: Database,
    challenges: OtpChallenges,
    sms: Arc<Sms>,
    trail: SecurityTrail,
    vault: Arc<PhoneVault>,
    /// What the digests of phones are made with: there are so few numbers that behind a plain
    /// digest all can be tried.
    key: Arc<hmac::Key>,
}

/// One answer to a challenge, which counts as wrong until [`PhoneGuard::forget_wrong_codes`].
pub(crate) struct CodeGuess {
    pub(crate) is_code_right: bool,
    phone: Phone,
    is_last: bool,
}

impl PhoneGuard {
    /// The purpose that its key is derived for.
    pub(crate) const KEY_PURPOSE: &'static [u8] = b"code-guesses";

    pub(crate) fn new(
        database: Database,
        challenges: OtpChallenges,
        sms: Arc<Sms>,
        trail: SecurityTrail,
        vault: Arc<PhoneVault>,
        key: hmac::Key,
    ) -> Self {
        Self { database, challenges, sms, trail, vault, key: Arc::new(key) }
    }

    /// Looks at an answer to a challenge that was sent to `phone`; refuses to while the phone is
    /// locked. A code that was asked for something else is wrong.
    pub(crate) async fn guess(
        &self,
        phone: &Phone,
        challenge_id: Uuid,
        code: &OtpCode,
        purpose: CodePurpose,
    ) -> Result<CodeGuess, Error> {
        // An attempt at a challenge that has no more guesses nothing: it must not count, or one
        // message would be enough to lock a phone.
        let Some(sent) = self.challenges.attempt(challenge_id).await? else {
            self.require_unlocked(phone).await?;
            return Ok(CodeGuess { is_code_right: false, phone: phone.clone(), is_last: false });
        };
        let is_last = match reserve_guess(&self.database, &[self.codes_to(phone)]).await? {
            Reserved::Guess { is_last } => is_last,
            Reserved::Locked { seconds } => return Err(OTP_LOCKED.for_seconds(seconds).into()),
        };
        let is_code_right = sent.is(code, purpose);
        Ok(CodeGuess { is_code_right, phone: phone.clone(), is_last })
    }

    /// Refuses while no code for the phone is taken: it would only cost a message.
    pub(crate) async fn require_unlocked(&self, phone: &Phone) -> Result<(), Error> {
        let mut conn = self.database.conn().await?;
        let locked = store::guesses::find_locked_seconds(&mut conn, self.codes_to(phone)).await?;
        locked.map_or(Ok(()), |seconds| Err(OTP_LOCKED.for_seconds(seconds).into()))
    }

    /// The guess was wrong, in code or PIN. If it was the last before a pause, the phone's owner is
    /// told: by a text message, since a number without a wallet has no other way, and one with a
    /// wallet should not wait until its app is opened. Nobody waits for that message, so no answer
    /// takes longer.
    pub(crate) fn was_wrong(&self, guess: CodeGuess) {
        if !guess.is_last {
            return;
        }
        let (guard, trace) = (self.clone(), trace::current());
        tokio::spawn(async move {
            if let Err(error) = guard.sms.send(&guess.phone, WRONG_CODES_NOTICE).await {
                tracing::error!(causes = causes(&error), "cannot tell of wrong codes");
            }
            guard.record_lock(trace, &guess.phone).await;
        });
    }

    /// In the trail of the phone's user, if it has one.
    async fn record_lock(&self, trace: TraceContext, phone: &Phone) {
        let user = async {
            let phone = self.vault.indexed(phone).await?;
            let mut conn = self.database.conn().await?;
            Ok::<_, Error>(store::users::find_user(&mut conn, phone).await?)
        };
        match user.await {
            Ok(Some((user_id, _))) => {
                let kind = SecurityEventType::CodesLocked;
                let event = SecurityEvent { kind, user_id, device_id: None };
                self.trail.record_alone(&self.database, trace, event).await;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(causes = causes(&error), "a lock is not in the security trail");
            }
        }
    }

    /// Counts the guess no longer: its code was right, though it led nowhere. The others stay, or
    /// whoever holds a stolen SIM could begin anew.
    pub(crate) async fn take_back(&self, guess: &CodeGuess) -> Result<(), Error> {
        let mut conn = self.database.conn().await?;
        let guessed = self.codes_to(&guess.phone);
        Ok(store::guesses::take_back_guess(&mut conn, guessed, guess.is_last).await?)
    }

    /// Starts the phone's count over, once a code for it and all that belongs to it was right.
    pub(crate) async fn forget_wrong_codes(
        &self,
        tx: &mut Tx,
        phone: &Phone,
    ) -> Result<(), mysql_async::Error> {
        store::guesses::forget_wrong_guesses(tx, self.codes_to(phone)).await
    }

    fn codes_to(&self, phone: &Phone) -> Guessed {
        let mut digest = [0; 32];
        let tag = hmac::sign(&self.key, phone.to_string().as_bytes());
        digest.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        Guessed::CodesTo(digest)
    }
}
