//! What a device signs besides a log-in, so that a token in other hands does nothing that lasts.

use service::DeviceKey;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{DeviceId, GuardedAct, Refusal, SignedAt};

use super::refresh_token::RefreshToken;
use super::refusals::SIGNATURE_INVALID;
use super::session::LogInProof;

/// Something that a device asks for in its person's name.
pub(crate) enum DeviceAct<'a> {
    /// Tokens are renewed with this one.
    RenewTokens(&'a RefreshToken),
    /// The PIN is changed.
    ChangePin,
    /// This device is taken off the list.
    RemoveDevice(DeviceId),
    /// All other logins end.
    EndOtherSessions,
    /// The phone becomes the one that this challenge was sent to.
    ChangePhone(Uuid),
    /// A new PIN is asked for, with the code of this challenge.
    AskPinReset(Uuid),
    /// The new PIN is chosen.
    ResetPin,
    /// The new PIN is called off.
    CancelPinReset,
    /// What somebody asked for who says they lost phone and number is called off.
    CancelRecovery,
    /// Only by a passkey: it shows that its user is there.
    StepUp,
}

/// A device's word for one act, as the request brings it.
pub(crate) struct DeviceSignature {
    /// By the device's clock.
    pub(crate) signed_at: SignedAt,
    /// ES256 in base64url over the text of the act; of a login by passkey, an assertion of it.
    pub(crate) signature: String,
}

impl DeviceAct<'_> {
    const fn code(&self) -> &'static str {
        match self {
            Self::RenewTokens(_) => "renew-tokens",
            Self::ChangePin => "change-pin",
            Self::RemoveDevice(_) => "remove-device",
            Self::EndOtherSessions => "end-other-sessions",
            Self::ChangePhone(_) => "change-phone",
            Self::AskPinReset(_) => "ask-pin-reset",
            Self::ResetPin => "reset-pin",
            Self::CancelPinReset => "cancel-pin-reset",
            Self::CancelRecovery => "cancel-recovery",
            Self::StepUp => "step-up",
        }
    }

    /// As the policy of step-up knows it; None of what proves as much by itself.
    pub(crate) const fn guarded(&self) -> Option<GuardedAct> {
        match self {
            Self::RemoveDevice(_) => Some(GuardedAct::DeviceRemoval),
            Self::EndOtherSessions => Some(GuardedAct::OtherSessionsEnd),
            Self::RenewTokens(_) | Self::ChangePin | Self::ChangePhone(_) => None,
            Self::AskPinReset(_) | Self::ResetPin | Self::CancelPinReset => None,
            Self::CancelRecovery | Self::StepUp => None,
        }
    }

    /// What it is done to or with; empty where the act says it all.
    fn subject(&self) -> String {
        match self {
            Self::RenewTokens(token) => token.as_str().to_owned(),
            Self::RemoveDevice(device_id) => device_id.to_string(),
            Self::ChangePhone(challenge_id) | Self::AskPinReset(challenge_id) => {
                challenge_id.to_string()
            }
            Self::ChangePin | Self::EndOtherSessions | Self::ResetPin | Self::CancelPinReset => {
                String::new()
            }
            Self::CancelRecovery | Self::StepUp => String::new(),
        }
    }

    /// No two acts have the same text: it always has five lines, since no field holds a line end.
    pub(crate) fn signing_text(&self, device_id: DeviceId, signed_at: &SignedAt) -> String {
        let (code, subject) = (self.code(), self.subject());
        format!("payme-act-v1\n{code}\n{device_id}\n{subject}\n{}", signed_at.as_str())
    }
}

impl DeviceSignature {
    /// Refuses what the holder of `key`, which is that of `device_id`, did not sign for this act
    /// just now.
    pub(crate) fn require(
        &self,
        key: &DeviceKey,
        device_id: DeviceId,
        act: &DeviceAct<'_>,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let text = act.signing_text(device_id, &self.signed_at);
        key.verify(&text, &self.signature).map_err(|_| SIGNATURE_INVALID)?;
        self.require_recent(now)
    }

    /// Refuses one that was not signed just now.
    pub(crate) fn require_recent(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.signed_at.require_recent(LogInProof::AGE_MAX_SECONDS, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_acts_have_the_same_text() {
        let (one, other) = (DeviceId::new(), DeviceId::new());
        let (first, second) = (RefreshToken::random().unwrap(), RefreshToken::random().unwrap());
        let signed_at = SignedAt::from(OffsetDateTime::UNIX_EPOCH);
        let acts = [
            DeviceAct::RenewTokens(&first),
            DeviceAct::RenewTokens(&second),
            DeviceAct::ChangePin,
            DeviceAct::RemoveDevice(one),
            DeviceAct::RemoveDevice(other),
            DeviceAct::EndOtherSessions,
            DeviceAct::ChangePhone(Uuid::nil()),
            DeviceAct::AskPinReset(Uuid::nil()),
            DeviceAct::ResetPin,
            DeviceAct::CancelPinReset,
            DeviceAct::CancelRecovery,
            DeviceAct::StepUp,
        ];
        let mut texts: Vec<String> =
            acts.iter().map(|act| act.signing_text(one, &signed_at)).collect();
        texts.extend(acts.iter().map(|act| act.signing_text(other, &signed_at)));
        assert!(texts.iter().all(|text| text.split('\n').count() == 5), "{texts:?}");
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 24);
    }
}
